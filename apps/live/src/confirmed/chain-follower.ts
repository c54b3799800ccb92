import { setTimeout as sleep } from "node:timers/promises";
import {
  allPlacesFrom,
  type BlockPlace,
  type BlockSource,
  BlockSourceError,
  type ChainTip,
  firstBlockFrom,
  readBlocks,
} from "@utxoracle/block-source";
import type { Engine, PriceEstimate } from "@utxoracle/models";
import { NodeRpcError } from "@utxoracle/node-rpc";
import { TxParseError } from "@utxoracle/tx-parser";
import type { Logger } from "pino";
import { chainChangeSentence, lackOfBlocks } from "../chain/chain-sync.ts";
import { isRefusal } from "../chain/retry-pause.ts";
import type { ConfirmedHistory } from "./confirmed-history.ts";
import { BLOCKS_PER_DAY, engineOf } from "./estimate-confirmed.ts";
import { EstimateThreadError } from "./estimate-thread.ts";
import { type BlockPrice, recorded, type WindowNumber } from "./price-record.ts";
import { RECENT_SECONDS, RecentChain, type RecentWindow } from "./recent-chain.ts";
import { StoreError } from "./store-error.ts";

export interface ChainFollowerOptions {
  /** Opens the source, again after a failure. */
  readonly source: () => Promise<BlockSource>;
  /** The only chain that is followed; null: any. */
  readonly chain: string | null;
  /** Told the chain's name once, before anything is put into the history. */
  readonly onChain?: (chain: string) => Promise<void>;
  readonly history: ConfirmedHistory;
  /** Length of the panel's window. */
  readonly panelHours: number;
  /** The panel's engine. */
  readonly panelEngine: Engine;
  readonly estimate: (engine: Engine, amountsBtc: Float64Array) => Promise<PriceEstimate>;
  readonly log: Logger;
}

/** A chain whose blocks come faster than this is no real one, and its days are not asked for. */
const MOST_BLOCKS = 1500;
/** How often the tip is looked at when nobody says that there is news, seconds. */
const LOOK_SECONDS = 30;
/** After a failure, seconds: mostly the chain changed while it was read. */
const RETRY_SECONDS = 2;
/** When the node does not let us in, which it writes into its log each time, seconds. */
const REFUSED_SECONDS = 60;

/**
 * Reads the last two days of blocks beside the service, then every new one, and keeps in the history the price of the
 * last 144 blocks, of the last whole UTC day, and of the hours before every block of that time.
 */
export class ChainFollower {
  readonly #options: ChainFollowerOptions;
  readonly #chain = new RecentChain();
  #problem: string | null = null;
  /** The node let nobody in at the last attempt. */
  #isRefused = false;
  /** Name of the chain that the history is of; null until the node has told it. */
  #chainName: string | null = null;
  /** Kept prices may be those of a branch that the node has left. */
  #isUncompared = true;
  /** The newest block up to which the prices were worked out. */
  #workedOutTo: string | null = null;
  #wake = new AbortController();

  constructor(options: ChainFollowerOptions) {
    this.#options = options;
  }

  /** Until the signal aborts. What the node refuses is tried again. @throws an error that is not the node's or the disk's. */
  async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      this.#wake = new AbortController();
      const isDone = await this.follow(signal);
      const either = AbortSignal.any([signal, this.#wake.signal]);
      await sleep((isDone ? LOOK_SECONDS : this.#retrySeconds) * 1000, undefined, { signal: either }).catch(
        () => undefined,
      );
    }
  }

  get #retrySeconds(): number {
    return this.#isRefused ? REFUSED_SECONDS : RETRY_SECONDS;
  }

  /** There may be a new block. */
  notice(): void {
    this.#wake.abort();
  }

