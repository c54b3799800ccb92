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

/**
 * A block's time exceeds the median of the 11 blocks before it (consensus rule), so one of the last
 * 11 has the latest time.
 */
const MEDIAN_BLOCKS = 11;

/** A window of blocks. */
export type PriceWindow =
  | { readonly kind: "blocks"; readonly blocks: number }
  | { readonly kind: "hours"; readonly hours: number }
  | { readonly kind: "day"; readonly day: string };

/**
 * Finds the blocks of a window, lowest first.
 * @param now Unix seconds.
 * @throws {BlockSourceError} `no_such_block` if the chain is too short, `missing_block`, `pruned`,
 * `empty_day`.
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
    throw new BlockSourceError("no_such_block", `the chain has only ${tip.height + 1} blocks; ${count} are needed`);
  return await allPlacesFrom(source, first, tip.height);
}

/** Counts back from the latest block time: block times are not strictly increasing. */
async function lastHours(source: BlockSource, tip: ChainTip, hours: number): Promise<BlockPlace[]> {
  const lowest = Math.max(0, tip.height + 1 - MEDIAN_BLOCKS);
  const last = await allPlacesFrom(source, Math.max(lowest, await source.reach(lowest)), tip.height);
  const newest = last.reduce((latest, { time }) => Math.max(latest, time), 0);
  const begin = await firstBlockFrom(source, newest - hours * 3600, tip.height);
  return begin === null ? last.slice(-1) : await allPlacesFrom(source, begin.height, tip.height);
}

/**
 * A day runs from its first block to the block before the first one of the next day, as in
 * UTXOracle. So every block belongs to one day, although block times are not strictly increasing.
 */
async function blocksOfDay(source: BlockSource, tip: ChainTip, day: string, now: number): Promise<BlockPlace[]> {
  const begin = await firstBlockFrom(source, startOfDay(day), tip.height);
  const places: BlockPlace[] = [];
  if (begin !== null)
    for await (const place of placesFrom(source, begin.height, tip.height)) {
      if (place.time >= endOfDay(day)) {
        if (places.length === 0) throw new BlockSourceError("empty_day", `${day} has no blocks`);
        return places;
      }
      places.push(place);
    }
  // A test chain may have no later block; the main chain has one within minutes.
  const standsStill = tip.chain !== "main" && tip.missingBlocks === 0;
  if (standsStill && places.length > 0 && endOfDay(day) <= now) return places;
  const newest = (await source.places(tip.height, 1))[0]?.time ?? 0;
  throw new BlockSourceError(
    "no_such_block",
    `the last block, ${tip.height} of ${isoMinute(newest)} UTC, is before the end of ${day}: the node is still syncing, or the block files are old`,
  );
}
