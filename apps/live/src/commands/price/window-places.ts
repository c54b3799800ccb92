import {
  allPlacesFrom,
  type BlockPlace,
  type BlockSource,
  BlockSourceError,
  type ChainTip,
  firstBlockFrom,
  placesFrom,
} from "@utxoracle/block-source";
import { endOfDay, isoMinute, startOfDay } from "../../confirmed/utc-day.ts";

/** A block's time lies over the median of so many before it: beyond them none is later than the newest. */
const MEDIAN_BLOCKS = 11;

/** One window of blocks that a price is asked of. */
export type PriceWindow =
  | { readonly kind: "blocks"; readonly blocks: number }
  | { readonly kind: "hours"; readonly hours: number }
  | { readonly kind: "day"; readonly day: string };

/**
 * The blocks of a window, lowest first.
 * @param now Unix seconds.
 * @throws {BlockSourceError} `no_such_block` when the chain has not enough of them (yet), `missing_block`, `pruned`.
 */
export async function placesOf(
  source: BlockSource,
  tip: ChainTip,
  window: PriceWindow,
  now: number,
): Promise<BlockPlace[]> {
  switch (window.kind) {
    case "blocks":
      return await lastBlocks(source, tip, window.blocks);
    case "hours":
      return await lastHours(source, tip, window.hours);
    case "day":
      return await blocksOfDay(source, tip, window.day, now);
  }
}

async function lastBlocks(source: BlockSource, tip: ChainTip, count: number): Promise<BlockPlace[]> {
  const first = tip.height + 1 - count;
  if (first < 0)
    throw new BlockSourceError("no_such_block", `the chain has ${tip.height + 1} blocks only, ${count} are asked for`);
  return await allPlacesFrom(source, first, tip.height);
}

/** Counted back from the time of the newest block: from the latest of the last ones, since times are not quite in order. */
async function lastHours(source: BlockSource, tip: ChainTip, hours: number): Promise<BlockPlace[]> {
  const lowest = Math.max(0, tip.height + 1 - MEDIAN_BLOCKS);
  const last = await allPlacesFrom(source, Math.max(lowest, await source.reach(lowest)), tip.height);
  const newest = last.reduce((latest, { time }) => Math.max(latest, time), 0);
  const begin = await firstBlockFrom(source, newest - hours * 3600, tip.height);
  return begin === null ? last.slice(-1) : await allPlacesFrom(source, begin.height, tip.height);
}

/**
 * A day goes from the first block whose time lies in it to the last one before the first of the next day, as the
 * original has it. Every block so belongs to one day, though times are not quite in order.
 */
async function blocksOfDay(source: BlockSource, tip: ChainTip, day: string, now: number): Promise<BlockPlace[]> {
  const begin = await firstBlockFrom(source, startOfDay(day), tip.height);
  const places: BlockPlace[] = [];
  if (begin !== null)
    for await (const place of placesFrom(source, begin.height, tip.height)) {
      if (place.time >= endOfDay(day)) {
        if (places.length === 0) throw new BlockSourceError("empty_day", `there is no block of ${day}`);
        return places;
      }
      places.push(place);
    }
  // A chain for tests may stand still for days; on the real one the next block is minutes away.
  const standsStill = tip.chain !== "main" && tip.missingBlocks === 0;
  if (standsStill && places.length > 0 && endOfDay(day) <= now) return places;
  const newest = (await source.places(tip.height, 1))[0]?.time ?? 0;
  throw new BlockSourceError(
    "no_such_block",
    `the blocks end at ${tip.height} of ${isoMinute(newest)} UTC, before the end of ${day}: the node is still syncing, or its files are old`,
  );
}
