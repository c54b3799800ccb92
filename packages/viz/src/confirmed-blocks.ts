import { PointColumns, type PointInput } from "./point-columns.ts";

/** A block on the axis of the confirmed side. */
export interface BlockMark {
  /** Where it stands on the axis: its timestamp, moved up if an earlier block claims a later one. Unix seconds. */
  readonly position: number;
  /** Unix seconds. */
  readonly timestamp: number;
  /** Null when it cannot be told from the messages. */
  readonly height: number | null;
}

/** A block's points cannot spread over more than this, when the blocks before it left no points. */
const SPREAD_SECONDS_MAX = 3600;
/**
 * What is in a block that comes right after another had waited before that one too; drawn between the two it would be a
 * stroke that looks like an event of the market.
 */
const SPREAD_SECONDS_MIN = 300;
/** Mean time between blocks: what the first block's points spread over, the block before being unknown. */
const SPREAD_SECONDS_FIRST = 600;
const BLOCKS_MAX = 2048;

/**
 * The confirmed side's points with their places on the time axis. All points of a block carry its timestamp; drawn there
 * they would be one vertical stroke, so they are spread, in their order, over the time since the block before, or over five
 * minutes when that is less.
 */
export class ConfirmedBlocks {
  readonly points: PointColumns;
  #blocks: BlockMark[] = [];

  constructor(pointsMax: number) {
    this.points = new PointColumns(pointsMax);
  }

  /** Oldest first. */
  get blocks(): readonly BlockMark[] {
    return this.#blocks;
  }

  /** Replaces everything. Heights are given to all blocks when their number equals the range's, else to none but the last. */
  reset(points: readonly PointInput[], heights: { first: number | null; last: number | null }): void {
    this.points.clear();
    this.#blocks = [];
    const groups = byTimestamp(points);
    const { first, last } = heights;
    const all = first !== null && last !== null && last - first + 1 === groups.length;
    groups.forEach((group, i) => {
      this.#append(group, all ? first + i : i === groups.length - 1 ? last : null);
    });
  }

  /** Appends the points of a new block. */
  append(points: readonly PointInput[], height: number | null): void {
    for (const group of byTimestamp(points)) this.#append(group, height);
  }

  /** Forgets what is older than `time`, Unix seconds. */
  dropBefore(time: number): void {
    this.points.dropBefore(time);
    const keep = this.#blocks.findIndex((block) => block.timestamp >= time);
    if (keep > 0) this.#blocks.splice(0, keep);
    if (this.#blocks.length > BLOCKS_MAX) this.#blocks.splice(0, this.#blocks.length - BLOCKS_MAX);
  }

  #append(group: readonly PointInput[], height: number | null): void {
    const [first] = group;
    if (first === undefined) return;
    const previous = this.#blocks.at(-1);
    const timestamp = first.timestamp;
    // Block timestamps may run backwards by up to two hours; on the axis a later block never stands left of an earlier one.
    const position = Math.max(timestamp, (previous?.position ?? Number.NEGATIVE_INFINITY) + 1);
    const spread = previous === undefined ? SPREAD_SECONDS_FIRST : position - previous.position;
    const from = position - Math.min(SPREAD_SECONDS_MAX, Math.max(SPREAD_SECONDS_MIN, spread));
    group.forEach((point, i) => {
      this.points.push(point, from + ((position - from) * (i + 0.5)) / group.length);
    });
    this.#blocks.push({ position, timestamp, height });
  }
}

/** Groups of equal timestamp, oldest first, each in its given order. */
function byTimestamp(points: readonly PointInput[]): PointInput[][] {
  const groups = new Map<number, PointInput[]>();
  for (const point of points) {
    const group = groups.get(point.timestamp);
    if (group === undefined) groups.set(point.timestamp, [point]);
    else group.push(point);
  }
  return [...groups.entries()].sort(([a], [b]) => a - b).map(([, group]) => group);
}
