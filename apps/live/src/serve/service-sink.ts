import { parseBlockHeader, TxParseError } from "@utxoracle/tx-parser";
import type { HeldBlock } from "../confirmed/chain-window.ts";
import type { ConfirmedSide } from "../confirmed/confirmed-side.ts";
import type { SyncedWindow } from "../ingest/feed.ts";
import type { LiveWindow } from "../ingest/live-window.ts";
import type { ServiceMetrics } from "./metrics/service-metrics.ts";

export interface ServiceSinkOptions {
  readonly window: LiveWindow;
  readonly windowSeconds: number;
  readonly confirmed: ConfirmedSide;
  readonly metrics: Pick<ServiceMetrics, "blocks" | "windowRemovals">;
  /** Clock of the feed, Unix seconds. */
  readonly now: () => number;
  /** Awaited before each message of a replay. */
  readonly passTime?: (time: number, signal: AbortSignal) => Promise<void>;
  /** Called with the feed's clock before each message is handled. */
  readonly onTime?: (now: number) => void;
  /** Called after the window was cleared because the clock was set, with the step in seconds. */
  readonly onReset?: (clockStepSeconds: number) => void;
  /** Whether the window was restored from another chain than the node's. */
  readonly isOfOtherChain?: (chain: string) => boolean;
  /** Called after each connected block that was not held before. */
  readonly onConnected?: (rawBytes: Uint8Array) => void;
  /** Called after each connected block. */
  readonly onBlock?: () => void;
}

/** Passes the messages of a feed to the live window, and blocks also to the confirmed prices. */
export function serviceSink(options: ServiceSinkOptions): SyncedWindow {
  const { window, windowSeconds, confirmed, metrics, now } = options;
  // Expire by the time of the message, so that the result does not depend on the times of ticks.
  const passTime = (): void => {
    const time = now();
    options.onTime?.(time);
    window.analyzer.expire(time);
  };
  /** Blocks that `confirmed` holds, but that the window needs again after a reset. */
  const neededAgain = new Set<string>();
  const undo = (blocks: readonly HeldBlock[]): void => {
    for (const block of blocks) {
      metrics.blocks.inc({ event: "disconnected" });
      window.unconfirm(block.payments.txids);
    }
  };
  const reset = (clockStepSeconds: number): void => {
    window.reset();
    for (const { hash } of confirmed.chain.blocks) neededAgain.add(hash);
    options.onReset?.(clockStepSeconds);
  };
  return {
    ...(options.passTime === undefined ? {} : { passTime: options.passTime }),
    transaction: (rawBytes, timestamp) => {
      passTime();
      window.transaction(rawBytes, timestamp);
    },
    block: (rawBytes, height, timestamp) => {
      passTime();
      let arrival = timestamp;
      try {
        // Transactions of disconnected blocks are in the mempool again, unless this block confirms
        // them.
        const replaced = confirmed.connect(rawBytes, height);
        const { hash, time } = parseBlockHeader(rawBytes);
        const isNeededAgain = neededAgain.delete(hash);
        if (replaced === null) {
          if (!isNeededAgain) return;
          arrival = Math.min(timestamp, time);
        } else {
          undo(replaced);
          metrics.blocks.inc({ event: "connected" });
          options.onConnected?.(rawBytes);
        }
      } catch (error) {
        // The window gets the same bytes and reports the error.
        if (!(error instanceof TxParseError)) throw error;
      }
      // The confirmed window may be longer than the live window.
      if (arrival >= now() - windowSeconds) window.block(rawBytes, arrival);
      else window.oldBlock(rawBytes, arrival);
      options.onBlock?.();
    },
    blockDisconnected: (hash) => {
      passTime();
      undo(confirmed.disconnect(hash));
    },
    removed: (txid) => {
      passTime();
      if (window.remove(txid)) metrics.windowRemovals.inc({ reason: "replaced_or_evicted" });
    },
    has: (txid) => window.analyzer.has(txid),
    rememberExpired: (txid) => window.analyzer.rememberExpired(txid),
    // A missing block is requested when the next one arrives.
    hasBlock: (hash) => neededAgain.size === 0 && confirmed.chain.reachesBackFrom(hash),
    holdsBlock: (hash) => !neededAgain.has(hash) && confirmed.chain.has(hash),
    blocksAreComplete: () => {
      confirmed.chain.startHere();
      // The rest is older than the window.
      neededAgain.clear();
    },
    reset,
    onChain: (chain) => {
      if (options.isOfOtherChain?.(chain) === true) reset(0);
    },
    tipHash: () => confirmed.chain.tip?.hash ?? null,
    rewindTo: (hash) => {
      if (!confirmed.chain.has(hash)) return;
      for (let { tip } = confirmed.chain; tip !== null && tip.hash !== hash; { tip } = confirmed.chain)
        undo(confirmed.disconnect(tip.hash));
    },
    pollMempool: () => {
      const poll = window.analyzer.pollMempool();
      return {
        ...poll,
        // A reorganization publishes the transactions of both blocks again.
        forgetExpired: (mayComeAgain = () => false) =>
          poll.forgetExpired((txid) => mayComeAgain(txid) || confirmed.chain.holdsTransaction(txid)),
      };
    },
  };
}
