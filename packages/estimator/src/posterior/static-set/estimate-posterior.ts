import { SATS_PER_BTC, usableAmounts, usableOutputs } from "../../amounts.ts";
import type { PriceEstimate } from "../../contracts.ts";
import { averageOverTime, type PathAverage, type TimedSet } from "../smoother/price-smoother.ts";
import { checkedBatches, type PosteriorOptions, timedSet } from "./posterior-options.ts";
import { publishReading } from "./publish-set-estimate.ts";
import { type PriceReading, readPrice } from "./set-estimate.ts";

/**
 * In less time the price hardly moves, and few payments place it better together than slice by
 * slice.
 */
const SHORTEST_PATH_SECONDS = 1800;

/**
 * Estimates the average US dollar price of bitcoin of a set of output amounts, from $100 to
 * $10,000,000, without an earlier price.
 *
 * People send round dollar amounts, which form a fixed pattern of peaks on a logarithmic axis of
 * amounts. The price with the best fit is searched over the whole range, compared with its aliases
 * (2, 10, 1/2 … times it), and refined from the shape of the peaks. With times that span half an
 * hour or more, the price is then followed through time. MODEL.md has the equations and how they
 * were fitted.
 *
 * @param amountsBtc output amounts in BTC in any order: each above 0 and at most 21,000,000; those
 *   not strictly between 1e-5 and 1e5, and those round in bitcoin, are ignored
 * @param options times of the amounts, the time to average over, and batch payouts
 * @returns `price` and `windowPrice` are equal, or null with status `no_estimate`. `interval` is
 *   the 90 % interval of the average over time. `confidence` is the probability, 0 to 1, that the
 *   price is within 3 % of it. `status` is `ok` only if no alias explains the amounts as well
 * @throws {EstimatorError} `invalid_amount`, `invalid_timestamp` or `invalid_option`, with the name
 *   of the argument
 * @example estimatePosterior([0.0013698, 0.00068493, …]).price
 */
export function estimatePosterior(amountsBtc: ArrayLike<number>, options: PosteriorOptions = {}): PriceEstimate {
  const sats = inSats(usableAmounts(amountsBtc));
  const timed = timedSet(amountsBtc, options);
  const reading = readPrice(sats, batchSats(options.batches));
  return publishReading(reading, timed && pathAverage(timed, reading));
}

/** {@link estimatePosterior} of valid amounts in whole satoshis, without times. */
export function estimateOfSet(sats: Float64Array): PriceEstimate {
  return publishReading(readPrice(sats));
}

function batchSats(batches: PosteriorOptions["batches"]): Float64Array[] {
  return checkedBatches(batches).map((batch, i) => inSats(usableOutputs(batch, `batches[${i}]`)));
}

function inSats(amountsBtc: Float64Array): Float64Array {
  return amountsBtc.map((btc) => Math.round(btc * SATS_PER_BTC));
}

/** The price followed through the times of a set, unless they span too little time. */
export function pathAverage(timed: TimedSet, reading: PriceReading | null): PathAverage | "minutes" {
  if (reading === null || timed.span.to - timed.span.from < SHORTEST_PATH_SECONDS) return "minutes";
  return averageOverTime(timed, reading.logPrice);
}
