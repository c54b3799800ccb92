import type { PriceEstimate } from "../../contracts.ts";
import { type IntervalWeights, WEIGHTS } from "../likelihood/weights.ts";
import type { PathAverage } from "../smoother/price-smoother.ts";
import type { PriceReading } from "./set-estimate.ts";

/**
 * Minimum confidence for `ok`. Of draws from real blocks, each judged by popularity fitted to the
 * other blocks, less than 0.5 % are wrong above it (MODEL.md has the trade-off).
 */
const CONFIDENT = 0.95;
/** The same with few amounts, of which one actor can be a large part. */
const CONFIDENT_ON_FEW_AMOUNTS = 0.99;
const FEW_AMOUNTS = 250;
/**
 * If the price moved by more (half the 16 %-84 % range, natural log), its average may be 2 % off:
 * never `ok`.
 */
const LARGEST_HALF_WIDTH = 0.013;
/** The same for a price followed through time, by its interval. */
const LARGEST_PATH_HALF_WIDTH = 0.015;
/** Natural log. From windows of one and three hours of eleven days: MODEL.md. */
const PATH_FLOOR = 0.0003;
const PER_PATH_MOVEMENT = 0.5;
/**
 * For minutes, by the price's spread within them up to a maximum, natural log. From windows of ten
 * minutes: MODEL.md.
 */
const MINUTES_FLOOR = 0.0006;
const PER_MINUTES_SPREAD = 2.2;
const LARGEST_MINUTES_SPREAD = 0.003;
/** Minimum confidence for an estimate: any amounts fit some price a little. */
const LEAST_CONFIDENCE = 0.1;
/** Minimum number of distinct amounts for an estimate. */
const LEAST_AMOUNTS = 20;

/**
 * The published estimate of a set: price, 90 % interval, confidence and status.
 *
 * @param path the price followed through time; "minutes": the times are known, and too near for
 *   that
 */
export function publishReading(
  reading: PriceReading | null,
  path?: PathAverage | "minutes",
  interval: IntervalWeights = WEIGHTS.interval,
): PriceEstimate {
  if (reading === null || reading.distinct < LEAST_AMOUNTS || reading.confidence < LEAST_CONFIDENCE) {
    return { price: null, interval: null, confidence: 0, status: "no_estimate", windowPrice: null };
  }
  const average = path === "minutes" ? undefined : path;
  const price = Math.exp((average ?? reading).logPrice);
  const halfWidth = average
    ? pathHalfWidth(average)
    : path === "minutes"
      ? minutesHalfWidth(reading)
      : intervalHalfWidth(reading, interval);
  const placed = average ? halfWidth <= LARGEST_PATH_HALF_WIDTH : reading.halfWidth <= LARGEST_HALF_WIDTH;
  return {
    price,
    interval: { low: price * Math.exp(-halfWidth), high: price * Math.exp(halfWidth) },
    confidence: reading.confidence,
    status: placed && isSure(reading) ? "ok" : "low_confidence",
    windowPrice: price,
  };
}

/**
 * Half width of the 90 % interval of an average over time, natural log. The error of an hour's
 * average is a part of the price's movement in it; errors of several hours average out.
 */
export function pathHalfWidth({ movementPerHour }: PathAverage): number {
  return Math.hypot(PATH_FLOOR, PER_PATH_MOVEMENT * movementPerHour);
}

/**
 * The same of minutes: the faster the price moves in them, the farther it is from that of the hour.
 */
function minutesHalfWidth({ halfWidth }: PriceReading): number {
  return Math.hypot(MINUTES_FLOOR, PER_MINUTES_SPREAD * Math.min(halfWidth, LARGEST_MINUTES_SPREAD));
}

/** Half width of the 90 % interval, natural log. */
export function intervalHalfWidth(
  { halfWidth, samplingError }: Pick<PriceReading, "halfWidth" | "samplingError">,
  { floor, perSpread, perSamplingError }: IntervalWeights,
): number {
  return Math.hypot(floor, perSpread * halfWidth, perSamplingError * samplingError);
}

/** Whether no other price explains the amounts. */
function isSure({ confidence, distinct }: PriceReading): boolean {
  return confidence >= (distinct < FEW_AMOUNTS ? CONFIDENT_ON_FEW_AMOUNTS : CONFIDENT);
}
