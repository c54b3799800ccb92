import { BIN_COUNT, BIN_STARTS_BTC, BINS_PER_DECADE, LOWEST_EXPONENT } from "./stencils.ts";

const FIRST_KEPT_BIN = 201;
const LAST_KEPT_BIN = 1600;
const LARGEST_SHARE = 0.008;

/** Bins of round BTC amounts (0.00001 … 1 BTC), smoothed in this order. */
export const ROUND_BTC_BINS = [
  201, 401, 461, 496, 540, 601, 661, 696, 740, 801, 861, 896, 940, 1001, 1061, 1096, 1140, 1201,
];

/** The bin of an amount: the last one whose start is not above it. */
export function binOf(amountBtc: number): number {
  // At the edge of a bin the logarithm can be off by one bin; the table decides.
  let bin = Math.floor((Math.log10(amountBtc) - LOWEST_EXPONENT) * BINS_PER_DECADE) + 1;
  bin = Math.max(0, Math.min(BIN_COUNT - 1, bin));
  while (bin > 0 && (BIN_STARTS_BTC[bin] as number) > amountBtc) bin--;
  while (bin < BIN_COUNT - 1 && (BIN_STARTS_BTC[bin + 1] as number) <= amountBtc) bin++;
  return bin;
}

/** Steps 5 and 6: the number of amounts in each bin. */
export function countAmounts(amountsBtc: Float64Array): Float64Array {
  const counts = new Float64Array(BIN_COUNT);
  for (let i = 0; i < amountsBtc.length; i++) {
    const bin = binOf(amountsBtc[i] as number);
    counts[bin] = (counts[bin] as number) + 1;
  }
  return counts;
}

/**
 * Step 7: drops the ends, smooths round BTC amounts, converts counts to capped shares.
 *
 * @returns the shares, or null if nothing is left
 */
export function shareCurve(counts: Float64Array): Float64Array | null {
  const shares = counts.slice();
  shares.fill(0, 0, FIRST_KEPT_BIN);
  shares.fill(0, LAST_KEPT_BIN + 1);
  for (const bin of ROUND_BTC_BINS) shares[bin] = 0.5 * ((shares[bin + 1] as number) + (shares[bin - 1] as number));
  let sum = 0;
  for (let bin = FIRST_KEPT_BIN; bin <= LAST_KEPT_BIN; bin++) sum += shares[bin] as number;
  if (sum <= 0) return null;
  for (let bin = FIRST_KEPT_BIN; bin <= LAST_KEPT_BIN; bin++)
    shares[bin] = Math.min((shares[bin] as number) / sum, LARGEST_SHARE);
  return shares;
}
