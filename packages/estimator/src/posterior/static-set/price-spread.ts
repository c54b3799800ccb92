import { sumOf } from "../arrays.ts";
import { peakShareBelow } from "../likelihood/peak-shape.ts";
import type { PeakShape } from "../likelihood/weights.ts";
import { CELL, type PeakVotes } from "./peak-counts.ts";
import { type SpreadCenter, spreadCenter } from "./spread-center.ts";

/** Rounds of the fixed-point iteration; more of them only sharpen noise. */
const ROUNDS = 8;
/** Reach of a peak's shape, cells: 4 %. */
const SHAPE_CELLS = 160;

/** Where the price was in the time in which the amounts were made. */
export interface PriceSpread extends SpreadCenter {
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
  shape: PeakShape,
): PriceSpread {
  const count = 2 * reachCells + 1;
  const offset = votesReachCells - reachCells;
  const shapeOfVotes = shapeOverCells(shape);
  const shapeOfPrices = shapeOfVotes.slice().reverse();
  const expected = sumOf(peaks.map(({ background, excess }) => background * excess));
  // By cell; its sum is the strength of all peaks relative to the fitted one.
  let density = new Float64Array(count).fill(1 / count);
  for (let round = 0; round < ROUNDS && expected > 0; round++) {
    const heights = sumsAround(density, shapeOfPrices, 2 * votesReachCells + 1, -offset);
    const share = new Float64Array(heights.length);
    for (const { votes, excess } of peaks)
      for (let cell = 0; cell < share.length; cell++)
        share[cell]! += (votes[cell]! * excess) / (1 + excess * heights[cell]!);
    const found = sumsAround(share, shapeOfVotes, count, offset);
    density = density.map((value, cell) => (value * found[cell]!) / expected);
  }
  return { ...spreadCenter(density), votes: sumOf(density) * expected };
}

/**
 * Sums around each cell: sums[k] = Σ_i values[i] · weights[i - k - shift], weights from
 * -SHAPE_CELLS.
 */
function sumsAround(values: Float64Array, weights: Float64Array, count: number, shift: number): Float64Array {
  const sums = new Float64Array(count);
  for (let k = 0; k < count; k++) {
    const center = k + shift;
    const to = Math.min(values.length - 1, center + SHAPE_CELLS);
    let sum = 0;
    for (let i = Math.max(0, center - SHAPE_CELLS); i <= to; i++)
      sum += values[i]! * weights[i - center + SHAPE_CELLS]!;
    sums[k] = sum;
  }
  return sums;
}

/** The peak's shape over cells of (vote's price - price), -SHAPE_CELLS … SHAPE_CELLS. */
function shapeOverCells(shape: PeakShape): Float64Array {
  return Float64Array.from({ length: 2 * SHAPE_CELLS + 1 }, (_, i) => {
    // A larger amount implies a lower price.
    const cell = SHAPE_CELLS - i;
    return peakShareBelow((cell + 0.5) * CELL, shape) - peakShareBelow((cell - 0.5) * CELL, shape);
  });
}
