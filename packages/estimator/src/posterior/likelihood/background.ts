import { runningSums, sumOf } from "../arrays.ts";

/**
 * Minimum standard deviation of the smoothing, bins of the wide axis: 0.035 decades, five times a
 * peak's reach.
 */
const LEAST_SMOOTHING_BINS = 70;
/** Its maximum, 0.1 decades, for few amounts, whose background is noise itself. */
const MOST_SMOOTHING_BINS = 200;
/** Number of votes from which the minimum suffices. */
const ENOUGH_VOTES = 1500;
/** Bins on either side that are searched for a pile of amounts. */
const PILE_HALF_WIDTH = 4;

/**
 * Density of the amounts without a price, votes per bin: the histogram smoothed far beyond the
 * width of a peak. A second pass leaves out the piles that stand out of the first.
 *
 * @param histogram votes in the bins of the wide axis
 */
export function background(histogram: Float64Array): Float64Array {
  const smoothing = LEAST_SMOOTHING_BINS * Math.sqrt(ENOUGH_VOTES / Math.max(sumOf(histogram), 1));
  const halfWidth = boxHalfWidth(Math.min(MOST_SMOOTHING_BINS, Math.max(LEAST_SMOOTHING_BINS, smoothing)));
  const first = smooth(histogram, halfWidth);
  const piles = boxAverage(histogram, PILE_HALF_WIDTH);
  const bins = 2 * PILE_HALF_WIDTH + 1;
  const level = new Float64Array(histogram.length);
  for (let i = 0; i < histogram.length; i++) {
    const expected = first[i]! * bins;
    const most = expected + 2 * Math.sqrt(expected) + 1;
    level[i] = piles[i]! * bins > most ? Math.min(histogram[i]!, first[i]!) : histogram[i]!;
  }
  return smooth(level, halfWidth);
}

/**
 * Half width of each of three box averages that together approximate a Gaussian of this deviation.
 */
function boxHalfWidth(deviation: number): number {
  return Math.round((Math.sqrt(4 * deviation * deviation + 1) - 1) / 2);
}

function smooth(values: Float64Array, halfWidth: number): Float64Array {
  return boxAverage(boxAverage(boxAverage(values, halfWidth), halfWidth), halfWidth);
}

function boxAverage(values: Float64Array, halfWidth: number): Float64Array {
  const sums = runningSums(values);
  const averages = new Float64Array(values.length);
  const scale = 1 / (2 * halfWidth + 1);
  for (let i = 0; i < values.length; i++) {
    const from = i < halfWidth ? 0 : i - halfWidth;
    const to = Math.min(values.length, i + halfWidth + 1);
    averages[i] = (sums[to]! - sums[from]!) * scale;
  }
  return averages;
}
