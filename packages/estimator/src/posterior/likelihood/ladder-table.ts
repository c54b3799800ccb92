import { PRICE_STEP } from "../static-set/price-grid.ts";
import type { PeakShape } from "./pattern-weights.ts";
import { peakShareBelow } from "./peak-shape.ts";

/**
 * Cells below and above the price that an amount implies, for amounts up to 1.6 % too small or
 * 2.4 % too large.
 */
export const CELLS_BELOW = 32;
const CELLS_ABOVE = 48;
export const ROW_CELLS: number = CELLS_BELOW + CELLS_ABOVE + 1;
/** Levels of strength in the table; each is this factor above the previous one. */
const LEVEL_RATIO = 1.25;
const WEAKEST = 1e-5;
export const LEVELS = 90;
/** Smaller log-likelihoods (nats) are left out: their sum is the same for every price. */
const NEGLIGIBLE = 0.05;

/**
 * log(1 + strength · shape) by strength: the log-likelihood ratio, against the background alone,
 * that an amount adds to the prices around the one it implies.
 */
export interface LadderTable {
  /**
   * Nats: a row of {@link ROW_CELLS} cells per level, from {@link CELLS_BELOW} below the implied
   * price.
   */
  readonly nats: Float64Array;
  /** First and last cell that is not negligible, by level; `last` is -1 if all are. */
  readonly first: Int32Array;
  readonly last: Int32Array;
}

export function ladderTable(shape: PeakShape): LadderTable {
  const density = cellDensity(shape);
  const nats = new Float64Array(LEVELS * ROW_CELLS);
  const first = new Int32Array(LEVELS).fill(ROW_CELLS);
  const last = new Int32Array(LEVELS).fill(-1);
  for (let level = 0; level < LEVELS; level++) {
    for (let cell = 0; cell < ROW_CELLS; cell++) {
      const value = Math.log1p(WEAKEST * LEVEL_RATIO ** level * density[cell]!);
      nats[level * ROW_CELLS + cell] = value;
      if (value <= NEGLIGIBLE) continue;
      first[level] = Math.min(first[level]!, cell);
      last[level] = cell;
    }
  }
  return { nats, first, last };
}

/**
 * Fractional level of a strength: share of the amounts in the peak over the density of all amounts
 * there.
 */
export function levelOf(strength: number): number {
  return Math.log(strength / WEAKEST) / Math.log(LEVEL_RATIO);
}

/** The shape averaged over cells and over the rounding of amount and price to cells. */
function cellDensity(shape: PeakShape): Float64Array {
  const inCell = (offset: number): number => {
    const middle = offset * PRICE_STEP;
    const share = peakShareBelow(middle + PRICE_STEP / 2, shape) - peakShareBelow(middle - PRICE_STEP / 2, shape);
    return share / PRICE_STEP;
  };
  return Float64Array.from({ length: ROW_CELLS }, (_, cell) => {
    const offset = cell - CELLS_BELOW;
    return (inCell(offset - 1) + 2 * inCell(offset) + inCell(offset + 1)) / 4;
  });
}
