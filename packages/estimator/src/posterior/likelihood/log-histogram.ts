import type { DistinctAmounts } from "../static-set/distinct-amounts.ts";

/** A logarithmic axis of amounts, ten decades of satoshis in equal bins. */
export interface LogAxis {
  readonly binsPerDecade: number;
  readonly binCount: number;
  /** Width of a bin in the natural logarithm. */
  readonly binWidth: number;
}

/** log10 of the satoshis at the first bin's lower edge. */
export const FIRST_DECADE = 3;
/** Bins for amounts between 1e-5 and 1e5 BTC. */
const DECADES = 10;

/** Bins of 0.115 %, for the search over all prices. */
export const WIDE_AXIS: LogAxis = logAxis(2000);

function logAxis(binsPerDecade: number): LogAxis {
  return { binsPerDecade, binCount: DECADES * binsPerDecade, binWidth: Math.LN10 / binsPerDecade };
}

/**
 * A smaller amount is spread over the bins that its satoshi covers; otherwise the bins show the
 * satoshi grid.
 */
const GRAINY_BELOW_SATS_PER_BIN = 10;

/**
 * @returns position of an amount on the axis, in bins from the first bin's lower edge, fractional
 */
export function binPosition(sats: number, { binsPerDecade }: LogAxis): number {
  return (Math.log10(sats) - FIRST_DECADE) * binsPerDecade;
}

/** Votes in bins of log10(amount). */
export function logHistogram({ sats, votes }: DistinctAmounts, axis: LogAxis): Float64Array {
  const histogram = new Float64Array(axis.binCount);
  const grainyBelow = GRAINY_BELOW_SATS_PER_BIN * axis.binsPerDecade;
  for (let i = 0; i < sats.length; i++) {
    const amount = sats[i]!;
    if (amount < grainyBelow) {
      spread(histogram, binPosition(amount - 0.5, axis), binPosition(amount + 0.5, axis), votes[i]!);
    } else {
      histogram[Math.min(axis.binCount - 1, binPosition(amount, axis) | 0)]! += votes[i]!;
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
