import type {
  BlockPointsResponse,
  BusHistoryState,
  BusLease,
  BusLiveState,
  ConfirmedPicture,
  ConfirmedUpdateData,
  EvidenceResponse,
  MempoolSnapshotData,
  TrackRecordDays,
  TrackRecordResponse,
} from "@utxoracle/models";
import { PriceHistory } from "../../history/price-history.ts";
import { toMilliseconds } from "../../state/digits.ts";
import { readinessReasonsOf } from "../../state/readiness.ts";
import type {
  ConfirmedPrice,
  ConfirmedWindows,
  ReadinessReason,
  ServiceState,
  ShownAnalyzer,
  ShownReason,
  WindowCounts,
} from "../../state/service-state.ts";
import type { AskAnalyzer } from "./ask-analyzer.ts";
import type { EdgeConfirmed } from "./edge-confirmed.ts";
import type { KnownLease } from "./edge-session.ts";
import { EdgeTrackRecord } from "./edge-track-record.ts";

/** A valid lease is renewed within this time, ms. */
const RENEWED_MS = 3000;

/** Current conditions in the other parts of the edge. */
export interface EdgeSituation {
  /** Why NATS is not connected; null while connected. */
  readonly disconnected: ReadinessReason | null;
  /** Failures of the last attempts to read from NATS. */
  readonly faults: readonly ReadinessReason[];
  /** The lease read last; null without a lease, undefined before the first response. */
  readonly lease: KnownLease | null | undefined;
  /** Whether clients have been sent the status `stale` by this edge. */
  readonly stale: boolean;
  /** Age of the newest update, seconds; null before the first. */
  readonly ageSeconds: number | null;
  /** Whether the age is from the analyzer's monotonic clock, not from its wall clock. */
  readonly isAgeKnown: boolean;
  /** Epoch of the newest update. */
  readonly epoch: string | null;
}

/** Data for the routes and metrics of an edge, as received over NATS and published to clients. */
export class EdgeState implements ServiceState {
  readonly #situation: () => EdgeSituation;
  readonly #confirmed: () => Pick<EdgeConfirmed, "data" | "picture">;
  readonly #steadyNow: () => number;
  readonly #ask: AskAnalyzer;
  #shown: { readonly data: MempoolSnapshotData; readonly trueAt: number } | null = null;
  readonly #priceHistory = new PriceHistory();
  readonly #trackRecords: EdgeTrackRecord;
  #live: BusLiveState | null = null;
  #prices: readonly ConfirmedPrice[] = [];
  #windows: ConfirmedWindows = { lastBlocks: null, lastDay: null };
  #origin: Pick<BusLease, "analyzer" | "term"> | null = null;

  /** @param steadyNow monotonic clock, seconds. */
  constructor(
    situation: () => EdgeSituation,
    confirmed: () => Pick<EdgeConfirmed, "data" | "picture">,
    steadyNow: () => number,
    ask: AskAnalyzer,
  ) {
    this.#situation = situation;
    this.#confirmed = confirmed;
    this.#steadyNow = steadyNow;
    this.#ask = ask;
    this.#trackRecords = new EdgeTrackRecord(ask, steadyNow);
  }

  /** Sets the update just sent to clients, and its time on the monotonic clock, seconds. */
  setShown(data: MempoolSnapshotData, trueAt: number): void {
    this.#shown = { data, trueAt };
    this.#priceHistory.record(data);
  }

  /** Sets the publisher of the last accepted update. */
  setOrigin(origin: Pick<BusLease, "analyzer" | "term">): void {
    this.#origin = origin;
  }

  setLiveState(state: BusLiveState): void {
    this.#live = state;
  }

  setHistory({ timestamps, prices, last_144_blocks, last_day }: BusHistoryState): void {
    this.#prices = timestamps.map((timestamp, index) => ({ timestamp, price: prices[index] as number }));
    this.#windows = { lastBlocks: last_144_blocks, lastDay: last_day };
  }

  /** Time of the last update plus its age. During a replay: the time of the last record. */
  now(): number {
    const shown = this.#shown;
    if (shown === null) return Date.now() / 1000;
    const { timestamp, source } = shown.data;
    return source === "replay" ? timestamp : timestamp + this.#steadyNow() - shown.trueAt;
  }

  latest(): MempoolSnapshotData | null {
    return this.#shown?.data ?? null;
  }

