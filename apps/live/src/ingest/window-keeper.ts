import { EstimatorError } from "@utxoracle/estimator";
import type { Engine } from "@utxoracle/models";
import type { Logger } from "pino";
import { logLine } from "../logging/log-line.ts";
import type { LiveWindow } from "./live-window.ts";
import { WindowStore } from "./window-store.ts";

/** Interval between saves, seconds: a crash loses at most this much of the window. */
export const SAVE_SECONDS = 180;

export interface WindowKeeperOptions {
  readonly directory: string;
  readonly window: LiveWindow;
  readonly windowSeconds: number;
  readonly engine: Engine;
  /** Whether the window is compared with the node's mempool over RPC. */
  readonly hasRpc: boolean;
  /** Chain in the settings; null: the node's. */
  readonly chain: string | null;
  /** Current chain of the feed; null while unknown. */
  readonly feedChain: () => string | null;
  /** Unix seconds. */
  readonly now: () => number;
  readonly log: Logger;
}

/** Saves the live window in the data folder and restores it at the start. */
export class WindowKeeper {
  readonly #options: WindowKeeperOptions;
  readonly #store: WindowStore;
  /** Chain of the restored window; null if unknown or if no window was restored. */
  #restoredChain: string | null = null;

  constructor(options: WindowKeeperOptions) {
    this.#options = options;
    this.#store = new WindowStore(options.directory);
  }

  /**
   * Call before the feed starts. A saved window that does not match the settings or is damaged is
   * ignored.
   */
  async restore(): Promise<void> {
    const { window, windowSeconds, engine, hasRpc: seesMempool, chain, now, log } = this.#options;
    const { path } = this.#store;
    const loaded = await this.#store.load({ windowSeconds, engine, seesMempool, chain, now: now() });
    if (loaded === null) return;
    if ("problem" in loaded) {
      logLine(log, "saved window not used", { path }, loaded.problem);
      return;
    }
    try {
      window.restore(loaded.window);
    } catch (error) {
      if (!(error instanceof EstimatorError)) throw error;
      logLine(log, "saved window not used", { path }, error.message);
      return;
    }
    window.analyzer.expire(now());
    this.#restoredChain = loaded.head.chain;
    const { activeTxCount } = window.analyzer.getStats(now());
    const age = Math.round(now() - loaded.head.savedAt);
    logLine(log, "restored saved window", { path, transactions: activeTxCount, age_seconds: age });
  }

  /** @returns whether the restored window is of another chain than the node. */
  isOfOtherChain(chain: string): boolean {
    const restored = this.#restoredChain;
    this.#restoredChain = chain;
    if (restored === null || restored === chain) return false;
    const problem = `it is of chain ${restored}, not ${chain}`;
    logLine(this.#options.log, "saved window not used", { path: this.#store.path }, problem);
    return true;
  }

  /** Saves the window. Failures are logged only. */
  async save(): Promise<void> {
    const { window, windowSeconds, engine, hasRpc: seesMempool, feedChain, now, log } = this.#options;
    const chain = feedChain() ?? this.#restoredChain;
    try {
      await this.#store.save({ chain, savedAt: now(), windowSeconds, engine, seesMempool }, window.save());
    } catch (error) {
      if (!(error instanceof RangeError) && !(error instanceof Error && "syscall" in error)) throw error;
      logLine(log, "window not saved", { path: this.#store.path, problem: error.message });
    }
  }
}
