import type { DistinctAmounts } from "./distinct-amounts.ts";
import { logPriceAt, PRICE_COUNT } from "./price-grid.ts";

/** Typical log10 of the median amount in US dollars: 2.2 to 2.9 in 2021 and 2024. */
const USUAL_LOG10_USD = 2.5;
/**
 * Scale in decades. The median was three decades lower in 2015, hence Student's t with three
 * degrees of freedom.
 */
const SCALE = 0.5;
const DEGREES_OF_FREEDOM = 3;

/**
 * Weak prior from the median amount: log prior of each price of the grid, at most a few nats. It
 * distinguishes the price from ten times the price in a few hundred amounts. With more amounts the
 * ladder outweighs it.
 */
export function centerPrior({ sats }: DistinctAmounts): Float64Array {
  const logPrior = new Float64Array(PRICE_COUNT);
  const medianSats = sats[sats.length >> 1];
  if (medianSats === undefined) return logPrior;
  const log10Btc = Math.log10(medianSats) - 8;
  for (let place = 0; place < PRICE_COUNT; place++) {
    const distance = (log10Btc + logPriceAt(place) / Math.LN10 - USUAL_LOG10_USD) / SCALE;
    logPrior[place] = -0.5 * (DEGREES_OF_FREEDOM + 1) * Math.log1p((distance * distance) / DEGREES_OF_FREEDOM);
  }
  return logPrior;
}
