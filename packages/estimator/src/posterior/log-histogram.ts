import type { DistinctAmounts } from "./distinct-amounts.ts";

/** Bins per decade of the amount: 0.115 % each. */
export const BINS_PER_DECADE = 2000;
/** log10 of the satoshis at the first bin's lower edge. */
export const FIRST_DECADE = 3;
/** Ten decades: every amount between 1e-5 and 1e5 BTC has its bin. */
export const BIN_COUNT = 10 * BINS_PER_DECADE;
/** Width of a bin in the natural logarithm. */
export const BIN_WIDTH = Math.LN10 / BINS_PER_DECADE;

/** Below this an amount of whole satoshis is spread over the bins that it covers, else the bins show the satoshi grid. */
const GRAINY_BELOW_SATS = 20_000;

/** @returns where an amount lies on the axis, in bins from the first bin's lower edge (fractional) */
export function binPosition(sats: number): number {
  return (Math.log10(sats) - FIRST_DECADE) * BINS_PER_DECADE;
}

/** Votes in bins of log10(amount). */
export function logHistogram({ sats, votes }: DistinctAmounts): Float64Array {
  const histogram = new Float64Array(BIN_COUNT);
  for (let i = 0; i < sats.length; i++) {
    const amount = sats[i]!;
    if (amount < GRAINY_BELOW_SATS) spread(histogram, binPosition(amount - 0.5), binPosition(amount + 0.5), votes[i]!);
    else histogram[Math.min(BIN_COUNT - 1, binPosition(amount) | 0)]! += votes[i]!;
  }
  return histogram;
}

function spread(histogram: Float64Array, from: number, to: number, votes: number): void {
  const density = votes / (to - from);
  for (let bin = Math.max(0, Math.floor(from)); bin < to; bin++) {
    histogram[bin]! += density * (Math.min(to, bin + 1) - Math.max(from, bin));
  }
}

/** Running sums: entry i is the sum of the first i bins. */
export function runningSums(histogram: Float64Array): Float64Array {
  const sums = new Float64Array(histogram.length + 1);
  let sum = 0;
  for (let i = 0; i < histogram.length; i++) sums[i + 1] = sum += histogram[i]!;
  return sums;
}
