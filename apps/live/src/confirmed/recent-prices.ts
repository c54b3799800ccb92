import {
  allPlacesFrom,
  type BlockPlace,
  type BlockSource,
  BlockSourceError,
  readBlocks,
} from "@utxoracle/block-source";
import type { Engine, PriceEstimate } from "@utxoracle/models";
import { parseBlockHeader, TxParseError } from "@utxoracle/tx-parser";
import type { Logger } from "pino";
import type { ChainEvent, NodeChain, NodeTip } from "../chain/node-chain.ts";
import { budgets } from "../config/budgets.ts";
import { blockProgress } from "../logging/block-progress.ts";
import { logLine } from "../logging/log-line.ts";
import { StoreError } from "../store/store-error.ts";
import type { ConfirmedHistory } from "./confirmed-history.ts";
import { BLOCKS_PER_DAY, engineOf } from "./estimate-confirmed.ts";
import { EstimateThreadError } from "./estimate-thread.ts";
import { type BlockPrice, recorded, type WindowNumber } from "./price-record.ts";
import { firstReplaced, MAX_BLOCKS, recentPlaces } from "./recent-places.ts";
import { createRecentChain, hoursBefore, lastBlocks, lastDay, type RecentWindow } from "./recent-windows.ts";

export interface RecentPricesOptions {
  /** Opens the source of blocks, again after a failure. */
  readonly openSource: () => Promise<BlockSource>;
  /** Called once with the chain's name, before the history changes. */
  readonly onChain?: (chain: string) => Promise<void>;
  readonly history: ConfirmedHistory;
  /** Length of the confirmed price's window, hours. */
  readonly panelHours: number;
  /** Engine of the confirmed price. */
  readonly panelEngine: Engine;
  readonly estimate: (engine: Engine, amountsBtc: Float64Array) => Promise<PriceEstimate>;
  readonly log: Logger;
}

/**
 * Adds prices of the last two days to the history: of the last 144 blocks, of the last full UTC
 * day, and of the hours before every block. Blocks and tips come from {@link NodeChain}. Older
 * blocks are read from the source at the start and after an outage.
 */
export class RecentPrices {
  readonly #options: RecentPricesOptions;
  readonly #chain = createRecentChain();
  #source: BlockSource | null = null;
  /** Code of the current, logged problem; null without one. */
  #problem: string | null = null;
  #hasChain = false;
  /** Saved prices may be of a branch that a reorganization replaced. */
  #isUncompared = true;
  /** Hash of the newest block whose prices were computed. */
  #computedTo: string | null = null;
  /** A tip that was reached while an update ran. */
  #next: NodeTip | null = null;
  /** Blocks that arrived since the last update. */
  readonly #arrived: Uint8Array[] = [];

  constructor(options: RecentPricesOptions) {
    this.#options = options;
  }

  /**
   * Follows the chain until the signal aborts. An outage is retried at the next tip.
   * @throws any other error.
   */
  async follow(nodeChain: NodeChain, signal: AbortSignal): Promise<void> {
    let wake: () => void = () => undefined;
    const unsubscribe = nodeChain.subscribe((event) => {
      this.#onEvent(event);
      wake();
    });
    const onAbort = (): void => wake();
    signal.addEventListener("abort", onAbort, { once: true });
    try {
      while (!signal.aborted) {
        const tip = this.#next;
        this.#next = null;
        if (tip !== null) await this.update(tip, signal);
        else await new Promise<void>((resolve) => (wake = resolve));
      }
    } finally {
      signal.removeEventListener("abort", onAbort);
      unsubscribe();
    }
  }

  #onEvent(event: ChainEvent): void {
    if (event.type === "tipReached") this.#next = event.tip;
    // Parsed at the next tip: other consumers parse the same block now.
    else if (this.#computedTo !== null && this.#arrived.length < budgets.arrivedBlocks.count)
      this.#arrived.push(event.rawBytes);
  }

