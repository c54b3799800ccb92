import { checkHeight, checkSource, kindOf } from "./argument.ts";
import type { BlockPlace, BlockSource } from "./block-source.ts";
import { BlockSourceError, chainChanged } from "./error.ts";

/**
 * How far a block's time may lie below an earlier block's. A time exceeds the median of the eleven
 * before it and is at most two hours ahead of the network's (Bitcoin Core, src/validation.cpp):
 * about three hours. The rest is a margin for a chain that stood still.
 */
const MOST_DISORDER_SECONDS = 6 * 3600;
/** Latest time that fits in a block header; milliseconds are above it. */
const LATEST_TIME = 2 ** 32;
/** Headers per request. */
const GROUP = 36;

/**
 * The lowest block whose time is `time` or later. Block times are not strictly ordered: a block
 * just above it may be earlier.
 * @returns null when all blocks are earlier.
 * @throws {BlockSourceError} `pruned` or `missing_block` when the source does not reach back to
 *   `time`.
 */
export async function firstBlockFrom(source: BlockSource, time: number, tipHeight: number): Promise<BlockPlace | null> {
  checkSource(source);
  if (!(Number.isFinite(time) && time < LATEST_TIME))
    throw new TypeError(`time must be Unix seconds, got ${Number.isFinite(time) ? time : kindOf(time)}`);
  checkHeight(tipHeight, "tipHeight");
  const early = time - MOST_DISORDER_SECONDS;
  // Strides back from the tip: requested times are mostly recent, and block files are read from
  // their end.
  let low = tipHeight;
  let high = tipHeight + 1;
  for (let stride = GROUP; low > 0 && (await timeAt(source, low)) >= early; stride *= 2) {
    high = low;
    const wanted = Math.max(0, low - stride);
    low = Math.max(wanted, await source.reach(wanted));
    if (low >= high) break;
  }
  // `low` is before `early`, or the lowest block available; `high` is not before it.
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if ((await timeAt(source, middle)) >= early) high = middle;
    else low = middle;
  }
  for await (const place of placesFrom(source, low, tipHeight)) {
    if (place.time < time) continue;
    if (place.height === low && low > 0) {
      // Throws the source's own reason for not reaching further.
      await source.places(low - 1, 1);
      throw new BlockSourceError(
        "missing_block",
        `the blocks reach back to ${low} of ${isoMinute(place.time)} UTC only, ${isoMinute(time)} UTC lies before`,
      );
    }
    return place;
  }
  return null;
}

/**
 * Places of the blocks from a height to the tip, requested in groups.
 * @throws {BlockSourceError} `chain_changed` when a block's parent is not the block before it.
 */
export async function* placesFrom(
  source: BlockSource,
  height: number,
  tipHeight: number,
): AsyncGenerator<BlockPlace, void, undefined> {
  checkSource(source);
  checkHeight(height, "height");
  checkHeight(tipHeight, "tipHeight");
  let below: BlockPlace | null = null;
  for (let first = height; first <= tipHeight; first += GROUP)
    for (const place of await source.places(first, Math.min(GROUP, tipHeight + 1 - first))) {
      if (below !== null && place.previousHash !== below.hash) throw chainChanged(place.height);
      below = place;
      yield place;
    }
}

/** All results of {@link placesFrom}. */
export async function allPlacesFrom(source: BlockSource, height: number, tipHeight: number): Promise<BlockPlace[]> {
  const all: BlockPlace[] = [];
  for await (const place of placesFrom(source, height, tipHeight)) all.push(place);
  return all;
}

/** `2024-01-06 13:05` */
function isoMinute(time: number): string {
  return new Date(time * 1000).toISOString().slice(0, 16).replace("T", " ");
}

async function timeAt(source: BlockSource, height: number): Promise<number> {
  const [place] = await source.places(height, 1);
  if (place === undefined) throw new BlockSourceError("no_such_block", `there is no block ${height}`);
  return place.time;
}
