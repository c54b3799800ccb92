import { PEAK_SHAPE_STEP } from "../src/tracking/peak-weights.ts";
import { SHAPE_REACH, type TrackingWeights } from "./tracking-weights.ts";

/** Bins at either end that show the density without a peak: beyond 2.2 %. */
const OUTER_BINS = 40;
/** Bins on either side of the middle over which a peak's height is the mean: ±0.06 %. */
const TOP_BINS = 3;
/** From here on (natural log) the shape is flat and noisy, and smoothed over more bins. */
const CORE = 0.003;
const CORE_SIGMA_BINS = 1;
const TAIL_SIGMA_BINS = 4;
/** Least height: no amount may ever rule a price out. */
const FLOOR = 0.0005;

/** The weights that counts of residuals (one row of bins for each round amount) show. */
export function peaksOf(counts: readonly (readonly number[])[], before: TrackingWeights): TrackingWeights {
  const excess = counts.map((bins) => {
    const without = median([...bins.slice(0, OUTER_BINS), ...bins.slice(-OUTER_BINS)]);
    return bins.map((count) => count / without - 1);
  });
  const heights = excess.map((bins) => mean(bins.slice(SHAPE_REACH - TOP_BINS, SHAPE_REACH + TOP_BINS + 1)));
  const totalHeight = heights.reduce((sum, height) => sum + height, 0);
  const raw = before.shape.map((_, bin) => excess.reduce((sum, bins) => sum + bins[bin]!, 0) / totalHeight);
  const core = smoothed(raw, CORE_SIGMA_BINS);
  const tail = smoothed(raw, TAIL_SIGMA_BINS);
  const shape = raw.map((_, bin) => {
    const inCore = Math.exp(-((((bin - SHAPE_REACH) * PEAK_SHAPE_STEP) / CORE) ** 2));
    return Number(Math.max(FLOOR, inCore * core[bin]! + (1 - inCore) * tail[bin]!).toFixed(5));
  });
  return {
    shape,
    strengths: before.strengths.map(({ usd }, amount) => ({ usd, strength: Number(heights[amount]!.toFixed(1)) })),
  };
}

function smoothed(values: readonly number[], sigmaBins: number): number[] {
  const reach = Math.ceil(4 * sigmaBins);
  return values.map((_, bin) => {
    let sum = 0;
    let weights = 0;
    for (let other = Math.max(0, bin - reach); other <= Math.min(values.length - 1, bin + reach); other++) {
      const weight = Math.exp(-0.5 * ((other - bin) / sigmaBins) ** 2);
      sum += weight * values[other]!;
      weights += weight;
    }
    return sum / weights;
  });
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return (sorted[(sorted.length - 1) >> 1]! + sorted[sorted.length >> 1]!) / 2;
}
