import type {
  BlockPointsResponse,
  ConfirmedPicture,
  ConfirmedUpdateData,
  ConfirmedWindow,
  EvidenceResponse,
  MempoolSnapshotData,
  TrackRecordDays,
  TrackRecordResponse,
} from "@utxoracle/models";
import { budgets } from "../config/budgets.ts";
import type { ConfirmedHistory } from "../confirmed/confirmed-history.ts";
import type { WindowNumber } from "../confirmed/price-record.ts";
import type { WindowPoints } from "../confirmed/window-points.ts";
import { PriceHistory } from "../history/price-history.ts";
import type { Feed } from "../ingest/feed.ts";
import type { LiveWindow } from "../ingest/live-window.ts";
import { toCents } from "../state/digits.ts";
import { readinessReasonsOf } from "../state/readiness.ts";
import type {
  ConfirmedPrice,
  ConfirmedWindows,
  ReadinessReason,
  ServiceState,
  WindowCounts,
} from "../state/service-state.ts";
import { isCurrent } from "../state/status.ts";
import { SharedReports } from "../track/shared-reports.ts";
import type { TrackRecord } from "../track/track-record.ts";
import { priceChanges } from "./price-changes.ts";

/** Maximum number of other prices in the evidence. A window with more rules out almost nothing. */
const OTHER_PRICES_MAX = 50;

/** The last published data, for the routes and metrics. Created before the feed. */
export class LiveState implements ServiceState {
  readonly #window: () => LiveWindow;
  readonly #confirmedHistory: ConfirmedHistory;
  readonly #priceHistory = new PriceHistory();
  readonly #track: TrackRecord;
  readonly #reports: SharedReports;
  readonly #moreNotices: (() => readonly ReadinessReason[])[] = [];
  #feed: Feed | null = null;
  #latest: MempoolSnapshotData | null = null;
  #counts: WindowCounts | null = null;
  /** Time of the last tick at which the window was full. */
  #displacedAt = Number.NEGATIVE_INFINITY;
  #busNotices: () => readonly ReadinessReason[] = () => [];
  #confirmed: ConfirmedUpdateData | null = null;
  #points: WindowPoints | null = null;
  readonly #windows = new WeakMap<WindowNumber, ConfirmedWindow>();

  constructor(window: () => LiveWindow, confirmedHistory: ConfirmedHistory, track: TrackRecord) {
    this.#window = window;
    this.#confirmedHistory = confirmedHistory;
    this.#track = track;
    this.#reports = new SharedReports(track);
  }

  /** Adds a source of notices. */
  addNotices(notices: () => readonly ReadinessReason[]): void {
    this.#moreNotices.push(notices);
  }

  set busNotices(notices: () => readonly ReadinessReason[]) {
    this.#busNotices = notices;
  }

  set feed(feed: Feed) {
    this.#feed = feed;
  }

  /** Sets the update just published, and the window's counts as of it. */
  setLatest(update: MempoolSnapshotData, counts: WindowCounts): void {
    if (counts.displaced > (this.#counts?.displaced ?? 0)) this.#displacedAt = update.timestamp;
    this.#latest = update;
    this.#counts = counts;
    this.#priceHistory.record(update);
    // The clock of a replay may pass hours in a second.
    if (update.source !== "replay") this.#track.record(update);
  }

  setConfirmed(update: ConfirmedUpdateData, points: WindowPoints): void {
    this.#confirmed = update;
    this.#points = points;
  }

  now(): number {
    return this.#feed?.now() ?? Date.now() / 1000;
  }

  latest(): MempoolSnapshotData | null {
    return this.#latest;
  }

  windowCounts(): WindowCounts | null {
    return this.#counts;
  }

  confirmed(): ConfirmedUpdateData | null {
    return this.#confirmed;
  }

  confirmedPicture(tip?: string): ConfirmedPicture | null {
    return (tip === undefined ? this.#points?.picture : this.#points?.pictureAt(tip)) ?? null;
  }

  blockPoints(hash: string, tip: string): BlockPointsResponse | null {
    return this.#points?.blockPoints(hash, tip) ?? null;
  }

  confirmedPrices(): readonly ConfirmedPrice[] {
    return this.#confirmedHistory.prices;
  }

  confirmedWindows(): ConfirmedWindows {
    const { lastBlocks, lastDay } = this.#confirmedHistory;
    return { lastBlocks: this.#windowOf(lastBlocks), lastDay: this.#windowOf(lastDay) };
  }

  history(): PriceHistory {
    return this.#priceHistory;
  }

  trackRecord(days: TrackRecordDays): TrackRecordResponse {
    return this.#reports.of(days, this.now());
  }

  /** A record of the history in the contract's shape, once for each. */
  #windowOf(record: WindowNumber | null): ConfirmedWindow | null {
    if (record === null) return null;
    const known = this.#windows.get(record);
    if (known !== undefined) return known;
    const { price, low, high, confidence, status, engine, amounts } = record;
    const window: ConfirmedWindow = {
      ...{ price, low, high, confidence, status, engine, amounts },
      date: record.day,
      first_height: record.firstHeight,
      last_height: record.lastHeight,
      block_timestamp: record.time,
    };
    this.#windows.set(record, window);
    return window;
  }

  readinessReasons(): readonly ReadinessReason[] {
    return [...readinessReasonsOf(this.#latest), ...(this.#feed?.state().reasons ?? [])];
  }

  notices(): readonly ReadinessReason[] {
    return [...this.ownNotices(), ...this.#busNotices()];
  }

  /** All notices except those of the connection to NATS. */
  ownNotices(): readonly ReadinessReason[] {
    const more = this.#moreNotices.flatMap((notices) => notices());
    return [...(this.#feed?.state().notices ?? []), ...this.#windowNotices(), ...more];
  }

  #windowNotices(): ReadinessReason[] {
    const latest = this.#latest;
    if (latest === null || latest.timestamp - this.#displacedAt > latest.window_seconds) return [];
    return [
      {
        code: "window_full",
        message: `the window is full (${budgets.windowTransactions.count} transactions); the oldest are removed early`,
      },
    ];
  }

  evidence(): EvidenceResponse | null {
    if (this.#latest === null) return null;
    const { price, timestamp, price_timestamp, status } = this.#latest;
    // As of the last tick, but not later than now: the clock may have been set back since.
    const asOf = Math.min(timestamp, this.now());
    const evidence = this.#window().analyzer.evidence(asOf);
    if (evidence.length === 0) return null;
    const support = this.#window().analyzer.support(asOf);
    return {
      price,
      timestamp: price_timestamp ?? timestamp,
      evidence,
      support: support && {
        forgeable_payments: support.forgeablePayments,
        required_payments: support.requiredPayments,
        other_prices: support.otherPrices.slice(0, OTHER_PRICES_MAX).map(toCents),
      },
      changes:
        price === null || !isCurrent(status)
          ? []
          : priceChanges({
              ...{ now: asOf, price, history: this.#priceHistory, window: this.#window() },
              roundUsd: evidence.map(({ usd }) => usd),
            }),
    };
  }
}
