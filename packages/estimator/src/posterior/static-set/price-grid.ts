/** The grid of prices on which the ladder is looked for: $100 to $10,000,000. */
const LOWEST_USD = 100;
const HIGHEST_USD = 10_000_000;
const LOG_LOWEST = Math.log(LOWEST_USD);
/** Distance of two prices of the grid, natural log: the core of a peak is as wide. */
export const PRICE_STEP = 0.0005;
export const PRICE_COUNT: number = Math.round((Math.log(HIGHEST_USD) - LOG_LOWEST) / PRICE_STEP) + 1;

/** @returns the natural log of the price at a (fractional) place in the grid */
export function logPriceAt(place: number): number {
  return LOG_LOWEST + place * PRICE_STEP;
}

/** @returns the place of a price given by its natural log, fractional; may lie outside the grid */
export function placeOf(logPrice: number): number {
  return (logPrice - LOG_LOWEST) / PRICE_STEP;
}
