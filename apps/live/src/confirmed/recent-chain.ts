import { budgets } from "../config/budgets.ts";
import { ChainWindow, type HeldBlock } from "./chain-window.ts";
import { BLOCKS_PER_DAY } from "./estimate-confirmed.ts";
import { dayOf, endOfDay, startOfDay } from "./utc-day.ts";

/** Yesterday's first block lies up to two days back; the rest is for times that are not in order. */
export const RECENT_SECONDS = 54 * 3600;

/** A window in the recent chain, ready to be estimated. */
export interface RecentWindow {
  readonly first: HeldBlock;
  readonly last: HeldBlock;
  readonly amountsBtc: Float64Array;
}

/** The last two days of the chain, amounts only: for the prices of a day, of 144 blocks, and of the hours before any block. */
export class RecentChain {
  readonly #chain = new ChainWindow({
    seconds: RECENT_SECONDS,
    leastBlocks: BLOCKS_PER_DAY,
    keeps: "amounts",
    limits: { blocks: budgets.recentBlocks.count, transactions: budgets.recentTransactions.count },
  });

  get blocks(): readonly HeldBlock[] {
    return this.#chain.blocks;
  }

  get tip(): HeldBlock | null {
    return this.#chain.tip;
  }

  /** @throws {TxParseError} when the bytes are no block. */
  connect(rawBytes: Uint8Array, height: number): void {
    this.#chain.connect(rawBytes, height);
  }

  disconnect(hash: string): void {
    this.#chain.disconnect(hash);
  }

  /** Lets go of all of them. */
  clear(): void {
    const [oldest] = this.blocks;
    if (oldest !== undefined) this.#chain.disconnect(oldest.hash);
  }

  /** The last 144 blocks; null while there are fewer. */
  lastBlocks(): RecentWindow | null {
    const { length } = this.blocks;
    return length < BLOCKS_PER_DAY ? null : this.#window(length - BLOCKS_PER_DAY, length);
  }

  /** The last UTC day that is over by the blocks' times and was seen from its begin; null without one. */
  lastDay(): (RecentWindow & { readonly day: string }) | null {
    const newest = this.blocks.reduce((latest, { time }) => Math.max(latest, time), 0);
    const day = dayOf(startOfDay(dayOf(newest)) - 1);
    const begin = this.blocks.findIndex(({ time }) => time >= startOfDay(day));
    const end = this.blocks.findIndex(({ time }) => time >= endOfDay(day));
    // The day's begin is known when a block before it is held, or there is none.
    const isWhole = begin > 0 || this.blocks[0]?.height === 0;
    const window = begin < 0 || !isWhole || end <= begin ? null : this.#window(begin, end);
    return window === null ? null : { ...window, day };
  }

  /** The blocks of the hours before one, as the panel has them when it is the newest. Null when some are not held. */
  hoursBefore(last: number, hours: number): RecentWindow | null {
    const upTo = this.blocks.slice(0, last + 1);
    const newest = upTo.reduce((latest, { time }) => Math.max(latest, time), 0);
    const first = upTo.findIndex(({ time }) => time >= newest - hours * 3600);
    if (first < 0 || (first === 0 && this.blocks[0]?.height !== 0)) return null;
    return this.#window(first, last + 1);
  }

  #window(begin: number, end: number): RecentWindow | null {
    const first = this.blocks[begin];
    const last = this.blocks[end - 1];
    if (first === undefined || last === undefined) return null;
    return { first, last, amountsBtc: this.#chain.amountsBtc(begin, end) };
  }
}
