import { EstimatorError } from "@utxoracle/estimator";
import type { Engine } from "@utxoracle/models";
import type { Logger } from "pino";
import type { LiveWindow } from "./live-window.ts";
import { WindowStore } from "./window-store.ts";

/** Time between two saves: what a crash loses of the window at most, seconds. */
export const SAVE_SECONDS = 180;

export interface WindowKeeperOptions {
  readonly directory: string;
  readonly window: LiveWindow;
  readonly windowSeconds: number;
  readonly engine: Engine;
  /** Whether there is RPC: the window is compared with the node's mempool then. */
  readonly hasRpc: boolean;
  /** Chain of the settings; null: the node tells. */
  readonly chain: string | null;
  /** Chain of the feed at this moment; null while unknown. */
  readonly feedChain: () => string | null;
  /** Unix seconds. */
  readonly now: () => number;
  readonly log: Logger;
}

/** Saves the live window in the data folder and restores it at the start. */
export class WindowKeeper {
  readonly #options: WindowKeeperOptions;
  readonly #store: WindowStore;
  /** Chain of the restored window; null without one, or where it was not known. */
  #restoredChain: string | null = null;

  constructor(options: WindowKeeperOptions) {
    this.#options = options;
    this.#store = new WindowStore(options.directory);
  }

  /** Call before the feed starts. A saved window that does not fit, or is damaged, is not used. */
  async restore(): Promise<void> {
    const { window, windowSeconds, engine, hasRpc: seesMempool, chain, now, log } = this.#options;
    const { path } = this.#store;
    const loaded = await this.#store.load({ windowSeconds, engine, seesMempool, chain, now: now() });
    if (loaded === null) return;
    if ("problem" in loaded) {
      log.warn({ path }, `saved window not used: ${loaded.problem}`);
      return;
    }
    try {
      window.restore(loaded.window);
    } catch (error) {
      if (!(error instanceof EstimatorError)) throw error;
      log.warn({ path }, `saved window not used: ${error.message}`);
      return;
    }
    window.expire(now());
    this.#restoredChain = loaded.head.chain;
    const { activeTxCount } = window.stats(now());
    const age = Math.round(now() - loaded.head.savedAt);
    log.info({ path, transactions: activeTxCount, age_seconds: age }, "restored saved window");
  }

  /** @returns whether the restored window belongs to another chain than the node's. */
  isOfOtherChain(chain: string): boolean {
    const restored = this.#restoredChain;
    this.#restoredChain = chain;
    if (restored === null || restored === chain) return false;
    this.#options.log.warn(
      { path: this.#store.path },
      `saved window not used: it is of chain ${restored}, not ${chain}`,
    );
    return true;
  }

  /** A failure is logged: the service needs no saved window to go on. */
  async save(): Promise<void> {
    const { window, windowSeconds, engine, hasRpc: seesMempool, feedChain, now, log } = this.#options;
    const chain = feedChain() ?? this.#restoredChain;
    try {
      await this.#store.save({ chain, savedAt: now(), windowSeconds, engine, seesMempool }, window.save());
    } catch (error) {
      if (!(error instanceof RangeError) && !(error instanceof Error && "syscall" in error)) throw error;
      log.error({ path: this.#store.path, problem: error.message }, "window not saved");
    }
  }
}
