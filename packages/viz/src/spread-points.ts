import type { PointInput } from "./point-columns.ts";

/** As many points at one moment come from a block, which the service read at its start. */
const BLOCK_POINTS = 20;
/** Mean time between blocks. */
const BLOCK_SECONDS = 600;

/**
 * Positions on the time axis for the points of a snapshot, in order. Points that the service read
 * from its node at the start have times in whole seconds, or all the time of their block: they are
 * spread over that second, or over the time in which a block's payments are made, instead of
 * forming lines.
 */
export function spreadPoints<T extends PointInput>(points: readonly T[]): [point: T, position: number][] {
  const counts = new Map<number, number>();
  for (const { timestamp } of points) counts.set(timestamp, (counts.get(timestamp) ?? 0) + 1);
  const placed = new Map<number, number>();
  return points
    .map((point): [T, number] => {
      const { timestamp } = point;
      const count = counts.get(timestamp) as number;
      const share = ((placed.get(timestamp) ?? 0) + 0.5) / count;
      placed.set(timestamp, share * count + 0.5);
      const seconds = count < BLOCK_POINTS ? 1 : BLOCK_SECONDS;
      return [point, count > 1 ? timestamp - seconds * (1 - share) : timestamp];
    })
    .sort(([, a], [, b]) => a - b);
}
