import { SATS_PER_BTC } from "../amounts.ts";
import type { TransactionWindow } from "./transaction-window.ts";
import { ACTIVE } from "./window-entries.ts";

/** Amounts of all active payments in satoshis, latest payment first. */
export function activeAmountsSats({ amountCount, entries, order }: TransactionWindow): Float64Array {
  const amounts = new Float64Array(amountCount);
  let count = 0;
  order.sort();
  order.fromLatest((entry) => {
    if (entries.state(entry) !== ACTIVE) return true;
    if (entries.firstSats(entry) !== 0) amounts[count++] = entries.firstSats(entry);
    if (entries.secondSats(entry) !== 0) amounts[count++] = entries.secondSats(entry);
    return true;
  });
  return amounts;
}

/** Amounts of payments with their times, in order of time. */
export interface TimedAmounts {
  amountsBtc: Float64Array;
  /** Arrival of each, Unix seconds. */
  timestamps: Float64Array;
}

/** Amounts of the active payments that arrived from `from` to `to`, Unix seconds, both inclusive. */
export function activeAmountsBetween(
  { amountCount, entries, order }: TransactionWindow,
  from: number,
  to: number,
): TimedAmounts {
  const amountsBtc = new Float64Array(amountCount);
  const timestamps = new Float64Array(amountCount);
  let count = 0;
  order.sort();
  order.forEach((entry) => {
    const time = entries.time(entry);
    if (entries.state(entry) !== ACTIVE || time < from || time > to) return;
    for (const amount of [entries.firstSats(entry), entries.secondSats(entry)]) {
      if (amount === 0) continue;
      amountsBtc[count] = amount / SATS_PER_BTC;
      timestamps[count++] = time;
    }
  });
  return { amountsBtc: amountsBtc.slice(0, count), timestamps: timestamps.slice(0, count) };
}

/** Unconfirmed active payments with their arrival, Unix seconds, oldest first. */
export function unconfirmedPayments({
  entries,
  order,
  table,
}: TransactionWindow): Array<readonly [txid: string, timestamp: number]> {
  const found: Array<readonly [string, number]> = [];
  order.sort();
  order.forEach((entry) => {
    if (entries.state(entry) === ACTIVE && !entries.isConfirmed(entry))
      found.push([table.txid(entry), entries.time(entry)]);
  });
  return found;
}

/** Arrival times of the latest active payments, Unix seconds, newest first; at most `limit`. */
export function latestArrivals({ entries, order }: TransactionWindow, limit: number): number[] {
  const times: number[] = [];
  order.sort();
  order.fromLatest((entry) => {
    if (entries.state(entry) === ACTIVE) times.push(entries.time(entry));
    return times.length < limit;
  });
  return times;
}
