import type { EngineStatus, PriceEstimate } from "../contracts.ts";
import type { IntervalWeights } from "./pattern-weights.ts";
import type { PriceReading } from "./price-reading.ts";

/** Confidence from which a price is `ok` when its evidence is of the usual kind … */
const CONFIDENT = 0.65;
/** … when few votes lie far apart, as they do around a price that is none … */
const CONFIDENT_ON_LOOSE_VOTES = 0.92;
const FEW_VOTES = 300;
const LOOSE_HALF_WIDTH = 0.006;
/** … and when there are hardly any amounts. */
const CONFIDENT_ON_FEW_AMOUNTS = 0.97;
const FEW_AMOUNTS = 200;
/** A price that moved by more (half the 16 %-84 % range, natural log) may have an average 2 % away: never `ok`. */
const LARGEST_HALF_WIDTH = 0.013;
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

/** Turns what the amounts say into the published estimate: price, 90 % interval, confidence and status. */
export function publishReading(reading: PriceReading | null, interval: IntervalWeights): PriceEstimate {
  if (reading === null || reading.distinct < LEAST_AMOUNTS || reading.confidence < LEAST_CONFIDENCE) {
    return { ...NO_ESTIMATE };
  }
  const price = Math.exp(reading.logPrice);
  const factor = Math.exp(intervalHalfWidth(reading, interval));
  return {
    price,
    interval: { low: price / factor, high: price * factor },
    confidence: reading.confidence,
    status: statusOf(reading),
    windowPrice: price,
  };
}

/** Half the width of the 90 % interval, natural log. */
export function intervalHalfWidth(
  { halfWidth, samplingError }: Pick<PriceReading, "halfWidth" | "samplingError">,
  { floor, perSpread, perSamplingError }: IntervalWeights,
): number {
  return Math.hypot(floor, perSpread * halfWidth, perSamplingError * samplingError);
}

function statusOf({ confidence, halfWidth, votes, distinct }: PriceReading): EngineStatus {
  const loose = votes < FEW_VOTES && halfWidth > LOOSE_HALF_WIDTH;
  let needed = loose ? CONFIDENT_ON_LOOSE_VOTES : CONFIDENT;
  if (distinct < FEW_AMOUNTS) needed = CONFIDENT_ON_FEW_AMOUNTS;
  return confidence >= needed && halfWidth <= LARGEST_HALF_WIDTH ? "ok" : "low_confidence";
}