  /** Reads what is new and works out what follows from it. @returns whether nothing came in between. */
  async follow(signal: AbortSignal): Promise<boolean> {
    const { log } = this.#options;
    try {
      const source = await this.#options.source();
      const tip = await source.tip();
      this.#checkChain(tip);
      if (this.#chainName === null) {
        await this.#options.onChain?.(tip.chain);
        this.#chainName = tip.chain;
      }
      await this.#compare(source, tip);
      const places = await this.#news(source, tip);
      for await (const { place, rawBytes } of readBlocks(source, places, signal))
        this.#chain.connect(rawBytes, place.height);
      const newest = this.#chain.tip?.hash ?? null;
      if (newest !== this.#workedOutTo) {
        await this.#workOut(signal);
        this.#workedOutTo = newest;
      }
      if (this.#problem !== null) log.info("blocks of the last days are read again");
      this.#problem = null;
      return true;
    } catch (error) {
      if (signal.aborted && error === signal.reason) return false;
      // Anything else is a defect of this program and ends it.
      if (!isOutage(error)) throw error;
      const { cause } = error;
      this.#isRefused = cause instanceof NodeRpcError && isRefusal(cause.code);
      if (!signal.aborted) this.#tellProblem(error);
      return false;
    }
  }

  /** @throws {BlockSourceError} when the node's blocks are not what is wanted, or not yet. */
  #checkChain({ chain, height, missingBlocks, initialBlockDownload, verificationProgress }: ChainTip): void {
    const wanted = this.#options.chain;
    if (wanted !== null && chain !== wanted)
      throw new BlockSourceError("wrong_chain", `the node is on chain ${chain}, --chain asks for ${wanted}`);
    const before = this.#chainName;
    if (before !== null && chain !== before)
      throw new BlockSourceError("wrong_chain", chainChangeSentence(chain, before));
    // A node that catches up has better to do than to hand out blocks of years ago.
    const headers = height + missingBlocks;
    const lack = lackOfBlocks({ chain, blocks: height, headers, initialBlockDownload, verificationProgress });
    if (lack !== null) throw new BlockSourceError("syncing", `the node ${lack}`);
  }

  /** While the service was away, or above the node's tip, blocks whose prices are kept may have been replaced. */
  async #compare(source: BlockSource, tip: ChainTip): Promise<void> {
    const { history } = this.#options;
    if (this.#isUncompared || history.highest > tip.height) await this.#forgetLeftBranch(source, tip);
    // What the node does not reach is compared when it does.
    this.#isUncompared = history.highest > tip.height;
  }

