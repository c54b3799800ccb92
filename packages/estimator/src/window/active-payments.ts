import type { TransactionWindow } from "./transaction-window.ts";
import { ACTIVE } from "./window-entries.ts";

/** The amounts in satoshis of all active payments, the latest payment first. */
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

/** The active payments that no block has confirmed, each with its arrival in Unix seconds, in the order of time. */
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

/** Arrivals of the latest active payments, Unix seconds, newest first; at most `limit`. */
export function latestArrivals({ entries, order }: TransactionWindow, limit: number): number[] {
  const times: number[] = [];
  order.sort();
  order.fromLatest((entry) => {
    if (entries.state(entry) === ACTIVE) times.push(entries.time(entry));
    return times.length < limit;
  });
  return times;
}
