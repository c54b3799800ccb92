import { runningSums, sumOf } from "../arrays.ts";
import type { DistinctAmounts } from "../static-set/distinct-amounts.ts";

/** The axis: amounts between 1e-5 and 1e5 BTC in bins of 0.115 %. */
const BINS_PER_DECADE = 2000;
/** log10 of the satoshis at the first bin's lower edge. */
const FIRST_DECADE = 3;
const DECADES = 10;
/** Width of a bin in the natural logarithm. */
const BIN_WIDTH = Math.LN10 / BINS_PER_DECADE;
/**
 * Minimum standard deviation of the smoothing, bins: 0.035 decades, five times a peak's reach.
 */
const LEAST_SMOOTHING_BINS = 70;
/** Its maximum, 0.1 decades, for few amounts, whose background is noise itself. */
const MOST_SMOOTHING_BINS = 200;
/** Number of votes from which the minimum suffices. */
const ENOUGH_VOTES = 1500;
/** Bins on either side that are searched for a pile of amounts. */
const PILE_HALF_WIDTH = 4;

/**
 * Density of the amounts without a price: the histogram of log10(amount) smoothed far beyond the
 * width of a peak. A second pass leaves out the piles that stand out of the first.
 */
export class Background {
  /** Votes per bin. */
  readonly #level: Float64Array;

  constructor({ sats, votes }: DistinctAmounts) {
    const histogram = new Float64Array(DECADES * BINS_PER_DECADE);
    sats.forEach((amount, i) => {
      histogram[binOf(amount)]! += votes[i]!;
    });
    const smoothing = LEAST_SMOOTHING_BINS * Math.sqrt(ENOUGH_VOTES / Math.max(sumOf(votes), 1));
    const deviation = Math.min(MOST_SMOOTHING_BINS, Math.max(LEAST_SMOOTHING_BINS, smoothing));
    // Three box averages of this half width together approximate a Gaussian of the deviation.
    const halfWidth = Math.round((Math.sqrt(4 * deviation * deviation + 1) - 1) / 2);
    const first = smooth(histogram, halfWidth);
    const piles = boxAverage(histogram, PILE_HALF_WIDTH);
    const bins = 2 * PILE_HALF_WIDTH + 1;
    const withoutPiles = histogram.map((inBin, bin) => {
      const expected = first[bin]! * bins;
      const most = expected + 2 * Math.sqrt(expected) + 1;
      return piles[bin]! * bins > most ? Math.min(inBin, first[bin]!) : inBin;
    });
    this.#level = smooth(withoutPiles, halfWidth);
  }

  /** Votes per unit of the natural logarithm at an amount; 0 outside the axis. */
  densityAt(sats: number): number {
    return (this.#level[binOf(sats)] ?? 0) / BIN_WIDTH;
  }
}

function binOf(sats: number): number {
  return Math.floor((Math.log10(sats) - FIRST_DECADE) * BINS_PER_DECADE);
}

function smooth(values: Float64Array, halfWidth: number): Float64Array {
  return boxAverage(boxAverage(boxAverage(values, halfWidth), halfWidth), halfWidth);
}

function boxAverage(values: Float64Array, halfWidth: number): Float64Array {
  const sums = runningSums(values);
  const scale = 1 / (2 * halfWidth + 1);
  return values.map((_, i) => {
    const from = Math.max(0, i - halfWidth);
    const to = Math.min(values.length, i + halfWidth + 1);
    return (sums[to]! - sums[from]!) * scale;
  });
}
