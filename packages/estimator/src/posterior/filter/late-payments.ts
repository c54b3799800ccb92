import { addLaplaceSpread } from "../transition/laplace-spread.ts";
import { FILTER } from "./filter-model.ts";

const { share, memoryMinutes, typicalStrength, spread } = FILTER.late;
const { step } = FILTER.fine;
/** Area of a peak over its height, natural log of the price. */
const TYPICAL_AREA = 0.0029;
const KEEP = Math.exp(-1 / memoryMinutes);
const FRESH = typicalStrength * (1 - share);
const FULL_WEIGHT = Math.log1p(FRESH);

/**
 * Mixes the previous minute's probability of each price into that of earlier minutes, which fades
 * with age.
 */
export function fadePastPrices(past: Float64Array, before: readonly Float64Array[], into: Float64Array): void {
  for (let cell = 0; cell < into.length; cell++) {
    let mass = 0;
    for (const speed of before) mass += speed[cell]!;
    into[cell] = KEEP * past[cell]! + (1 - KEEP) * mass;
  }
}

/**
 * Weight of a vote for each price, 0 to 1. Some payments arrive long after they were priced. They
 * partly explain votes for a recent price, which therefore count less than votes for a new price.
 * So a move is followed sooner, and a return to an old price later.
 */
export function voteWeights(past: Float64Array, into: Float64Array, scratch: Float64Array): void {
  into.fill(0);
  addLaplaceSpread(into, past, spread / step, 1, scratch);
  const lateStrength = (typicalStrength * share * TYPICAL_AREA) / step;
  for (let cell = 0; cell < into.length; cell++)
    into[cell] = Math.log1p(FRESH / (1 + lateStrength * into[cell]!)) / FULL_WEIGHT;
}
