import { estimatePosterior, MempoolAnalyzer } from "@utxoracle/estimator";

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

/**
 * A hindsight price farther than this from the price of the payments before, as a share, is
 * refused.
 */
const AGREEMENT = 0.1;
/** The engine limits its confidence to half where payments leave another price possible. */
const CONFIDENCE_MIN = 0.4;

/**
 * The prices at the times in hindsight, from the payments after each: the live filter over the
 * payments in reverse order. The live price did not know these payments, so the two have no chance
 * error in common, and they lag behind the market in opposite directions. None where the payments
 * before the times contradict it: a burst of forged payments would fool the filter.
 */
export function hindsightPrices({ amountsBtc, timestamps, times }: HindsightRequest): HindsightPrices {
  const [prices, lows, highs] = [0, 1, 2].map(() => new Float64Array(times.length).fill(Number.NaN)) as [
    Float64Array,
    Float64Array,
    Float64Array,
  ];
  const [first, last, end] = [times[0], times.at(-1), timestamps.at(-1)];
  if (first === undefined || last === undefined || end === undefined) return { prices, lows, highs };
  const before = estimatePosterior(amountsBtc.slice(0, countUntil(timestamps, first))).price;
  const mirrored = (time: number): number => first + Math.max(end, last) - time;
  const analyzer = new MempoolAnalyzer({ windowSeconds: Math.max(3600, end - first) });
  let next = timestamps.length - 1;
  for (let index = times.length - 1; index >= 0; index--) {
    const time = times[index] as number;
    for (; next >= 0 && (timestamps[next] as number) > time; next--)
      analyzer.addTransaction({
        ...{ txid: String(next), amounts: [amountsBtc[next] as number], feeRate: null, inputCount: 1, outputCount: 2 },
        timestamp: mirrored(timestamps[next] as number),
      });
    const { price, interval, confidence, status } = analyzer.estimatePrice(mirrored(time));
    // A price that the payments leave in doubt judges nothing. An hour alone may not rule out its
    // aliases; the payments before do.
    if (price === null || interval === null) continue;
    if (status !== "ok" && (before === null || confidence < CONFIDENCE_MIN)) continue;
    if (before !== null && Math.abs(price / before - 1) > AGREEMENT) continue;
    prices[index] = price;
    lows[index] = interval.low;
    highs[index] = interval.high;
  }
  return { prices, lows, highs };
}

/** How many of the times, ascending, are not later than `time`. */
function countUntil(timestamps: Float64Array, time: number): number {
  const later = timestamps.findIndex((each) => each > time);
  return later === -1 ? timestamps.length : later;
}
