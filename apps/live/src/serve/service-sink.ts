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
  /** Unix seconds on the feed's clock. */
  readonly now: () => number;
  /** Awaited before each message of a replay. */
  readonly passTime?: (time: number, signal: AbortSignal) => Promise<void>;
  /** Told the feed's time before each message counts. */
  readonly onTime?: (now: number) => void;
  /** Told when the window was emptied because the clock was set, and by how many seconds. */
  readonly onReset?: (clockStepSeconds: number) => void;
  /** Told after each block that was connected. */
  readonly onBlock?: () => void;
}

/** Where a feed's messages go: each to the live window and, for blocks, to the confirmed side too. */
export function serviceSink(options: ServiceSinkOptions): SyncedWindow {
  const { window, windowSeconds, confirmed, metrics, now } = options;
  // What a message finds in the window is decided by its time, not by when somebody looked last.
  const passTime = (): void => {
    const time = now();
    options.onTime?.(time);
    window.expire(time);
  };
  /** Blocks that the confirmed side holds and the window has to be given again. A new one may come on top of them before. */
  const again = new Set<string>();
  const undo = (blocks: readonly HeldBlock[]): void => {
    for (const block of blocks) {
      metrics.blocks.inc({ event: "disconnected" });
      window.unconfirm(block.payments.txids);
    }
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
        // What a reorganisation took away stands in the mempool again, unless this block confirms it anew.
        const replaced = confirmed.connect(rawBytes, height);
        const { hash, time } = parseBlockHeader(rawBytes);
        const isWantedAgain = again.delete(hash);
        if (replaced === null) {
          if (!isWantedAgain) return;
          arrival = Math.min(timestamp, time);
        } else {
          undo(replaced);
          metrics.blocks.inc({ event: "connected" });
        }
      } catch (error) {
        // The window, which gets the same bytes, reports it.
        if (!(error instanceof TxParseError)) throw error;
      }
      // The confirmed side may look further back than the window.
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
    has: (txid) => window.has(txid),
    rememberExpired: (txid) => window.rememberExpired(txid),
    // A block that did not come is asked for when the next one has.
    hasBlock: (hash) => again.size === 0 && confirmed.reachesBackFrom(hash),
    holdsBlock: (hash) => !again.has(hash) && confirmed.has(hash),
    blocksAreComplete: () => {
      confirmed.beginsHere();
      // Those left are older than anybody wants.
      again.clear();
    },
    reset: (clockStepSeconds) => {
      window.reset();
      for (const { hash } of confirmed.blocks) again.add(hash);
      options.onReset?.(clockStepSeconds);
    },
    tipHash: () => confirmed.tip?.hash ?? null,
    rewindTo: (hash) => {
      if (!confirmed.has(hash)) return;
      for (let { tip } = confirmed; tip !== null && tip.hash !== hash; { tip } = confirmed)
        undo(confirmed.disconnect(tip.hash));
    },
    lookAtMempool: () => {
      const look = window.lookAtMempool();
      return {
        ...look,
        // A block that is undone publishes its transactions anew, and the one in its place once more.
        forgetExpired: (mayComeAgain = () => false) =>
          look.forgetExpired((txid) => mayComeAgain(txid) || confirmed.holdsTransaction(txid)),
      };
    },
  };
}
