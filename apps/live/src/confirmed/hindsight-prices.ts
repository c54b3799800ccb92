import { estimatePosterior, estimatePricePath } from "@utxoracle/estimator";

/** Payments of a span of time, and the times to price in hindsight. */
export interface HindsightRequest {
  readonly amountsBtc: Float64Array;
  /** When each amount came, Unix seconds, ascending. */
  readonly timestamps: Float64Array;
  /** Unix seconds, ascending. */
  readonly times: Float64Array;
}

/** Prices in hindsight, one for each time; NaN where the payments give none. */
export interface HindsightPrices {
  readonly prices: Float64Array;
  readonly lows: Float64Array;
  readonly highs: Float64Array;
}

/** The path reaches this far beyond the times, seconds, so that each time is between two of its points. */
const BEYOND_SECONDS = 240;

/** A hindsight price farther than this from the price of the payments before or after, as a share, is refused. */
const AGREEMENT = 0.1;

/**
 * The prices at the times in hindsight, from the payments before and after each. None where the payments before
 * the times, those after, and all together contradict each other: a burst of forged payments would fool the path.
 */
export function hindsightPrices({ amountsBtc, timestamps, times }: HindsightRequest): HindsightPrices {
  const [prices, lows, highs] = [0, 1, 2].map(() => new Float64Array(times.length).fill(Number.NaN)) as [
    Float64Array,
    Float64Array,
    Float64Array,
  ];
  const [first, last] = [times[0], times.at(-1)];
  if (first === undefined || last === undefined || amountsBtc.length === 0) return { prices, lows, highs };
  const path = estimatePricePath(amountsBtc, {
    timestamps,
    from: first - BEYOND_SECONDS,
    to: last + BEYOND_SECONDS,
  });
  const sides = [amountsBtc.slice(0, countUntil(timestamps, first)), amountsBtc.slice(countUntil(timestamps, last))]
    .map((amounts) => estimatePosterior(amounts).price)
    .filter((price) => price !== null);
  times.forEach((time, index) => {
    const point = path.estimateAt(time);
    // A price that the payments around it leave in doubt judges nothing.
    if (point?.status !== "ok" || sides.some((side) => Math.abs(point.price / side - 1) > AGREEMENT)) return;
    prices[index] = point.price;
    lows[index] = point.low;
    highs[index] = point.high;
  });
  return { prices, lows, highs };
}

/** How many of the times, ascending, are not later than `time`. */
function countUntil(timestamps: Float64Array, time: number): number {
  const later = timestamps.findIndex((each) => each > time);
  return later === -1 ? timestamps.length : later;
}
