import { ALIAS_FACTORS } from "../posterior/filter/round-amount-census.ts";

/** Minimum relative error of a price that can be off by a ratio. */
const FAR_OFF = 0.1;
/** Maximum relative distance from a ratio. */
const NEAR = 0.03;

/**
 * The ratio of two round dollar amounts by which a price is off: at 2, payments of $50 were counted
 * as $100.
 *
 * @returns null if the price is nearly right, or off by no such ratio
 */
export function aliasRatio(priceUsd: number, truthUsd: number): number | null {
  const off = priceUsd / truthUsd;
  if (!(Math.abs(off - 1) > FAR_OFF)) return null;
  const nearest = ALIAS_FACTORS.reduce((best, factor) =>
    Math.abs(Math.log(factor / off)) < Math.abs(Math.log(best / off)) ? factor : best,
  );
  return Math.abs(nearest / off - 1) <= NEAR ? nearest : null;
}
