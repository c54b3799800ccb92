import type { DistinctAmounts } from "./distinct-amounts.ts";
import { logPriceAt, PRICE_COUNT } from "./price-grid.ts";

/** log10 of the US dollars at which the median amount tends to lie: 2.2 to 2.9 in 2021 and 2024. */
const USUAL_LOG10_USD = 2.5;
/** In decades. It was three decades lower in 2015, so the tails are those of Student's t with three degrees of freedom. */
const SCALE = 0.5;
const DEGREES_OF_FREEDOM = 3;

/**
 * The little that the center of all amounts says about the price: log prior of each price of the grid, at most a few
 * nats. It tells ten times the price from the price in a few hundred amounts and is nothing beside the ladder of more.
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
