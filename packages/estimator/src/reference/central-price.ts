/** Step 11: the exact price among the points, and their spread. */

const PRICE_BAND = 0.05;
const SPREAD_BAND = 0.1;
/**
 * Half height of the plot as a share of the price: `LEAST` at a spread of 0.17, `MOST_FITTED` at
 * 0.20, clamped.
 */
const LEAST_HEIGHT = 0.05;
const MOST_FITTED_HEIGHT = 0.15;
const MOST_HEIGHT = 0.2;
const LEAST_SPREAD = 0.17;
const MOST_SPREAD = 0.2;
/** Centers come from a finite set, so one repeats; this bounds the time. */
const MOST_RECENTERS = 10_000;

export interface CentralPrice {
  centralPriceUsd: number;
  deviationPct: number;
  axisLowUsd: number;
  axisHighUsd: number;
}

/**
 * @param sortedPoints prices in US dollars, ascending
 * @param recenter whether to repeat around each new center until one repeats
 * @returns null if no point lies in the band around the rough price
 */
export function findCentralPrice(
  sortedPoints: Float64Array,
  roughPriceUsd: number,
  recenter: boolean,
): CentralPrice | null {
  let center = centralPoint(band(sortedPoints, roughPriceUsd, PRICE_BAND));
  if (center === null) return null;
  if (recenter) {
    const seen = new Set<number>();
    while (!seen.has(center) && seen.size < MOST_RECENTERS) {
      seen.add(center);
      center = centralPoint(band(sortedPoints, center, PRICE_BAND)) as number;
    }
  }
  const deviationPct = spread(sortedPoints, center);
  const slope = (MOST_FITTED_HEIGHT - LEAST_HEIGHT) / (MOST_SPREAD - LEAST_SPREAD);
  const height = Math.min(Math.max(LEAST_HEIGHT + (deviationPct - LEAST_SPREAD) * slope, LEAST_HEIGHT), MOST_HEIGHT);
  return {
    centralPriceUsd: center,
    deviationPct,
    axisLowUsd: center - height * center,
    axisHighUsd: center + height * center,
  };
}

/** The points strictly within ±share of a center. */
function band(sortedPoints: Float64Array, center: number, share: number): Float64Array {
  const low = center - share * center;
  const high = center + share * center;
  let start = firstIndex(sortedPoints, (point) => point > low);
  const end = firstIndex(sortedPoints, (point) => point >= high);
  if (start > end) start = end;
  return sortedPoints.subarray(start, end);
}

/**
 * The point with the smallest sum of distances to all others; rounding of the sums decides between
 * equal ones.
 */
function centralPoint(sorted: Float64Array): number | null {
  const n = sorted.length;
  if (n === 0) return null;
  let total = 0;
  for (let i = 0; i < n; i++) total += sorted[i] as number;
  let best = sorted[0] as number;
  let least = Number.POSITIVE_INFINITY;
  let sumBefore = 0;
  for (let i = 0; i < n; i++) {
    const point = sorted[i] as number;
    const sumThrough = sumBefore + point;
    const distance = point * i - sumBefore + (total - sumThrough - point * (n - 1 - i));
    if (distance < least) {
      least = distance;
      best = point;
    }
    sumBefore = sumThrough;
  }
  return best;
}

function spread(sortedPoints: Float64Array, center: number): number {
  const points = band(sortedPoints, center, SPREAD_BAND);
  const middle = centralPoint(points) as number;
  const distances = points.map((point) => Math.abs(point - middle)).sort();
  const half = distances.length >> 1;
  const median =
    distances.length % 2 === 1
      ? (distances[half] as number)
      : ((distances[half - 1] as number) + (distances[half] as number)) / 2;
  return median / (center + SPREAD_BAND * center - (center - SPREAD_BAND * center));
}

function firstIndex(sorted: Float64Array, holds: (point: number) => boolean): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (holds(sorted[middle] as number)) high = middle;
    else low = middle + 1;
  }
  return low;
}
