import { quantile, sumOf } from "../arrays.ts";
import { CELL } from "./peak-counts.ts";

/** Beyond this distance from the center only a price's direction counts, natural log. */
const HUBER_REACH = 0.005;
const HUBER_ROUNDS = 6;

/** Location of a distribution over cells, natural log relative to its middle cell. */
export interface SpreadCenter {
  /** Huber's center: a mean for near values, a median for far ones. */
  readonly center: number;
  /** Half the distance of the 16 % and 84 % quantiles. */
  readonly halfWidth: number;
  /**
   * Standard deviation of the center for one vote; divide it by the root of the number of votes.
   */
  readonly perVote: number;
}

export function spreadCenter(found: Float64Array): SpreadCenter {
  const density = withoutFloor(found);
  let center = offsetAt(density, 0.5);
  for (let round = 0; round < HUBER_ROUNDS; round++) center = huberStep(density, center);
  return {
    center,
    halfWidth: (offsetAt(found, 0.84) - offsetAt(found, 0.16)) / 2,
    perVote: huberDeviation(density, center),
  };
}

/** Subtracts what most cells have: background that fits no peak is spread over all cells. */
function withoutFloor(density: Float64Array): Float64Array {
  const floor = density.slice().sort()[density.length >> 1]!;
  return density.map((value) => Math.max(0, value - floor));
}

/** Quantile of the distribution. */
function offsetAt(density: Float64Array, share: number): number {
  return offsetOf(density, quantile(density, share));
}

function offsetOf(density: Float64Array, cell: number): number {
  return (cell - (density.length - 1) / 2) * CELL;
}

function huberStep(density: Float64Array, center: number): number {
  let sum = 0;
  let total = 0;
  for (let cell = 0; cell < density.length; cell++) {
    const offset = offsetOf(density, cell);
    const weight = density[cell]! * Math.min(1, HUBER_REACH / Math.max(Math.abs(offset - center), CELL));
    sum += weight * offset;
    total += weight;
  }
  return total > 0 ? sum / total : center;
}

/** sqrt(E[psi²]) / E[psi'] of Huber's psi. */
function huberDeviation(density: Float64Array, center: number): number {
  let squares = 0;
  let slope = 0;
  for (let cell = 0; cell < density.length; cell++) {
    const value = density[cell]!;
    const distance = Math.abs(offsetOf(density, cell) - center);
    squares += value * Math.min(distance, HUBER_REACH) ** 2;
    if (distance < HUBER_REACH) slope += value;
  }
  return slope > 0 ? Math.sqrt(squares * sumOf(density)) / slope : HUBER_REACH;
}
