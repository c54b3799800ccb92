import { PEAK_SHAPE, PEAK_SHAPE_STEP, PEAK_STRENGTH } from "./peak-weights.ts";

/** Log-likelihoods are kept as integers, so that sums do not depend on the order of the amounts. */
export const UNITS_PER_NAT = 1024;

/** ln(round dollar amount in satoshis per dollar of price): minus ln(satoshis), it is the ln of the price it implies. */
export const LOG_ROUND_AMOUNTS: readonly number[] = PEAK_STRENGTH.map(({ usd }) => Math.log(usd * 1e8));

/** What an amount adds to the log-likelihood of the prices around the one it implies, as integers. */
export interface VoteKernel {
  /** Cells on either side of the centre. */
  readonly reach: number;
  /** 2·reach + 1 values for offsets -reach … reach of (implied price - price), of each round amount in turn. */
  readonly values: Int32Array;
}

export interface VoteKernelOptions {
  /** Cell of the price grid, natural log. */
  step: number;
  /** Reach of the kernel, natural log. */
  reach: number;
  /** Mean distance that the price moves within the step of time (Laplace), natural log: it widens the peak. */
  spread: number;
  /** Sigma of the smooth density of other amounts that the peaks stand on, natural log; 0: leave it out. */
  background: number;
}

/**
 * The log of (1 + strength · shape), less what the same number of amounts without a peak would give: a pile of amounts
 * that is wider than a peak speaks for nothing.
 */
export function voteKernel({ step, reach, spread, background }: VoteKernelOptions): VoteKernel {
  const cells = Math.round(reach / step);
  const width = 2 * cells + 1;
  const shape = resampledShape(step, cells, spread);
  const area = shape.reduce((sum, value) => sum + value, 0) * step;
  const values = new Int32Array(width * PEAK_STRENGTH.length);
  PEAK_STRENGTH.forEach(({ strength }, amount) => {
    const expected = expectedVotes(strength * area, background);
    for (let cell = 0; cell < width; cell++) {
      const distance = (cell - cells) * step;
      const value = Math.log1p(strength * shape[cell]!) - expected * gaussian(distance, background);
      values[amount * width + cell] = Math.round(value * UNITS_PER_NAT);
    }
  });
  return { reach: cells, values };
}

/** Area of the peak over the density there: the smoothed density holds the peak itself, too. */
export function expectedVotes(peakArea: number, background: number): number {
  return background === 0 ? 0 : peakArea / (1 + peakArea * gaussian(0, background));
}

export function gaussian(distance: number, sigma: number): number {
  if (sigma === 0) return 0;
  return Math.exp(-0.5 * (distance / sigma) ** 2) / (sigma * Math.sqrt(2 * Math.PI));
}

/** Area under the peak shape, natural log of the price. */
export const PEAK_AREA: number = PEAK_SHAPE.reduce((sum, value) => sum + value, 0) * PEAK_SHAPE_STEP;

/** The peak shape on another grid: spread by the price's own movement and averaged over each cell. */
function resampledShape(step: number, cells: number, spread: number): Float64Array {
  const middle = (PEAK_SHAPE.length - 1) / 2;
  const shape = new Float64Array(2 * cells + 1);
  for (let cell = 0; cell < shape.length; cell++) {
    const centre = (cell - cells) * step;
    let sum = 0;
    for (let index = 0; index < PEAK_SHAPE.length; index++) {
      const from = (index - middle) * PEAK_SHAPE_STEP - centre;
      sum += PEAK_SHAPE[index]! * shareOfCell(from, step, spread);
    }
    shape[cell] = sum;
  }
  return shape;
}

/** Density over a cell of width `step`, per PEAK_SHAPE_STEP, of a Laplace distribution that is centred `from` away. */
function shareOfCell(from: number, step: number, spread: number): number {
  const scale = Math.max(spread, PEAK_SHAPE_STEP / 4);
  const share = laplaceCdf(from + step / 2, scale) - laplaceCdf(from - step / 2, scale);
  return (share * PEAK_SHAPE_STEP) / step;
}

function laplaceCdf(x: number, scale: number): number {
  return x < 0 ? 0.5 * Math.exp(x / scale) : 1 - 0.5 * Math.exp(-x / scale);
}

/** Adds the kernel of one round amount to a grid: the price is the implied one less the kernel's offset. */
export function addKernel(
  grid: Int32Array,
  values: Int32Array,
  reach: number,
  amount: number,
  centre: number,
  sign: 1 | -1,
): void {
  const from = Math.max(0, centre - reach);
  const to = Math.min(grid.length - 1, centre + reach);
  // values[amount's start + reach + (centre - cell)]
  const origin = amount * (2 * reach + 1) + reach + centre;
  for (let cell = from; cell <= to; cell++) grid[cell]! += sign * values[origin - cell]!;
}
