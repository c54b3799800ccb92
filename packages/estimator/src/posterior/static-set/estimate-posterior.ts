import { amountsInRange, SATS_PER_BTC, usableAmounts } from "../../amounts.ts";
import type { PriceEstimate } from "../../contracts.ts";
import { LADDER } from "../likelihood/ladder.ts";
import { WEIGHTS } from "../likelihood/weights.ts";
import { averageOverTime, type PathAverage } from "../smoother/price-smoother.ts";
import { checkedBatches, type PosteriorOptions, type TimedSet, timedSet } from "./posterior-options.ts";
import { publishReading } from "./publish-set-estimate.ts";
import { type PriceReading, type Reader, reader, readPrice } from "./set-estimate.ts";

/** In less time the price hardly moves, and few payments tell its place better together than slice by slice. */
const SHORTEST_PATH_SECONDS = 1800;

let fitted: Reader | undefined;

/**
 * The average US dollar price of bitcoin over a set of output amounts of payments, from nothing but the amounts: no
 * earlier price, anywhere from $100 to $10,000,000.
 *
 * People send round dollar amounts, which pile up at the same pattern of places on a logarithmic axis of amounts. The
 * price at which the pattern fits best is found over the whole range, checked against its aliases (2, 10, 1/2 … times
 * it), and refined by undoing the shape of the piles. Where the times are known and span half an hour or more, the price
 * is then followed through them. MODEL.md has the equations and how they were fitted.
 *
 * @param amountsBtc output amounts in BTC in any order: each above 0 and at most 21,000,000; those not strictly between
 *   1e-5 and 1e5 are left out, so are amounts that are round in bitcoin
 * @param options times of the amounts, the time to average over, and batch payouts
 * @returns price and windowPrice are the same number, or null with status `no_estimate`. `interval` holds the
 *   time-weighted average price in 90 % of cases, `confidence` is the probability (0 to 1) that the price is within 3 %
 *   of it, `status` is `ok` only where no alias explains the amounts as well
 * @throws {EstimatorError} code `invalid_amount`, `invalid_timestamp` or `invalid_option`, naming what is wrong
 * @example estimatePosterior([0.0013698, 0.00068493, …]).price
 */
export function estimatePosterior(amountsBtc: ArrayLike<number>, options: PosteriorOptions = {}): PriceEstimate {
  const sats = inSats(usableAmounts(amountsBtc));
  const timed = timedSet(amountsBtc, options);
  const reading = readPrice(sats, fittedReader(), batchSats(options.batches));
  return publishReading(reading, WEIGHTS, timed && pathAverage(timed, reading));
}

/** {@link estimatePosterior} of whole satoshis that have been checked, without times. */
export function estimateOfSet(sats: Float64Array): PriceEstimate {
  return publishReading(readPrice(sats, fittedReader()), WEIGHTS);
}

/** Many outputs of one transaction may well be whole bitcoins: their unit is not judged. */
function batchSats(batches: PosteriorOptions["batches"]): Float64Array[] {
  return checkedBatches(batches).map((batch, i) => inSats(amountsInRange(batch, `batches[${i}]`)));
}

function inSats(amountsBtc: Float64Array): Float64Array {
  return amountsBtc.map((btc) => Math.round(btc * SATS_PER_BTC));
}

function fittedReader(): Reader {
  fitted ??= reader(WEIGHTS, LADDER);
  return fitted;
}

/** The price followed through the times of a set; undefined where they span too short a time. */
export function pathAverage(
  { sats, timestamps, span }: TimedSet,
  reading: PriceReading | null,
): PathAverage | undefined {
  if (reading === null || span.to - span.from < SHORTEST_PATH_SECONDS) return undefined;
  return averageOverTime(sats, timestamps, span, reading.logPrice);
}
