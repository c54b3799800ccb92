import { sumOf } from "../arrays.ts";
import type { PeakShape } from "../likelihood/pattern-weights.ts";
import { peakShareBelow } from "../likelihood/peak-shape.ts";
import { CELL, type PeakVotes } from "./peak-counts.ts";

/** Rounds of the fixed-point iteration; more of them only sharpen noise. */
const ROUNDS = 8;
/** Reach of a peak's shape, cells: 4 %. */
export const SHAPE_CELLS = 160;

/** Distribution of the price over the time in which the amounts were made. */
export interface PriceSpread {
  /**
   * In cells of {@link CELL}, not normalized: the sum is the strength of all peaks relative to the
   * fitted one.
   */
  readonly density: Float64Array;
  /** Number of peak votes found. */
  readonly votes: number;
}

/**
 * Deconvolves the peaks' shape: finds the distribution of the price with the maximum likelihood of
 * the votes, by expectation maximization for a Poisson mixture from a flat start, stopped early
 * (Richardson-Lucy).
 *
 * @param reachCells cells on either side in which the price may be; at most `votesReachCells`
 * @param votesReachCells cells on either side of the votes
 */
export function priceSpread(
  peaks: readonly PeakVotes[],
  reachCells: number,
  votesReachCells: number,
  shape: Float64Array,
): PriceSpread {
  const count = 2 * reachCells + 1;
  const offset = votesReachCells - reachCells;
  const cells = 2 * votesReachCells + 1;
  let expected = 0;
  for (const peak of peaks) expected += peak.background * peak.excess;
  let density = new Float64Array(count).fill(1 / count);
  const peak = new Float64Array(cells);
  const share = new Float64Array(cells);
  if (expected === 0) return { density, votes: 0 };
  for (let round = 0; round < ROUNDS; round++) {
    peakHeights(density, offset, shape, peak);
    share.fill(0);
    for (const { cells: places, votes, excess } of peaks) {
      for (let i = 0; i < places.length; i++) {
        const cell = places[i]!;
        share[cell]! += (votes[i]! * excess) / (1 + excess * peak[cell]!);
      }
    }
    density = reweighted(density, offset, shape, share, expected);
  }
  return { density, votes: sumOf(density) * expected };
}

/** Convolution of the peak's shape with the density: peak[i] = Σ_j density[j] · shape[i - j]. */
function peakHeights(density: Float64Array, offset: number, shape: Float64Array, peak: Float64Array): void {
  peak.fill(0);
  for (let j = 0; j < density.length; j++) {
    const weight = density[j]!;
    if (weight === 0) continue;
    const center = j + offset;
    const from = Math.max(0, center - SHAPE_CELLS);
    const to = Math.min(peak.length - 1, center + SHAPE_CELLS);
    const shift = SHAPE_CELLS - center;
    for (let i = from; i <= to; i++) peak[i]! += weight * shape[i + shift]!;
  }
}

function reweighted(
  density: Float64Array,
  offset: number,
  shape: Float64Array,
  share: Float64Array,
  expected: number,
): Float64Array<ArrayBuffer> {
  const next = new Float64Array(density.length);
  for (let j = 0; j < density.length; j++) {
    const center = j + offset;
    const from = Math.max(0, center - SHAPE_CELLS);
    const to = Math.min(share.length - 1, center + SHAPE_CELLS);
    const shift = SHAPE_CELLS - center;
    let sum = 0;
    for (let i = from; i <= to; i++) sum += share[i]! * shape[i + shift]!;
    next[j] = (density[j]! * sum) / expected;
  }
  return next;
}

/** The peak's shape over cells of (vote's price - price), -SHAPE_CELLS … SHAPE_CELLS. */
export function shapeOverCells(shape: PeakShape): Float64Array {
  const cells = new Float64Array(2 * SHAPE_CELLS + 1);
  for (let i = -SHAPE_CELLS; i <= SHAPE_CELLS; i++) {
    // A larger amount implies a lower price.
    cells[i + SHAPE_CELLS] = peakShareBelow((-i + 0.5) * CELL, shape) - peakShareBelow((-i - 0.5) * CELL, shape);
  }
  return cells;
}
