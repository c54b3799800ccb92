import {
  type Engine,
  type MempoolSnapshot,
  type MempoolSnapshotData,
  type MempoolUpdate,
  type PriceEstimate,
  type PricePoint,
  SNAPSHOT_POINTS_MAX,
  type Source,
} from "@utxoracle/models";
import type { FeedState } from "../ingest/feed.ts";
import type { LiveWindow } from "../ingest/live-window.ts";
import { isMainChain, publishable } from "../state/chain-status.ts";
import { changesSince } from "../state/changed-fields.ts";
import { toCents, toDigits, toMilliseconds, toPoint } from "../state/digits.ts";
import type { LivePublication } from "../state/publication.ts";
import type { WindowCounts } from "../state/service-state.ts";
import { snapshotPoints } from "../state/snapshot-points.ts";
import {
  EVIDENCE_PAYMENTS,
  isCurrent,
  type LiveCircumstances,
  type LiveVerdict,
  liveVerdict,
} from "../state/status.ts";

/** Points of the window that the first snapshot is chosen from: more than 15 minutes have. */
const WINDOW_POINTS_MAX = 10_000;
/**
 * Maximum points of a tick while the window is loading. All clients get a snapshot when it has
 * loaded; until then hundreds of points in each tick would be more than that.
 */
const LOADING_POINTS_MAX = 10;
/** Digits of the confidence, a fraction. */
const CONFIDENCE_DIGITS = 4;

export interface TickerOptions {
  readonly window: LiveWindow;
  readonly engine: Engine;
  readonly source: Source;
  readonly windowSeconds: number;
  /** Identifies this run of the service. */
  readonly epoch: string;
  /** Seconds since the start, from a monotonic clock. */
  readonly uptimeSeconds: () => number;
  /**
   * Whether the last good price comes from ticks. False for a replay, where it comes from
   * {@link Ticker.record}: ticks follow the machine's clock, not the recorded time.
   */
  readonly keepsTickPrices: boolean;
}

/** Creates the `mempool_update` messages: one per tick, numbered without gaps. */
export class Ticker {
  readonly #options: TickerOptions;
  #seq = 0;
  #verdict: LiveVerdict | null = null;
  #recentPoints: readonly PricePoint[] = [];
  /** Whether the window was loading at the last tick. */
  #isLoading = false;
  /** The previous tick; null if the next one must be a snapshot for all clients. */
  #previous: MempoolSnapshotData | null = null;
  #counts: WindowCounts = { expired: 0, removed: 0, remembered: 0, forgotten: 0, displaced: 0 };

  constructor(options: TickerOptions) {
    this.#options = options;
  }

  /** Counts of the window as of the last tick. */
  get counts(): WindowCounts {
    return this.#counts;
  }

  /**
   * Records the price at a moment of the feed's clock, Unix seconds. A good one may be shown later
   * as the stale price.
   */
  record(now: number, chain: string | null): void {
    this.#verdict = this.#verdictAt(now, chain, { loading: false, feedLost: false }).verdict;
  }

  /**
   * Call it after the window was cleared because the clock was set: earlier points and prices have
   * times of the old clock. After a step back the last good price is dated back, never forward.
   * @param clockStepSeconds positive: forward, negative: back.
   */
  reset(clockStepSeconds: number): void {
    this.#recentPoints = [];
    this.#previous = null;
    const lastGood = this.#verdict?.lastGood;
    if (this.#verdict == null || lastGood == null) return;
    const timestamp = lastGood.timestamp + Math.min(0, clockStepSeconds);
    this.#verdict = { ...this.#verdict, lastGood: { ...lastGood, timestamp } };
  }

  /**
   * The final tick: a snapshot for all clients with the final content of the window, independent of
   * earlier ticks.
   */
  lastTick(now: number, feed: FeedState): LivePublication {
    const { window } = this.#options;
    this.#recentPoints = this.#pointsOfWindow(window.analyzer.estimatePrice(now).price);
    const { snapshot } = this.tick(now, feed);
    return { delta: snapshot, snapshot };
  }

  /** The points for a snapshot from the whole window. */
  #pointsOfWindow(aroundUsd: number | null): readonly PricePoint[] {
    return snapshotPoints(this.#options.window.latestPoints(aroundUsd, WINDOW_POINTS_MAX)).map(toPoint);
  }

  #verdictAt(
    now: number,
    chain: string | null,
    feed: Pick<LiveCircumstances, "loading" | "feedLost">,
  ): { readonly estimate: PriceEstimate; readonly verdict: LiveVerdict } {
    const { window, source } = this.#options;
    const estimate = publishable(window.analyzer.estimatePrice(now), isMainChain(source, chain));
    const arrivals = window.analyzer.latestArrivals(EVIDENCE_PAYMENTS);
    return { estimate, verdict: liveVerdict(estimate, { ...feed, now, arrivals, before: this.#verdict }) };
  }

  /**
   * Creates the next update.
   * @param now clock of the feed, Unix seconds.
   */
  tick(now: number, feed: FeedState): LivePublication {
    const { window, engine, source, windowSeconds, epoch, keepsTickPrices } = this.#options;
    const { estimate, verdict } = this.#verdictAt(now, feed.chain, { loading: feed.loading, feedLost: feed.lost });
    if (keepsTickPrices) this.#verdict = verdict;
    const isWhole = this.#recentPoints.length === 0 || (this.#isLoading && !feed.loading);
    this.#isLoading = feed.loading;
    const fresh = isWhole
      ? this.#pointsOfWindow(estimate.price)
      : window.takeNewPoints(estimate.price, feed.loading ? LOADING_POINTS_MAX : SNAPSHOT_POINTS_MAX).map(toPoint);
    this.#recentPoints = isWhole ? fresh : snapshotPoints([...this.#recentPoints, ...fresh]);
    // Clients spread the points of a snapshot in time: those of a block all have its time.
    if (isWhole && fresh.length > 0) this.#previous = null;
    const stats = window.analyzer.getStats(now);
    this.#counts = {
      expired: stats.totalExpired,
      removed: stats.totalRemoved,
      remembered: stats.rememberedIds,
      forgotten: stats.forgottenIds,
      displaced: stats.displacedTransactions,
    };
    const { interval } = verdict;
    const data: MempoolSnapshotData = {
      price: toCents(verdict.price),
      confidence: toDigits(verdict.confidence, CONFIDENCE_DIGITS),
      timestamp: toMilliseconds(now),
      seq: this.#seq++,
      snapshot: true,
      epoch,
      stats: {
        total_received: stats.totalReceived,
        total_filtered: stats.totalFiltered,
        active_in_window: stats.activeTxCount,
        uptime_seconds: toMilliseconds(this.#options.uptimeSeconds()),
      },
      status: verdict.status,
      interval: interval === null ? null : { low: toCents(interval.low), high: toCents(interval.high) },
      price_timestamp: toMilliseconds(verdict.priceTimestamp),
      window_price: isCurrent(verdict.status) ? toCents(estimate.windowPrice) : null,
      window_seconds: windowSeconds,
      engine,
      source,
      chain: feed.chain,
      node: feed.node,
      loading: feed.loadedBlocks,
      transactions: [...this.#recentPoints],
    };
    const snapshot: MempoolSnapshot = { type: "mempool_update", data };
    const previous = this.#previous;
    this.#previous = data;
    const delta: MempoolUpdate =
      previous === null ? snapshot : { type: "mempool_update", data: changesSince(previous, data, fresh) };
    return { delta, snapshot };
  }
}
