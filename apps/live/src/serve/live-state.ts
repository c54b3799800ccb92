import type { ConfirmedUpdateData, EvidenceResponse, MempoolUpdateData } from "@utxoracle/models";
import { budgets } from "../config/budgets.ts";
import type { ConfirmedHistory } from "../confirmed/confirmed-history.ts";
import type { Feed } from "../ingest/feed.ts";
import type { LiveWindow } from "../ingest/live-window.ts";
import { readinessReasonsOf } from "../state/readiness.ts";
import type {
  ConfirmedPrice,
  ConfirmedWindows,
  ReadinessReason,
  ServiceState,
  WindowCounts,
} from "../state/service-state.ts";

/** What was published last, for the routes and the metrics. It exists before the feed does. */
export class LiveState implements ServiceState {
  readonly #window: () => LiveWindow;
  readonly #history: ConfirmedHistory;
  #moreNotices: () => readonly ReadinessReason[] = () => [];
  #feed: Feed | null = null;
  #latest: MempoolUpdateData | null = null;
  #counts: WindowCounts | null = null;
  /** Time of the last tick at which the window was full. */
  #displacedAt = Number.NEGATIVE_INFINITY;
  #confirmed: ConfirmedUpdateData | null = null;

  constructor(window: () => LiveWindow, history: ConfirmedHistory) {
    this.#window = window;
    this.#history = history;
  }

  /** What else the service does without. */
  addNotices(notices: () => readonly ReadinessReason[]): void {
    this.#moreNotices = notices;
  }

  set feed(feed: Feed) {
    this.#feed = feed;
  }

  /** The tick just published, and the window's counts at it. */
  published(update: MempoolUpdateData, counts: WindowCounts): void {
    if (counts.displaced > (this.#counts?.displaced ?? 0)) this.#displacedAt = update.timestamp;
    this.#latest = update;
    this.#counts = counts;
  }

  confirmedPublished(update: ConfirmedUpdateData): void {
    this.#confirmed = update;
  }

  now(): number {
    return this.#feed?.now() ?? Date.now() / 1000;
  }

  latest(): MempoolUpdateData | null {
    return this.#latest;
  }

  windowCounts(): WindowCounts | null {
    return this.#counts;
  }

  confirmed(): ConfirmedUpdateData | null {
    return this.#confirmed;
  }

  confirmedPrices(): readonly ConfirmedPrice[] {
    return this.#history.prices;
  }

  confirmedWindows(): ConfirmedWindows {
    return this.#history;
  }

  readinessReasons(): readonly ReadinessReason[] {
    return [...readinessReasonsOf(this.#latest), ...(this.#feed?.state().reasons ?? [])];
  }

  notices(): readonly ReadinessReason[] {
    return [...this.feedNotices(), ...this.#moreNotices()];
  }

  /** Notices of the feed and the window alone. */
  feedNotices(): readonly ReadinessReason[] {
    return [...(this.#feed?.state().notices ?? []), ...this.#windowNotices()];
  }

  #windowNotices(): ReadinessReason[] {
    const latest = this.#latest;
    if (latest === null || latest.timestamp - this.#displacedAt > latest.window_seconds) return [];
    return [
      {
        code: "window_full",
        message: `more transactions than the window holds (${budgets.windowTransactions.count}): the oldest leave early`,
      },
    ];
  }

  evidence(): EvidenceResponse | null {
    // That of the tick that was published last, as everything else that is said.
    if (this.#latest === null) return null;
    const { price, timestamp, price_timestamp } = this.#latest;
    // Should the clock have been set back since, the window must not be taken to that time.
    const evidence = this.#window().evidence(Math.min(timestamp, this.now()));
    return evidence.length === 0 ? null : { price, timestamp: price_timestamp ?? timestamp, evidence };
  }
}
