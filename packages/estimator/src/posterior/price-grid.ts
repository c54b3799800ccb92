/** The grid of prices on which the pattern is looked for: $1,000 to $10,000,000, 0.23 % apart. */
export const PRICES_PER_DECADE = 1000;
const FIRST_LOG10_PRICE = 3;
export const PRICE_COUNT = 4 * PRICES_PER_DECADE + 1;
/** Distance of two prices of the grid, natural log. */
export const PRICE_STEP = Math.LN10 / PRICES_PER_DECADE;

/** @returns log10 of the price at a (fractional) place in the grid */
export function log10PriceAt(place: number): number {
  return FIRST_LOG10_PRICE + place / PRICES_PER_DECADE;
}
