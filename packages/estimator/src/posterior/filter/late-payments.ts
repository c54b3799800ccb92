import { addLaplaceSpread } from "../transition/laplace-spread.ts";
import { FILTER } from "./filter-model.ts";

const { share, memoryMinutes, typicalStrength, spread } = FILTER.late;
const { step } = FILTER.fine;
/** Area of a peak over its height, natural log of the price. */
const TYPICAL_AREA = 0.0029;
const KEEP = Math.exp(-1 / memoryMinutes);
const FRESH = typicalStrength * (1 - share);
const FULL_WEIGHT = Math.log1p(FRESH);

/** Mixes the probability of each price in the minute before into that of the minutes before it, fading by age. */
export function fadePastPrices(past: Float64Array, before: readonly Float64Array[], into: Float64Array): void {
  for (let cell = 0; cell < into.length; cell++) {
    let mass = 0;
    for (const speed of before) mass += speed[cell]!;
    into[cell] = KEEP * past[cell]! + (1 - KEEP) * mass;
  }
}

/**
 * How much a vote for each price counts, 0 to 1. Some payments come long after they were priced, so votes for a price
 * that has just been are partly explained by them: they weigh less than votes for a new price, which nothing else
 * explains. So a move is followed sooner, and a return to an old price is believed later.
 */
export function voteWeights(past: Float64Array, into: Float64Array, scratch: Float64Array): void {
  into.fill(0);
  addLaplaceSpread(into, past, spread / step, 1, scratch);
  const lateStrength = (typicalStrength * share * TYPICAL_AREA) / step;
  for (let cell = 0; cell < into.length; cell++)
    into[cell] = Math.log1p(FRESH / (1 + lateStrength * into[cell]!)) / FULL_WEIGHT;
}
