import { LARGEST_AMOUNT_BTC, SATS_PER_BTC, SMALLEST_AMOUNT_BTC } from "../../amounts.ts";
import { checkOptionsObject, describeValue, EstimatorError } from "../../estimator-error.ts";
import { checkTimestamp } from "../../window/transaction-check.ts";
import type { TimedSet } from "../smoother/price-smoother.ts";

/** A longer time would take hundreds of MB, since the price is followed in steps of two minutes. */
const LONGEST_SPAN_SECONDS = 7 * 86_400;

/** Options of `estimatePosterior`. */
export interface PosteriorOptions {
  /**
   * Arrival time of each amount, Unix seconds. With them the price is the average over time (each
   * minute counts alike), without them over the payments.
   */
  timestamps?: ArrayLike<number>;
  /**
   * Start of the time to average over, Unix seconds. Default: the first timestamp. Only with
   * `timestamps`.
   */
  from?: number;
  /**
   * End of the time to average over, Unix seconds, not before `from` and at most seven days after
   * it. Default: the last timestamp. Only with `timestamps`.
   */
  to?: number;
  /**
   * Output amounts in BTC of each transaction with more than 20 outputs from the same time as the
   * payments, as `batchPayouts` of `@utxoracle/tx-parser` finds them in a block. Default: none.
   * With few payments they help to distinguish the price from its aliases. A transaction has at
   * most the votes of twenty payments.
   */
  batches?: ArrayLike<ArrayLike<number>>;
}

/**
 * The usable amounts with their times. The amounts must be valid.
 *
 * @returns undefined without times
 * @throws {EstimatorError} `invalid_timestamp` or `invalid_option`, with the name of the argument
 */
export function timedSet(amountsBtc: ArrayLike<number>, options: PosteriorOptions): TimedSet | undefined {
  checkOptionsObject(options, ["timestamps", "from", "to", "batches"]);
  const { timestamps } = options;
  if (timestamps === undefined) {
    for (const option of ["from", "to"] as const)
      if (options[option] !== undefined) refuse(option, options[option], "left out when there are no timestamps");
    return undefined;
  }
  if (timestamps === null || typeof timestamps !== "object" || timestamps.length !== amountsBtc.length)
    refuse("timestamps", timestamps, `an array of as many Unix seconds as there are amounts (${amountsBtc.length})`);
  const sats = new Float64Array(amountsBtc.length);
  const times = new Float64Array(amountsBtc.length);
  let count = 0;
  let first = Number.POSITIVE_INFINITY;
  let last = Number.NEGATIVE_INFINITY;
  for (let i = 0; i < amountsBtc.length; i++) {
    const time: unknown = timestamps[i];
    checkTimestamp(time, `timestamps[${i}]`);
    first = Math.min(first, time);
    last = Math.max(last, time);
    const amount = amountsBtc[i] as number;
    if (!(amount > SMALLEST_AMOUNT_BTC && amount < LARGEST_AMOUNT_BTC)) continue;
    sats[count] = Math.round(amount * SATS_PER_BTC);
    times[count++] = time;
  }
  // Without amounts there is no first and last time, and nothing to average.
  if (amountsBtc.length === 0) return undefined;
  const { from = first, to = last } = options;
  checkTimestamp(from, "from");
  checkTimestamp(to, "to");
  if (from > to) refuse("to", to, `no earlier than from (${from})`);
  if (to - from > LONGEST_SPAN_SECONDS)
    throw new EstimatorError(
      "invalid_option",
      `the time to average over is from ${from} to ${to}: seven days (${LONGEST_SPAN_SECONDS} seconds) at most; is a timestamp wrong?`,
    );
  return { sats: sats.subarray(0, count), timestamps: times.subarray(0, count), span: { from, to } };
}

/** @throws {EstimatorError} `invalid_option` if they are not a list */
export function checkedBatches(batches: PosteriorOptions["batches"] = []): ArrayLike<number>[] {
  if (typeof batches !== "object" || batches === null || !Number.isSafeInteger(batches.length))
    refuse("batches", batches, "an array with an array of amounts in BTC for each transaction");
  return Array.from(batches);
}

function refuse(option: string, value: unknown, expected: string): never {
  throw new EstimatorError("invalid_option", `${option} is ${describeValue(value)}: it must be ${expected}`);
}
