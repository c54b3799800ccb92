import type { DistinctAmounts } from "../static-set/distinct-amounts.ts";

/** The wide axis: amounts between 1e-5 and 1e5 BTC in bins of 0.115 %. */
const BINS_PER_DECADE = 2000;
/** log10 of the satoshis at the first bin's lower edge. */
const FIRST_DECADE = 3;
const DECADES = 10;
export const BIN_COUNT: number = DECADES * BINS_PER_DECADE;
/** Width of a bin in the natural logarithm. */
export const BIN_WIDTH: number = Math.LN10 / BINS_PER_DECADE;

/**
 * A smaller amount is spread over the bins that its satoshi covers; otherwise the bins show the
 * satoshi grid.
 */
const GRAINY_BELOW_SATS_PER_BIN = 10;

/**
 * @returns position of an amount on the axis, in bins from the first bin's lower edge, fractional
 */
export function binPosition(sats: number): number {
  return (Math.log10(sats) - FIRST_DECADE) * BINS_PER_DECADE;
}

/** Votes in bins of log10(amount). */
export function logHistogram({ sats, votes }: DistinctAmounts): Float64Array {
  const histogram = new Float64Array(BIN_COUNT);
  const grainyBelow = GRAINY_BELOW_SATS_PER_BIN * BINS_PER_DECADE;
  for (let i = 0; i < sats.length; i++) {
    const amount = sats[i]!;
    if (amount < grainyBelow) {
      spread(histogram, binPosition(amount - 0.5), binPosition(amount + 0.5), votes[i]!);
    } else {
      histogram[Math.min(BIN_COUNT - 1, binPosition(amount) | 0)]! += votes[i]!;
    }
  }
  return histogram;
}

function spread(histogram: Float64Array, from: number, to: number, votes: number): void {
  const density = votes / (to - from);
  for (let bin = Math.max(0, Math.floor(from)); bin < to && bin < histogram.length; bin++) {
    histogram[bin]! += density * (Math.min(to, bin + 1) - Math.max(from, bin));
  }
}