  /** Only the analyzer has a window. */
  windowCounts(): WindowCounts | null {
    return null;
  }

  confirmed(): ConfirmedUpdateData | null {
    return this.#confirmed().data;
  }

  confirmedPicture(): ConfirmedPicture | null {
    return this.#confirmed().picture;
  }

  blockPoints(hash: string, tip: string): Promise<BlockPointsResponse | null> {
    return this.#ask.blockPoints(hash, tip);
  }

  confirmedPrices(): readonly ConfirmedPrice[] {
    return this.#prices;
  }

  confirmedWindows(): ConfirmedWindows {
    return this.#windows;
  }

  /** The prices that this edge has published. */
  history(): PriceHistory {
    return this.#priceHistory;
  }

  /** The analyzer's track record, asked at most once a minute. */
  trackRecord(days: TrackRecordDays): Promise<TrackRecordResponse | null> {
    return this.#trackRecords.of(days);
  }

  /** The last known one, for metrics: a scrape does not wait for the analyzer. */
  latestTrackRecord(days: TrackRecordDays): TrackRecordResponse | null {
    return this.#trackRecords.latest(days);
  }

  /** Reasons that no fresh update arrives. */
  ageReasons(): readonly ReadinessReason[] {
    return this.#isFresh() ? [] : reasonsOfAge(this.#situation());
  }

  readinessReasons(): readonly ShownReason[] {
    const situation = this.#situation();
    const reasons: ShownReason[] = this.#isFresh() ? [] : [...reasonsOfNats(situation), ...this.ageReasons()];
    const own = new Set(reasons.map(({ code }) => code));
    // Without fresh updates, the analyzer's own reasons are outdated.
    const theirs = situation.stale ? [] : (this.#live?.reasons ?? []);
    for (const reason of [...readinessReasonsOf(this.latest()), ...theirs]) {
      if (own.has(reason.code)) continue;
      own.add(reason.code);
      reasons.push(reason);
    }
    return reasons;
  }

  notices(): readonly ShownReason[] {
    const theirs = this.#live?.notices ?? [];
    // A failed read does not make the edge unready while its updates are fresh.
    return this.#isFresh() ? [...reasonsOfNats(this.#situation()), ...theirs] : theirs;
  }

  analyzer(): ShownAnalyzer | null {
    const { ageSeconds, epoch } = this.#situation();
    const origin = this.#origin;
    if (origin === null || ageSeconds === null || epoch === null) return null;
    return { name: origin.analyzer, epoch, term: origin.term, age_seconds: toMilliseconds(ageSeconds) };
  }

  evidence(): EvidenceResponse | null {
    return this.#live?.evidence ?? null;
  }

  #isFresh(): boolean {
    const { stale, ageSeconds } = this.#situation();
    return !stale && ageSeconds !== null;
  }
}

/** No connection, or failed reads. */
function reasonsOfNats({ disconnected, faults }: EdgeSituation): ReadinessReason[] {
  return disconnected === null ? [...faults] : [disconnected];
}

/** No fresh update, and the state of the lease. */
function reasonsOfAge({
  disconnected,
  faults,
  lease,
  stale,
  ageSeconds,
  isAgeKnown,
}: EdgeSituation): ReadinessReason[] {
  if (ageSeconds === null) {
    // Without reading the lease it is unknown whether an analyzer exists.
    if (disconnected !== null || lease === undefined) return [];
    return [{ code: "no_analyzer", message: absenceText(lease) }];
  }
  if (!stale) return [];
  const age = `the newest update is ${ageSeconds.toFixed(1)} s old${isAgeKnown ? "" : " by the analyzer's wall clock"}`;
  const isLeaseKnown = disconnected === null && lease != null && !faults.some(({ code }) => code !== "bus_no_answer");
  return [{ code: "analyzer_lost", message: isLeaseKnown ? `${age}; ${holderText(lease)}` : age }];
}

function absenceText(lease: KnownLease | null): string {
  return lease === null
    ? "no analyzer has published with this --bus-name on this NATS server"
    : `no update received yet; ${holderText(lease)}`;
}

function holderText({ analyzer, released, unchangedMs }: KnownLease): string {
  if (released) return `analyzer ${analyzer} released the lease`;
  return unchangedMs < RENEWED_MS
    ? `analyzer ${analyzer} holds the lease`
    : `analyzer ${analyzer} has not renewed its lease for ${(unchangedMs / 1000).toFixed(0)} s`;
}
