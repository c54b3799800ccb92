import { addLaplaceSpread } from "../transition/laplace-spread.ts";
import type { Speeds } from "../transition/local-model.ts";
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
export function fadePastPrices(past: Float64Array, before: Speeds): Float64Array {
  return past.map((value, cell) => {
    let mass = 0;
    for (const speed of before) mass += speed[cell]!;
    return KEEP * value + (1 - KEEP) * mass;
  });
}

/**
 * Weight of a vote for each price, 0 to 1. Some payments arrive long after they were priced. They
 * partly explain votes for a recent price, which therefore count less than votes for a new price.
 * So a move is followed sooner, and a return to an old price later.
 */
export function voteWeights(past: Float64Array): Float64Array {
  const blurred = new Float64Array(past.length);
  addLaplaceSpread(blurred, past, spread / step);
  const lateStrength = (typicalStrength * share * TYPICAL_AREA) / step;
  return blurred.map((density) => Math.log1p(FRESH / (1 + lateStrength * density)) / FULL_WEIGHT);
}
