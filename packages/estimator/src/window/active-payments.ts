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

/**
 * Amounts of the active payments that arrived from `from` to `to`, Unix seconds, both inclusive.
 */
export function activeAmountsBetween({ entries, order }: TransactionWindow, from: number, to: number): TimedAmounts {
  const amountsBtc: number[] = [];
  const timestamps: number[] = [];
  order.sort();
  // From the latest: often only the last minutes are wanted of a large window.
  order.fromLatest((entry) => {
    const time = entries.time(entry);
    if (time < from) return false;
    if (time > to || entries.state(entry) !== ACTIVE) return true;
    for (const amount of [entries.secondSats(entry), entries.firstSats(entry)]) {
      if (amount === 0) continue;
      amountsBtc.push(amount / SATS_PER_BTC);
      timestamps.push(time);
    }
    return true;
  });
  return { amountsBtc: Float64Array.from(amountsBtc.reverse()), timestamps: Float64Array.from(timestamps.reverse()) };
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
