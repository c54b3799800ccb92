import {
  type Engine,
  type MempoolUpdate,
  type MempoolUpdateData,
  type PricePoint,
  SNAPSHOT_POINTS_MAX,
  type Source,
} from "@utxoracle/models";
import type { FeedState } from "../feed/feed.ts";
import type { WindowCounts } from "../http/price-board.ts";
import type { LiveWindow } from "../window/live-window.ts";
import { type LiveVerdict, liveVerdict } from "./live-status.ts";
import type { Publication } from "./publication.ts";

export interface TickerOptions {
  readonly window: LiveWindow;
  readonly engine: Engine;
  readonly source: Source;
  readonly windowSeconds: number;
  /** Names this run of the server. */
  readonly epoch: string;
  /** Seconds since the service started, from a steady clock. */
  readonly uptimeSeconds: () => number;
}

/** Makes the messages of the live side: one per tick, numbered without gaps. */
export class Ticker {
  readonly #options: TickerOptions;
  #seq = 0;
  #verdict: LiveVerdict | null = null;
  #recentPoints: readonly PricePoint[] = [];
  #counts: WindowCounts = { expired: 0, removed: 0, remembered: 0, forgotten: 0 };

  constructor(options: TickerOptions) {
    this.#options = options;
  }

  /** What the window counted at the last tick. */
  get counts(): WindowCounts {
    return this.#counts;
  }

  /**
   * The next tick.
   * @param now Unix seconds on the feed's clock.
   * @param feed what the feed knows of itself now.
   */
  tick(now: number, feed: FeedState): Publication<MempoolUpdate> {
    const { window, engine, source, windowSeconds, epoch } = this.#options;
    const estimate = window.estimatePrice(now);
    const verdict = liveVerdict(estimate, { now, loading: feed.loading, feedLost: feed.lost, before: this.#verdict });
    this.#verdict = verdict;
    const fresh = window.takeNewPoints(estimate.price, SNAPSHOT_POINTS_MAX);
    this.#recentPoints = [...this.#recentPoints, ...fresh].slice(-SNAPSHOT_POINTS_MAX);
    const stats = window.stats(now);
    this.#counts = {
      expired: stats.totalExpired,
      removed: stats.totalRemoved,
      remembered: stats.rememberedIds,
      forgotten: stats.forgottenIds,
    };
    const common: Omit<MempoolUpdateData, "transactions" | "snapshot"> = {
      price: verdict.price,
      confidence: verdict.confidence,
      stats: {
        total_received: stats.totalReceived,
        total_filtered: stats.totalFiltered,
        active_in_window: stats.activeTxCount,
        uptime_seconds: this.#options.uptimeSeconds(),
      },
      timestamp: now,
      seq: this.#seq++,
      epoch,
      status: verdict.status,
      interval: verdict.interval,
      window_seconds: windowSeconds,
      engine,
      source,
      chain: feed.chain,
      price_timestamp: verdict.priceTimestamp,
      node: feed.node,
    };
    return {
      delta: { type: "mempool_update", data: { ...common, transactions: [...fresh], snapshot: false } },
      snapshot: { type: "mempool_update", data: { ...common, transactions: [...this.#recentPoints], snapshot: true } },
    };
  }
}
