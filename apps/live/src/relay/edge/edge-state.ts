import type {
  BusHistoryState,
  BusLease,
  BusLiveState,
  ConfirmedUpdateData,
  ConfirmedWindow,
  EvidenceResponse,
  MempoolUpdateData,
} from "@utxoracle/models";
import { readinessReasonsOf } from "../../state/readiness.ts";
import type {
  ConfirmedPrice,
  ConfirmedWindows,
  ReadinessReason,
  ServiceState,
  ShownAnalyzer,
  ShownReason,
  ShownWindow,
  WindowCounts,
} from "../../state/service-state.ts";
import type { KnownLease } from "./edge-session.ts";

/** A lease that is renewed changes more often than this, ms. */
const RENEWED_MS = 3000;

/** What the state asks of the rest of the edge. */
export interface EdgeSituation {
  /** Why there is no connection to NATS; null while there is one. */
  readonly disconnected: ReadinessReason | null;
  /** What could not be read from NATS at the last attempt. */
  readonly faults: readonly ReadinessReason[];
  /** The lease read last; null when there is none, undefined before the first answer. */
  readonly lease: KnownLease | null | undefined;
  /** Whether clients are told that nothing comes. */
  readonly stale: boolean;
  /** Age of the newest update, seconds; null before the first. */
  readonly ageSeconds: number | null;
  /** Whether the analyzer has answered what time it has; else the age is by its wall clock. */
  readonly isAgeKnown: boolean;
  /** Epoch of the analyzer that it came from. */
  readonly epoch: string | null;
}

/** What an edge's routes and metrics read: what came over the bus, as it is shown to the clients. */
export class EdgeState implements ServiceState {
  readonly #situation: () => EdgeSituation;
  readonly #confirmed: () => ConfirmedUpdateData | null;
  readonly #steadyNow: () => number;
  #shown: { readonly data: MempoolUpdateData; readonly trueAt: number } | null = null;
  #live: BusLiveState | null = null;
  #prices: readonly ConfirmedPrice[] = [];
  #windows: ConfirmedWindows = { lastBlocks: null, lastDay: null };
  #origin: Pick<BusLease, "analyzer" | "term"> | null = null;

  /** @param steadyNow seconds of a clock that never goes back. */
  constructor(situation: () => EdgeSituation, confirmed: () => ConfirmedUpdateData | null, steadyNow: () => number) {
    this.#situation = situation;
    this.#confirmed = confirmed;
    this.#steadyNow = steadyNow;
  }

  /** The update that clients have just been sent, and when it was true. */
  showed(data: MempoolUpdateData, trueAt: number): void {
    this.#shown = { data, trueAt };
  }

  /** Whose update was taken last. */
  cameFrom(origin: Pick<BusLease, "analyzer" | "term">): void {
    this.#origin = origin;
  }

  liveState(state: BusLiveState): void {
    this.#live = state;
  }

  history({ timestamps, prices, last_144_blocks, last_day }: BusHistoryState): void {
    this.#prices = timestamps.map((timestamp, index) => ({ timestamp, price: prices[index] as number }));
    this.#windows = { lastBlocks: shownWindow(last_144_blocks), lastDay: shownWindow(last_day) };
  }

  /** The analyzer's clock: the time of what was shown last, and how old that is. A replay's stands at its record. */
  now(): number {
    const shown = this.#shown;
    if (shown === null) return Date.now() / 1000;
    const { timestamp, source } = shown.data;
    return source === "replay" ? timestamp : timestamp + this.#steadyNow() - shown.trueAt;
  }

  latest(): MempoolUpdateData | null {
    return this.#shown?.data ?? null;
  }

  /** The window is the analyzer's, and so is its bookkeeping. */
  windowCounts(): WindowCounts | null {
    return null;
  }

  confirmed(): ConfirmedUpdateData | null {
    return this.#confirmed();
  }

  confirmedPrices(): readonly ConfirmedPrice[] {
    return this.#prices;
  }

  confirmedWindows(): ConfirmedWindows {
    return this.#windows;
  }

  /** That nothing fresh comes from an analyzer. */
  ageReasons(): readonly ReadinessReason[] {
    return this.#isFresh() ? [] : reasonsOfAge(this.#situation());
  }

  readinessReasons(): readonly ShownReason[] {
    const situation = this.#situation();
    const reasons: ShownReason[] = this.#isFresh() ? [] : [...reasonsOfNats(situation), ...this.ageReasons()];
    const own = new Set(reasons.map(({ code }) => code));
    // The analyzer's own reasons are as old as the rest.
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
    // What fails to be read is no reason to turn clients away while what they are shown is fresh.
    return this.#isFresh() ? [...reasonsOfNats(this.#situation()), ...theirs] : theirs;
  }

  analyzer(): ShownAnalyzer | null {
    const { ageSeconds, epoch } = this.#situation();
    const origin = this.#origin;
    if (origin === null || ageSeconds === null || epoch === null) return null;
    return { name: origin.analyzer, epoch, term: origin.term, age_seconds: ageSeconds };
  }

  evidence(): EvidenceResponse | null {
    return this.#live?.evidence ?? null;
  }

  #isFresh(): boolean {
    const { stale, ageSeconds } = this.#situation();
    return !stale && ageSeconds !== null;
  }
}

/** The causes that are known: no connection, or what NATS answered. */
function reasonsOfNats({ disconnected, faults }: EdgeSituation): ReadinessReason[] {
  return disconnected === null ? [...faults] : [disconnected];
}

/** That nothing comes, and who should have published it. */
function reasonsOfAge({
  disconnected,
  faults,
  lease,
  stale,
  ageSeconds,
  isAgeKnown,
}: EdgeSituation): ReadinessReason[] {
  if (ageSeconds === null) {
    // Where the lease could not be read it is not known whether there is an analyzer.
    if (disconnected !== null || lease === undefined) return [];
    return [{ code: "no_analyzer", message: absenceText(lease) }];
  }
  if (!stale) return [];
  const age = `${isAgeKnown ? "" : "by the analyzer's wall clock "}the newest update is ${ageSeconds.toFixed(1)} s old`;
  const isLeaseKnown = disconnected === null && lease != null && !faults.some(({ code }) => code !== "bus_no_answer");
  return [{ code: "analyzer_lost", message: isLeaseKnown ? `${age}; ${holderText(lease)}` : age }];
}

function absenceText(lease: KnownLease | null): string {
  return lease === null
    ? "no analyzer has published on this NATS server under this --bus-name"
    : `no update has come yet; ${holderText(lease)}`;
}

function holderText({ analyzer, released, unchangedMs }: KnownLease): string {
  if (released) return `analyzer ${analyzer} has stopped publishing`;
  return unchangedMs < RENEWED_MS
    ? `analyzer ${analyzer} holds the lease`
    : `analyzer ${analyzer} has not renewed its lease for ${(unchangedMs / 1000).toFixed(0)} s`;
}

function shownWindow(window: ConfirmedWindow | null): ShownWindow | null {
  if (window === null) return null;
  const { price, low, high, confidence, status, engine, amounts } = window;
  return {
    ...{ price, low, high, confidence, status, engine, amounts },
    day: window.date,
    firstHeight: window.first_height,
    lastHeight: window.last_height,
    time: window.block_timestamp,
  };
}
