import type { BlockPlace, BlockSource } from "./block-source.ts";
import { BlocksError, chainChanged } from "./blocks-error.ts";

/**
 * No block's time lies further below that of an earlier one: a time is over the median of the eleven before it and at
 * most two hours ahead of the network's (Bitcoin Core, src/validation.cpp), so the two can be about three hours apart;
 * the rest is for a chain that stood still.
 */
const MOST_DISORDER_SECONDS = 6 * 3600;
/** Headers asked for at once. */
const GROUP = 36;

/**
 * The lowest block whose time is not before `time`: times are not quite in order, so a block just above it may lie before.
 * @returns null when all blocks lie before.
 * @throws {BlocksError} `pruned` or `missing_block` when the source does not reach back to a block before `time`.
 */
export async function firstBlockFrom(source: BlockSource, time: number, tipHeight: number): Promise<BlockPlace | null> {
  const early = time - MOST_DISORDER_SECONDS;
  // Strides back from the tip: what is asked for is mostly recent, and block files are read from their end.
  let low = tipHeight;
  let high = tipHeight + 1;
  for (let stride = GROUP; low > 0 && (await timeAt(source, low)) >= early; stride *= 2) {
    high = low;
    const wanted = Math.max(0, low - stride);
    low = Math.max(wanted, await source.reach(wanted));
    if (low >= high) break;
  }
  // `low` is before `early` or the lowest there is; `high` is not before it.
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if ((await timeAt(source, middle)) >= early) high = middle;
    else low = middle;
  }
  for await (const place of placesFrom(source, low, tipHeight)) {
    if (place.time < time) continue;
    if (place.height === low && low > 0) {
      // The source says itself why it does not reach further.
      await source.places(low - 1, 1);
      throw new BlocksError(
        "missing_block",
        `the blocks reach back to ${low} of ${isoMinute(place.time)} UTC only, ${isoMinute(time)} UTC lies before`,
      );
    }
    return place;
  }
  return null;
}

/**
 * Blocks from a height to the tip, asked for in groups.
 * @throws {BlocksError} `chain_changed` when one does not stand on the one before.
 */
export async function* placesFrom(
  source: BlockSource,
  height: number,
  tipHeight: number,
): AsyncGenerator<BlockPlace, void, undefined> {
  let below: BlockPlace | null = null;
  for (let first = height; first <= tipHeight; first += GROUP)
    for (const place of await source.places(first, Math.min(GROUP, tipHeight + 1 - first))) {
      if (below !== null && place.previousHash !== below.hash) throw chainChanged(place.height);
      below = place;
      yield place;
    }
}

/** The same, all at once. */
export async function allPlacesFrom(source: BlockSource, height: number, tipHeight: number): Promise<BlockPlace[]> {
  const all: BlockPlace[] = [];
  for await (const place of placesFrom(source, height, tipHeight)) all.push(place);
  return all;
}

/** `2024-01-06 13:05` */
export function isoMinute(time: number): string {
  return new Date(time * 1000).toISOString().slice(0, 16).replace("T", " ");
}

async function timeAt(source: BlockSource, height: number): Promise<number> {
  const [place] = await source.places(height, 1);
  if (place === undefined) throw new BlocksError("no_such_block", `there is no block ${height}`);
  return place.time;
}
