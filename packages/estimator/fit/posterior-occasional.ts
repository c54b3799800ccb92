import type { RoundAmountWeight } from "../src/posterior/pattern-weights.ts";
import { type Reader, readPrice } from "../src/posterior/price-reading.ts";
import { isRoundBitcoin } from "../src/round-bitcoin.ts";

/** Amounts within this of a round amount are in its peak, natural log … */
const PEAK_REACH = 0.006;
/** … and those from here to there around it are its background. */
const SIDE_FROM = 0.015;
const SIDE_TO = 0.05;
/** Standard deviations of the background by which a peak must stand out in all sets together. */
const SIGNIFICANT = 2.5;
/** Few sets, little data: an excess is taken at half of what was seen. */
const SHRINKAGE = 0.5;
const LEADING_DIGITS = [1, 1.5, 2, 2.5, 3, 3.5, 4, 4.5, 5, 6, 7, 7.5, 8, 9];
const DECADES = 5;

/**
 * The round amounts beside the common ones that stand out in real sets of payments. The corpus's days do not show them:
 * their amounts between the bands of the common ones come from elsewhere.
 */
export function occasionalAmounts(
  sets: readonly Float64Array[],
  reader: Reader,
  commonUsd: readonly number[],
): RoundAmountWeight[] {
  const logUsd = sets.flatMap((set) => {
    const logPrice = readPrice(Float64Array.from(set), reader)!.logPrice;
    return [...set].filter((sats) => !isRoundBitcoin(sats)).map((sats) => Math.log(sats / 1e8) + logPrice);
  });
  const found: RoundAmountWeight[] = [];
  for (let decade = 0; decade < DECADES; decade++) {
    for (const digit of LEADING_DIGITS) {
      const usd = digit * 10 ** decade;
      if (commonUsd.some((common) => Math.abs(Math.log(common / usd)) < SIDE_FROM)) continue;
      let votes = 0;
      let side = 0;
      for (const value of logUsd) {
        const distance = Math.abs(value - Math.log(usd));
        if (distance < PEAK_REACH) votes++;
        else if (distance > SIDE_FROM && distance < SIDE_TO) side++;
      }
      const expected = (side * PEAK_REACH) / (SIDE_TO - SIDE_FROM);
      if ((votes - expected) / Math.sqrt(expected + 1) < SIGNIFICANT) continue;
      found.push({ usd, excess: (SHRINKAGE * 2 * PEAK_REACH * (votes - expected)) / (expected + 1) });
    }
  }
  return found;
}
