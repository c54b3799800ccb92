import type { PriceEstimate } from "../contracts.ts";
import type { IntervalWeights, PathIntervalWeights, PatternWeights } from "./pattern-weights.ts";
import type { PathAverage } from "./price-path.ts";
import type { PriceReading } from "./price-reading.ts";

/**
 * Confidence from which the price of a moment is `ok`: of the ten-minute windows of the corpus that end at every half hour
 * (683) none was wrong above it, of those at every 20 minutes (1,104) one: 2024-06-21 04:40, twice the price, at 0.88.
 * A set of payments of unknown time needs more, for it need not be of one price: of 5,000 draws of 200 to 1,600 amounts
 * from a real mempool the aliases had up to 0.988 (below {@link FEW_PEAK_VOTES}) and 0.904 (above).
 */
const CONFIDENT_AT_A_MOMENT = 0.72;
const CONFIDENT = 0.92;
const CONFIDENT_ON_FEW_PEAK_VOTES = 0.99;
const FEW_PEAK_VOTES = 70;
/** With hardly any amounts also a moment needs more. */
const CONFIDENT_ON_FEW_AMOUNTS = 0.97;
const FEW_AMOUNTS = 200;
/**
 * Few votes that lie so far apart that the price must have moved far are found around a price that is none: never `ok`,
 * unless most round amounts stand out.
 */
const FEW_VOTES = 300;
const LOOSE = 0.5;
const MOST_PEAKS = 9;
/** A price that moved by more (half the 16 %-84 % range, natural log) may have an average 2 % away: never `ok`. */
const LARGEST_HALF_WIDTH = 0.013;
/** The same of a price followed through time: its interval says how far off the average may be. */
const LARGEST_PATH_HALF_WIDTH = 0.015;
/** Less confidence than this is no estimate: anything fits some price a little. */
const LEAST_CONFIDENCE = 0.02;
/** Fewer distinct amounts than this show no pattern. */
const LEAST_AMOUNTS = 20;

/** The answer without a price. */
export const NO_ESTIMATE: PriceEstimate = Object.freeze({
  price: null,
  interval: null,
  confidence: 0,
  status: "no_estimate",
  windowPrice: null,
});

/** What is known of the times of the amounts read. */
export interface ReadingTime {
  /** The price followed through a longer time. */
  readonly path: PathAverage | undefined;
  /** All amounts are known to have come in a time in which the price hardly moves. */
  readonly ofOneMoment: boolean;
}

const TIMES_UNKNOWN: ReadingTime = { path: undefined, ofOneMoment: false };

/**
 * Turns what the amounts say into the published estimate: price, 90 % interval, confidence and status.
 *
 * @param time what is known of the amounts' times: a `path` through a longer one, or that they are of one moment
 */
export function publishReading(
  reading: PriceReading | null,
  { interval, pathInterval }: Pick<PatternWeights, "interval" | "pathInterval">,
  { path, ofOneMoment }: ReadingTime = TIMES_UNKNOWN,
): PriceEstimate {
  if (reading === null || reading.distinct < LEAST_AMOUNTS || reading.confidence < LEAST_CONFIDENCE) {
    return { ...NO_ESTIMATE };
  }
  const price = Math.exp((path ?? reading).logPrice);
  const halfWidth = path ? pathHalfWidth(path, pathInterval) : intervalHalfWidth(reading, interval);
  const placed = path ? halfWidth <= LARGEST_PATH_HALF_WIDTH : reading.halfWidth <= LARGEST_HALF_WIDTH;
  return {
    price,
    interval: { low: price * Math.exp(-halfWidth), high: price * Math.exp(halfWidth) },
    confidence: reading.confidence,
    status: placed && isSure(reading, ofOneMoment) ? "ok" : "low_confidence",
    windowPrice: price,
  };
}

/** Half the width of the 90 % interval of an average over time, natural log. */
export function pathHalfWidth(
  { deviation }: Pick<PathAverage, "deviation">,
  { floor, perDeviation }: PathIntervalWeights,
): number {
  return Math.hypot(floor, perDeviation * deviation);
}

/** Half the width of the 90 % interval, natural log. */
export function intervalHalfWidth(
  { halfWidth, samplingError }: Pick<PriceReading, "halfWidth" | "samplingError">,
  { floor, perSpread, perSamplingError }: IntervalWeights,
): number {
  return Math.hypot(floor, perSpread * halfWidth, perSamplingError * samplingError);
}

/** Whether the price is the right one, and no other that explains the amounts. */
function isSure({ confidence, movedFar, peaks, votes, distinct }: PriceReading, ofOneMoment: boolean): boolean {
  if (votes < FEW_VOTES && movedFar > LOOSE && peaks < MOST_PEAKS) return false;
  if (!ofOneMoment) return confidence >= (votes < FEW_PEAK_VOTES ? CONFIDENT_ON_FEW_PEAK_VOTES : CONFIDENT);
  return confidence >= (distinct < FEW_AMOUNTS ? CONFIDENT_ON_FEW_AMOUNTS : CONFIDENT_AT_A_MOMENT);
}
