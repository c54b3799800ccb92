import {
  allPlacesFrom,
  type BlockPlace,
  type BlockSource,
  BlockSourceError,
  firstBlockFrom,
} from "@utxoracle/block-source";
import { BLOCKS_PER_DAY } from "./estimate-confirmed.ts";
import { RECENT_SECONDS } from "./recent-windows.ts";

/** Maximum number of blocks read: more than a real chain has in two days. */
export const MAX_BLOCKS = 1500;

/**
 * Places of the blocks of the last two days, at least 144, as far back as the source has the
 * blocks.
 */
export async function recentPlaces(source: BlockSource, tipHeight: number): Promise<BlockPlace[]> {
  const newest = (await source.places(tipHeight, 1))[0]?.time ?? 0;
  const begin = await firstBlockFrom(source, newest - RECENT_SECONDS, tipHeight);
  const first = Math.max(0, Math.min(begin?.height ?? tipHeight, tipHeight + 1 - BLOCKS_PER_DAY));
  const places = await allPlacesFrom(source, Math.max(first, tipHeight + 1 - MAX_BLOCKS), tipHeight);
  return places.slice(await lowestAvailable(source, places));
}

/**
 * Index of the first block that is no longer in the chain: all up to the fork are, none above it.
 * Their number if all are, which is checked first.
 * @param blocks ascending by height, none above the tip.
 */
export async function firstReplaced(
  source: BlockSource,
  blocks: readonly Pick<BlockPlace, "height" | "hash">[],
): Promise<number> {
  let inChain = -1;
  let replaced = blocks.length;
  for (let at = replaced - 1; replaced - inChain > 1; at = (inChain + replaced) >> 1) {
    const { height, hash } = blocks[at] as BlockPlace;
    if ((await source.places(height, 1))[0]?.hash === hash) inChain = at;
    else replaced = at;
  }
  return replaced;
}

/** Index of the first place whose block the node has not pruned. */
async function lowestAvailable(source: BlockSource, places: readonly BlockPlace[]): Promise<number> {
  if (await isAvailable(source, places[0] as BlockPlace)) return 0;
  let missing = 0;
  let available = places.length - 1;
  while (available - missing > 1) {
    const middle = (missing + available) >> 1;
    if (await isAvailable(source, places[middle] as BlockPlace)) available = middle;
    else missing = middle;
  }
  return available;
}

async function isAvailable(source: BlockSource, place: BlockPlace): Promise<boolean> {
  try {
    await source.block(place);
    return true;
  } catch (error) {
    if (error instanceof BlockSourceError && (error.code === "pruned" || error.code === "missing_block")) return false;
    throw error;
  }
}
