import { sumOf } from "../arrays.ts";
import { COMMON, strengthOf } from "./ladder.ts";
import { laplaceShareBelow, peakShareIn } from "./peak-shape.ts";
import { type PeakShape, WEIGHTS } from "./weights.ts";

/** Log-likelihoods are integers, so that sums do not depend on the order of the amounts. */
export const UNITS_PER_NAT = 1024;

/** ln(1e8 · dollar amount): minus ln(satoshis), it is ln of the price that an amount implies. */
export const COMMON_LOG_SATS: readonly number[] = COMMON.map(({ usd }) => Math.log(usd * 1e8));

/** Shape of the peaks of payments priced within a minute or two. */
export const LIVE_SHAPE: PeakShape = WEIGHTS.shape;

/** Distance between two samples of the shape of a peak, natural log. */
const SHAPE_STEP = 0.0002;
/** Samples on either side of the middle: 3 %. */
const SHAPE_REACH = 150;

/** Log-likelihood that an amount adds to the prices around the one it implies, as integers. */
export interface PeakKernel {
  /** Cell of the price grid, natural log. */
  readonly step: number;
  /** Cells on either side of the center. */
  readonly reach: number;
  /**
   * For each round amount, 2·reach + 1 values for offsets -reach … reach of (implied price -
   * price).
   */
  readonly values: Int32Array;
}

export interface PeakKernelOptions {
  /** Cell of the price grid, natural log. */
  step: number;
  /** Reach of the kernel, natural log. */
  reach: number;
  /** Mean movement of the price within the step of time (Laplace), natural log; widens the peak. */
  spread: number;
  /** Sigma of the smooth density of other amounts below the peaks, natural log; 0: none. */
  background: number;
  peakShape: PeakShape;
}

/**
 * log(1 + strength · shape), minus what as many amounts without a peak would give, so that a pile
 * of amounts wider than a peak supports nothing.
 */
export function peakKernel({ step, reach, spread, background, peakShape }: PeakKernelOptions): PeakKernel {
  const cells = Math.round(reach / step);
  const shape = resampledShape(step, cells, spread, peakShape);
  const area = sumOf(shape) * step;
  const values = COMMON.flatMap((roundAmount) => {
    const strength = strengthOf(roundAmount);
    return Array.from(shape, (density, cell) => {
      const pile = pileVotes(strength * area, (cell - cells) * step, background);
      return Math.round((Math.log1p(strength * density) - pile) * UNITS_PER_NAT);
    });
  });
  return { step, reach: cells, values: Int32Array.from(values) };
}

/** What an amount without a peak would give on average, wider than a peak by far. */
export function pileKernel(step: number, background: number): PeakKernel {
  const reach = Math.round((2.5 * background) / step);
  const values = COMMON.flatMap((roundAmount) =>
    Array.from({ length: 2 * reach + 1 }, (_, cell) =>
      Math.round(pileVotes(strengthOf(roundAmount), (cell - reach) * step, background) * UNITS_PER_NAT),
    ),
  );
  return { step, reach, values: Int32Array.from(values) };
}

/**
 * Votes at a distance from a pile of sigma `background` with as many amounts as a peak of this
 * area, over the density there, which includes the peak itself.
 */
function pileVotes(peakArea: number, distance: number, background: number): number {
  if (background === 0) return 0;
  const gaussian = (x: number): number =>
    Math.exp(-0.5 * (x / background) ** 2) / (background * Math.sqrt(2 * Math.PI));
  return (peakArea / (1 + peakArea * gaussian(0))) * gaussian(distance);
}

/** Density over each cell of (implied price - price), spread by the price's own movement. */
function resampledShape(step: number, cells: number, spread: number, peakShape: PeakShape): Float64Array {
  const samples = Float64Array.from({ length: 2 * SHAPE_REACH + 1 }, (_, index) => {
    // A larger amount implies a lower price.
    return peakShareIn((SHAPE_REACH - index) * SHAPE_STEP, SHAPE_STEP, peakShape);
  });
  const shape = new Float64Array(2 * cells + 1);
  for (let cell = 0; cell < shape.length; cell++) {
    const center = (cell - cells) * step;
    let sum = 0;
    for (let index = 0; index < samples.length; index++)
      sum += samples[index]! * densityOfCell((index - SHAPE_REACH) * SHAPE_STEP - center, step, spread);
    shape[cell] = sum;
  }
  return shape;
}

/** Mean density, over a cell of width `step`, of a Laplace distribution centered `from` away. */
function densityOfCell(from: number, step: number, spread: number): number {
  const scale = Math.max(spread, SHAPE_STEP / 4);
  return (laplaceShareBelow(from + step / 2, scale) - laplaceShareBelow(from - step / 2, scale)) / step;
}
