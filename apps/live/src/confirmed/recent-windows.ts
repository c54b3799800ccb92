import { budgets } from "../config/budgets.ts";
import { ChainWindow, type HeldBlock } from "./chain-window.ts";
import { BLOCKS_PER_DAY } from "./estimate-confirmed.ts";
import { dayOf, endOfDay, startOfDay } from "./utc-day.ts";

/**
 * Yesterday's first block is up to two days old. Six more hours are a margin for unordered block
 * times.
 */
export const RECENT_SECONDS = 54 * 3600;

/** A window of blocks with its amounts. */
export interface RecentWindow {
  readonly first: HeldBlock;
  readonly last: HeldBlock;
  readonly amountsBtc: Float64Array;
}

/** A window for the last two days of the chain, amounts only. */
export const createRecentChain = (): ChainWindow =>
  new ChainWindow({
    seconds: RECENT_SECONDS,
    minBlocks: BLOCKS_PER_DAY,
    keeps: "amounts",
    limits: { blocks: budgets.recentBlocks.count, transactions: budgets.recentTransactions.count },
  });

/** The last 144 blocks; null while there are fewer. */
export function lastBlocks(chain: ChainWindow): RecentWindow | null {
  const { length } = chain.blocks;
  return length < BLOCKS_PER_DAY ? null : windowOf(chain, length - BLOCKS_PER_DAY, length);
}

/** The last complete UTC day by block times, if its first block is held; else null. */
export function lastDay(chain: ChainWindow): (RecentWindow & { readonly day: string }) | null {
  const { blocks } = chain;
  const newest = blocks.reduce((latest, { time }) => Math.max(latest, time), 0);
  const day = dayOf(startOfDay(dayOf(newest)) - 1);
  const begin = blocks.findIndex(({ time }) => time >= startOfDay(day));
  const end = blocks.findIndex(({ time }) => time >= endOfDay(day));
  // The day's start is known if a block before it is held, or none exists.
  const isWhole = begin > 0 || blocks[0]?.height === 0;
  const window = begin < 0 || !isWhole || end <= begin ? null : windowOf(chain, begin, end);
  return window === null ? null : { ...window, day };
}

/** The hours before a block; null if some of their blocks are not held. */
export function hoursBefore(chain: ChainWindow, last: number, hours: number): RecentWindow | null {
  const upTo = chain.blocks.slice(0, last + 1);
  const newest = upTo.reduce((latest, { time }) => Math.max(latest, time), 0);
  const first = upTo.findIndex(({ time }) => time >= newest - hours * 3600);
  if (first < 0 || (first === 0 && chain.blocks[0]?.height !== 0)) return null;
  return windowOf(chain, first, last + 1);
}

function windowOf(chain: ChainWindow, begin: number, end: number): RecentWindow | null {
  const first = chain.blocks[begin];
  const last = chain.blocks[end - 1];
  if (first === undefined || last === undefined) return null;
  return { first, last, amountsBtc: chain.amountsBtc(begin, end) };
}