  /**
   * The prices of blocks that were replaced go. A node that has lost blocks, or gets them anew, has replaced none: only
   * another block at a height that it has tells of another branch.
   */
  async #forgetLeftBranch(source: BlockSource, tip: ChainTip): Promise<void> {
    const { history } = this.#options;
    const held = history.blocks.filter(({ height }) => height <= tip.height);
    const isInChain = async ({ height, hash }: BlockPrice): Promise<boolean> =>
      (await source.places(height, 1))[0]?.hash === hash;
    // Up to where the branches part all are in the chain, above it none is.
    let inChain = -1;
    let left = held.length;
    while (left - inChain > 1) {
      const middle = (inChain + left) >> 1;
      if (await isInChain(held[middle] as BlockPrice)) inChain = middle;
      else left = middle;
    }
    const lowest = held[left];
    if (lowest !== undefined)
      history.keep({ kind: "forget_above", height: held[inChain]?.height ?? Math.max(0, lowest.height - 1) });
  }

  /** One line when a problem comes or changes. The live side does not depend on these blocks, and goes on. */
  #tellProblem(error: Error): void {
    const code = error instanceof BlockSourceError ? error.code : "failed";
    if (code === this.#problem || code === "chain_changed") return;
    this.#problem = code;
    const { log } = this.#options;
    // A young chain, or a simulation that is still making its past: nothing is wrong.
    if (code === "no_such_block") log.info({ code }, "no blocks of the last days yet: confirmed prices come with them");
    else if (error instanceof BlockSourceError)
      log.warn({ code }, `blocks of the last days cannot be read for now: ${error.message}`);
    else log.error({ problem: error.message }, "prices of the last days cannot be worked out for now; trying again");
  }

  /** Places of the blocks that are not held; blocks that are no longer in the chain leave. */
  async #news(source: BlockSource, tip: ChainTip): Promise<BlockPlace[]> {
    const { history } = this.#options;
    if (tip.height - (this.#chain.tip?.height ?? tip.height) > MOST_BLOCKS) this.#chain.clear();
    for (let held = this.#chain.tip; held !== null; held = this.#chain.tip) {
      const height = held.height ?? 0;
      const isReached = height <= tip.height;
      const [place] = isReached ? await source.places(height, 1) : [];
      if (place?.hash === held.hash) return await allPlacesFrom(source, height + 1, tip.height);
      this.#chain.disconnect(held.hash);
      if (isReached && height > 0) history.keep({ kind: "forget_above", height: height - 1 });
    }
    return await lastDays(source, tip);
  }

  async #workOut(signal: AbortSignal): Promise<void> {
    const { history } = this.#options;
    const lastBlocks = this.#chain.lastBlocks();
    if (lastBlocks !== null) history.keep(await this.#number(lastBlocks, null));
    const lastDay = this.#chain.lastDay();
    if (lastDay !== null && !isSame(history.lastDay, lastDay)) history.keep(await this.#number(lastDay, lastDay.day));
    for (const [index, { height, hash }] of [...this.#chain.blocks].entries()) {
      if (signal.aborted) return;
      if (height === null || history.has(height, hash)) continue;
      const window = this.#chain.hoursBefore(index, this.#options.panelHours);
      if (window !== null) history.keep(await this.#blockPrice(window, height));
    }
  }

  async #number({ first, last, amountsBtc }: RecentWindow, day: string | null): Promise<WindowNumber> {
    const engine = engineOf(day === null ? { blocks: BLOCKS_PER_DAY } : "day");
    return {
      kind: day === null ? "blocks" : "day",
      day,
      firstHeight: first.height ?? 0,
      lastHeight: last.height ?? 0,
      hash: last.hash,
      time: last.time,
      amounts: amountsBtc.length,
      engine,
      ...recorded(await this.#options.estimate(engine, amountsBtc)),
    };
  }

  async #blockPrice({ last, amountsBtc }: RecentWindow, height: number): Promise<BlockPrice> {
    const { panelEngine: engine, estimate } = this.#options;
    const { hash, time } = last;
    return { kind: "block", height, hash, time, engine, ...recorded(await estimate(engine, amountsBtc)) };
  }
}

/** What passes: the node or its files, the disk under the kept prices, a thread that the system ended. */
function isOutage(error: unknown): error is Error {
  return (
    error instanceof BlockSourceError ||
    error instanceof TxParseError ||
    error instanceof EstimateThreadError ||
    error instanceof StoreError ||
    (error instanceof Error && "syscall" in error && "errno" in error)
  );
}

function isSame(known: WindowNumber | null, window: RecentWindow): boolean {
  return known?.hash === window.last.hash && known.firstHeight === window.first.height;
}

async function lastDays(source: BlockSource, tip: ChainTip): Promise<BlockPlace[]> {
  const newest = (await source.places(tip.height, 1))[0]?.time ?? 0;
  const begin = await firstBlockFrom(source, newest - RECENT_SECONDS, tip.height);
  const first = Math.max(0, Math.min(begin?.height ?? tip.height, tip.height + 1 - BLOCKS_PER_DAY));
  const places = await allPlacesFrom(source, Math.max(first, tip.height + 1 - MOST_BLOCKS), tip.height);
  return places.slice(await lowestThatIsThere(source, places));
}

/** A pruned node has not all of them: the first place from which on it has. */
async function lowestThatIsThere(source: BlockSource, places: readonly BlockPlace[]): Promise<number> {
  if (await isThere(source, places[0] as BlockPlace)) return 0;
  let missing = 0;
  let there = places.length - 1;
  while (there - missing > 1) {
    const middle = (missing + there) >> 1;
    if (await isThere(source, places[middle] as BlockPlace)) there = middle;
    else missing = middle;
  }
  return there;
}

async function isThere(source: BlockSource, place: BlockPlace): Promise<boolean> {
  try {
    await source.block(place);
    return true;
  } catch (error) {
    if (error instanceof BlockSourceError && (error.code === "pruned" || error.code === "missing_block")) return false;
    throw error;
  }
}
