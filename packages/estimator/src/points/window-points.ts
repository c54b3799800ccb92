import { SATS_PER_BTC } from "../amounts.ts";
import type { PricePoint } from "../contracts.ts";
import type { TransactionWindow } from "../window/transaction-window.ts";
import { ACTIVE } from "../window/window-entries.ts";
import { nearestRoundDollarPrice } from "./nearest-round-dollar.ts";

/**
 * The latest points of the payments in a window, oldest first.
 *
 * @param limit maximum number of points
 * @param since only payments after this arrival, in order of arrival; without it all, in order of
 *   time
 */
export function windowPoints(
  window: TransactionWindow,
  aroundUsd: number,
  limit: number,
  since: number | undefined,
): PricePoint[] {
  const { entries, table, order, recent } = window;
  const points: PricePoint[] = [];
  const read = (entry: number, valueSats: number, vout: number): void => {
    if (valueSats === 0 || points.length === limit) return;
    const price = nearestRoundDollarPrice(valueSats, aroundUsd);
    if (price === null) return;
    const timestamp = entries.time(entry);
    points.push({ timestamp, price, txid: table.txid(entry), vout, amount: valueSats / SATS_PER_BTC });
  };
  // Backwards, the second amount before the first, then reversed: the limit keeps the latest
  // points.
  const visit = (entry: number): boolean => {
    if (entries.state(entry) !== ACTIVE) return true;
    const vouts = entries.vouts(entry);
    read(entry, entries.secondSats(entry), vouts >> 1);
    read(entry, entries.firstSats(entry), vouts & 1);
    return points.length < limit;
  };
  if (since === undefined) {
    order.sort();
    order.fromLatest(visit);
  } else {
    // The entry may belong to another transaction since this arrival.
    recent.fromLatest(since, (entry, arrival) => entries.arrival(entry) !== arrival || visit(entry));
  }
  return points.reverse();
}