  /** Connects arrived blocks that continue the chain. Others are read from the source. */
  #connectArrived(): void {
    for (const rawBytes of this.#arrived.splice(0)) {
      const { tip } = this.#chain;
      if (tip?.height == null || tip.hash !== parseBlockHeader(rawBytes).previousBlockHash) continue;
      this.#chain.connect(rawBytes, tip.height + 1);
    }
  }

  /**
   * Reads the missing blocks up to a tip and computes their prices.
   * @returns whether it succeeded.
   */
  async update(tip: NodeTip, signal: AbortSignal): Promise<boolean> {
    try {
      if (!this.#hasChain) await this.#options.onChain?.(tip.chain);
      this.#hasChain = true;
      await this.#compare(tip);
      this.#connectArrived();
      const missing = await this.#missing(tip);
      const report = blockProgress(this.#options.log, "loading blocks of the last days");
      let done = 0;
      for await (const { place, rawBytes } of readBlocks(await this.#sourceOf(), missing, signal)) {
        report(done++, missing.length);
        this.#chain.connect(rawBytes, place.height);
      }
      const newest = this.#chain.tip?.hash ?? null;
      if (newest !== this.#computedTo) {
        await this.#compute(signal);
        this.#computedTo = newest;
      }
      if (this.#problem !== null) logLine(this.#options.log, "reading blocks of the last days again");
      this.#problem = null;
      return true;
    } catch (error) {
      if (signal.aborted && error === signal.reason) return false;
      // Any other error is a defect and ends the program.
      if (!isOutage(error)) throw error;
      // REST may be enabled or disabled by the next attempt.
      this.#source = null;
      if (!signal.aborted) this.#logProblem(error);
      return false;
    }
  }

  async #sourceOf(): Promise<BlockSource> {
    this.#source ??= await this.#options.openSource();
    return this.#source;
  }

  /** Removes saved prices of blocks that were replaced while the service was stopped. */
  async #compare(tip: NodeTip): Promise<void> {
    const { history } = this.#options;
    if (this.#isUncompared || history.highest > tip.blocks) await this.#forgetLeftBranch(tip);
    // Blocks above the node's tip are compared when it reaches them.
    this.#isUncompared = history.highest > tip.blocks;
  }

  /**
   * Removes the prices of replaced blocks. Only another block at the same height proves a
   * replacement; a node may lack blocks because it lost them or downloads them again.
   */
  async #forgetLeftBranch(tip: NodeTip): Promise<void> {
    const { history } = this.#options;
    const held = history.blocks.filter(({ height }) => height <= tip.blocks);
    const replaced = await firstReplaced(await this.#sourceOf(), held);
    const lowest = held[replaced];
    if (lowest !== undefined)
      history.keep({ kind: "forget_above", height: held[replaced - 1]?.height ?? Math.max(0, lowest.height - 1) });
  }

  /** One line when a problem appears or changes. The live side does not depend on these blocks. */
  #logProblem(error: Error): void {
    const code = error instanceof BlockSourceError ? error.code : "failed";
    if (code === this.#problem || code === "chain_changed") return;
    this.#problem = code;
    const { log } = this.#options;
    // A young chain, or a simulation that is still building its history.
    if (code === "no_such_block") logLine(log, "no blocks of the last days yet", { code });
    else if (error instanceof BlockSourceError)
      logLine(log, "cannot read blocks of the last days; retrying", { code }, error.message);
    else logLine(log, "cannot compute prices of the last days; retrying", { problem: error.message });
  }

  /** Removes blocks that are no longer in the chain. @returns places of the missing blocks. */
  async #missing(tip: NodeTip): Promise<BlockPlace[]> {
    if (this.#chain.tip?.hash === tip.bestBlockHash) return [];
    const { history } = this.#options;
    const source = await this.#sourceOf();
    // Too far behind: everything is read again.
    const isFarBehind = tip.blocks - (this.#chain.tip?.height ?? tip.blocks) > MAX_BLOCKS;
    if (isFarBehind) this.#chain.disconnect(this.#chain.blocks[0]?.hash ?? "");
    const held = this.#chain.blocks.map(({ hash, height }) => ({ hash, height: height ?? 0 }));
    const reached = held.filter(({ height }) => height <= tip.blocks);
    const replaced = await firstReplaced(source, reached);
    this.#chain.disconnect(held[replaced]?.hash ?? "");
    const lowest = reached[replaced];
    if (lowest !== undefined && lowest.height > 0) history.keep({ kind: "forget_above", height: lowest.height - 1 });
    const newest = reached[replaced - 1];
    if (newest === undefined) return await recentPlaces(source, tip.blocks);
    return await allPlacesFrom(source, newest.height + 1, tip.blocks);
  }

  async #compute(signal: AbortSignal): Promise<void> {
    const { history } = this.#options;
    const blocks = lastBlocks(this.#chain);
    if (blocks !== null) history.keep(await this.#number(blocks, null));
    const day = lastDay(this.#chain);
    if (day !== null && !isSame(history.lastDay, day)) history.keep(await this.#number(day, day.day));
    for (const [index, { height, hash }] of [...this.#chain.blocks].entries()) {
      if (signal.aborted) return;
      if (height === null || history.has(height, hash)) continue;
      const window = hoursBefore(this.#chain, index, this.#options.panelHours);
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

/**
 * Temporary errors: of the node, of the disk with the saved prices, of a thread that the system
 * ended.
 */
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
