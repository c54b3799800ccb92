import { PRICE_STEP } from "../static-set/price-grid.ts";
import { peakShareIn, SHARP_SHAPE } from "./peak-shape.ts";

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
 * log(1 + strength · shape) by strength, nats: the log-likelihood ratio, against the background
 * alone, that an amount adds to the prices around the one it implies. A row of {@link ROW_CELLS}
 * cells per level, from {@link CELLS_BELOW} below the implied price.
 */
export const ROWS: Float64Array = new Float64Array(LEVELS * ROW_CELLS);
/** First and last cell of a row that is not negligible; `LAST` is -1 if all are. */
export const FIRST: Int32Array = new Int32Array(LEVELS).fill(ROW_CELLS);
export const LAST: Int32Array = new Int32Array(LEVELS).fill(-1);
for (let cell = 0; cell < ROW_CELLS; cell++) {
  const density = cellDensity(cell - CELLS_BELOW);
  for (let level = 0; level < LEVELS; level++) {
    const value = Math.log1p(WEAKEST * LEVEL_RATIO ** level * density);
    ROWS[level * ROW_CELLS + cell] = value;
    if (value <= NEGLIGIBLE) continue;
    FIRST[level] = Math.min(FIRST[level]!, cell);
    LAST[level] = cell;
  }
}

/**
 * Fractional level of a strength: share of the amounts in the peak over the density of all amounts
 * there.
 */
export function levelOf(strength: number): number {
  return Math.log(strength / WEAKEST) / Math.log(LEVEL_RATIO);
}

/** The shape averaged over cells and over the rounding of amount and price to cells. */
function cellDensity(offset: number): number {
  const inCell = (place: number): number => peakShareIn(place * PRICE_STEP, PRICE_STEP, SHARP_SHAPE) / PRICE_STEP;
  return (inCell(offset - 1) + 2 * inCell(offset) + inCell(offset + 1)) / 4;
}
