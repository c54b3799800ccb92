import { type PricePoint, SNAPSHOT_POINTS_MAX } from "@utxoracle/models";

/** The newest points of a snapshot are complete. */
const NEWEST_POINTS = SNAPSHOT_POINTS_MAX / 2;
/** Each this many seconds older, a third of the points remain (1/e): the page shows 15 minutes. */
const THINNING_SECONDS = 300;

/**
 * The points for a snapshot: the newest ones, and of the older ones a sample that becomes thinner
 * with age, so that the plot of a first visit is not empty on its left. The sample depends only on
 * the points, so that analyzers and edges choose the same, and so that points may be added at once
 * or one by one.
 * @param points in any order, which is kept.
 */
export function snapshotPoints(points: readonly PricePoint[]): PricePoint[] {
  if (points.length <= SNAPSHOT_POINTS_MAX) return [...points];
  const ages = points.map((_, index) => index).sort((a, b) => timeOf(points, b) - timeOf(points, a) || b - a);
  const older = ages.slice(NEWEST_POINTS).map((index) => ({ index, rank: rankOf(points[index] as PricePoint) }));
  older.sort((a, b) => b.rank - a.rank || b.index - a.index);
  const kept = new Set([
    ...ages.slice(0, NEWEST_POINTS),
    ...older.slice(0, SNAPSHOT_POINTS_MAX - NEWEST_POINTS).map(({ index }) => index),
  ]);
  return points.filter((_, index) => kept.has(index));
}

const timeOf = (points: readonly PricePoint[], index: number): number => (points[index] as PricePoint).timestamp;

/**
 * Time of a point plus an exponentially distributed number from its id: does not change with age.
 */
function rankOf({ timestamp, txid }: PricePoint): number {
  const uniform = (Number.parseInt(txid.slice(0, 8), 16) + 1) / 2 ** 32;
  return timestamp - THINNING_SECONDS * Math.log(uniform);
}
