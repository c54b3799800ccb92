import { FILTER } from "../filter/filter-model.ts";

const LOG_LOWEST = Math.log(FILTER.minPriceUsd);
/** Step of the grid, natural log; as wide as the core of a peak. */
export const PRICE_STEP = 0.0005;
export const PRICE_COUNT: number = Math.round((Math.log(FILTER.maxPriceUsd) - LOG_LOWEST) / PRICE_STEP) + 1;

/** @returns natural log of the price at a fractional position in the grid */
export function logPriceAt(place: number): number {
  return LOG_LOWEST + place * PRICE_STEP;
}

/** @returns fractional position of the natural log of a price; may be outside the grid */
export function placeOf(logPrice: number): number {
  return (logPrice - LOG_LOWEST) / PRICE_STEP;
}
