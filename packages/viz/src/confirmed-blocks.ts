import type { BlockPoints, ConfirmedPicture } from "./contracts.ts";
import { PointColumns, type PointInput } from "./point-columns.ts";
import { picturePrices } from "./read-message.ts";
import { scatteredOrder } from "./scattered-order.ts";

/** A block on the time axis of the confirmed side. */
export interface BlockMark {
  /**
   * Position on the axis, Unix seconds: the block's timestamp, or later if an earlier block claims
   * a later time.
   */
  readonly position: number;
  /** Unix seconds. */
  readonly timestamp: number;
  /** Null if the messages do not determine it. */
  readonly height: number | null;
}

/** Maximum time that a block's points spread over, if the blocks before it left no points. */
const SPREAD_SECONDS_MAX = 3600;
/**
 * Minimum spread. A block right after another contains payments that waited for both. Drawn
 * between the two they would form a line that looks like a market event.
 */
const SPREAD_SECONDS_MIN = 300;
/** Spread of the first block, whose predecessor is unknown: the mean time between blocks. */
const SPREAD_SECONDS_FIRST = 600;
const BLOCKS_MAX = 2048;

/**
 * Places the points of the confirmed side on the time axis. All points of a block share its
 * timestamp and would form a vertical line. They are spread in order over the time since the
 * previous block, at least five minutes.
 */
export class ConfirmedBlocks {
  readonly points: PointColumns;
  #blocks: BlockMark[] = [];
  /** The blocks of the last picture, each with the stable number of its first point. */
  #pictured: {
    readonly tip: string;
    readonly hash: string;
    readonly first: number;
    readonly of: number;
    /** Place in the picture of each point as drawn. */
    readonly order: readonly number[];
  }[] = [];

  constructor(pointsMax: number) {
    this.points = new PointColumns(pointsMax);
  }

  /** Oldest first. */
  get blocks(): readonly BlockMark[] {
    return this.#blocks;
  }

  /**
   * Replaces everything. Each block gets its height if the number of blocks matches the range of
   * heights; otherwise only the last one does.
   */
  reset(points: readonly PointInput[], heights: { first: number | null; last: number | null }): void {
    this.points.clear();
    this.#blocks = [];
    this.#pictured = [];
    const groups = byTimestamp(points);
    const { first, last } = heights;
    const all = first !== null && last !== null && last - first + 1 === groups.length;
    groups.forEach((group, i) => {
      this.#append(group, all ? first + i : i === groups.length - 1 ? last : null);
    });
  }

  /** Replaces everything by the blocks of a picture. */
  resetToPicture(picture: ConfirmedPicture): void {
    this.points.clear();
    this.#blocks = [];
    this.#pictured = [];
    const prices = picturePrices(picture);
    for (const [index, { height, hash, time: timestamp, points, of }] of picture.blocks.entries()) {
      // Ascending prices would draw a slope across the block.
      const order = scatteredOrder(points);
      this.#pictured.push({ tip: picture.tip, hash, first: this.points.origin + this.points.end, of, order });
      this.#append(
        order.map((place) => ({ timestamp, price: prices[index]?.[place] ?? Number.NaN })),
        height,
      );
    }
  }

  /** The block of a point of the picture, by the point's stable number; null for other points. */
  picturedBlock(number: number): { readonly tip: string; readonly hash: string } | null {
    return this.#pictured.find(({ first, order }) => number >= first && number < first + order.length) ?? null;
  }

  /** Adds the payments of a block to its points. A point at another price is left as it is. */
  describe({ tip, hash, txid, vout, amount, price }: BlockPoints): void {
    const block = this.#pictured.find((each) => each.tip === tip && each.hash === hash);
    if (block === undefined) return;
    const { length } = block.order;
    for (const [drawn, shown] of block.order.entries()) {
      const place = block.of > length ? Math.floor((shown * block.of) / length) : shown;
      const index = block.first + drawn - this.points.origin;
      const [id, output, btc, usd] = [txid[place], vout[place], amount[place], price[place]];
      if (id === undefined || output === undefined || btc === undefined || usd === undefined) continue;
      if (index < this.points.start || index >= this.points.end || Math.round(usd) !== this.points.prices[index])
        continue;
      this.points.describe(index, { txid: id, vout: output, amount: btc, price: usd });
    }
  }

  /** Appends the points of a new block. */
  append(points: readonly PointInput[], height: number | null): void {
    const groups = byTimestamp(points);
    // Blocks that arrive together share the message, and its height is that of the last one.
    groups.forEach((group, i) => {
      this.#append(group, i === groups.length - 1 ? height : null);
    });
  }

  /** Drops blocks before `time`, Unix seconds. */
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
    // Block timestamps may go back by up to two hours. On the axis blocks stay in order.
    const position = Math.max(timestamp, (previous?.position ?? Number.NEGATIVE_INFINITY) + 1);
    const spread = previous === undefined ? SPREAD_SECONDS_FIRST : position - previous.position;
    const from = position - Math.min(SPREAD_SECONDS_MAX, Math.max(SPREAD_SECONDS_MIN, spread));
    group.forEach((point, i) => {
      this.points.push(point, from + ((position - from) * (i + 0.5)) / group.length);
    });
    this.#blocks.push({ position, timestamp, height });
  }
}

/** Groups points by timestamp, oldest first, and keeps the order within a group. */
function byTimestamp(points: readonly PointInput[]): PointInput[][] {
  const groups = new Map<number, PointInput[]>();
  for (const point of points) {
    const group = groups.get(point.timestamp);
    if (group === undefined) groups.set(point.timestamp, [point]);
    else group.push(point);
  }
  return [...groups.entries()].sort(([a], [b]) => a - b).map(([, group]) => group);
}
