import type { DistinctAmounts } from "./distinct-amounts.ts";
import { log10PriceAt, PRICE_COUNT } from "./price-grid.ts";

/** log10 of the US dollars at which the median amount tends to lie: 2.2 to 2.9 in 2021 and 2024. */
const USUAL_LOG10_USD = 2.5;
/** In decades. It was three decades lower in 2015, so the tails are those of Student's t with three degrees of freedom. */
const SCALE = 0.5;
const DEGREES_OF_FREEDOM = 3;

/**
 * The little that the centre of all amounts says about the price: log prior of each price of the grid, at most a few
 * nats. It helps a hundred amounts to a guess and is nothing beside the pattern of a thousand.
 */
export function centrePrior({ sats }: DistinctAmounts): Float64Array {
  const logPrior = new Float64Array(PRICE_COUNT);
  const medianSats = sats[sats.length >> 1];
  if (medianSats === undefined) return logPrior;
  const log10Btc = Math.log10(medianSats) - 8;
  for (let price = 0; price < PRICE_COUNT; price++) {
    const distance = (log10Btc + log10PriceAt(price) - USUAL_LOG10_USD) / SCALE;
    logPrior[price] = -0.5 * DEGREES_OF_FREEDOM * Math.log1p((distance * distance) / DEGREES_OF_FREEDOM);
  }
  return logPrior;
}
