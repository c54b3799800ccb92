import type {
  BusHistoryState,
  BusLease,
  BusLiveState,
  ConfirmedUpdateData,
  ConfirmedWindow,
  EvidenceAnswer,
  MempoolUpdateData,
} from "@utxoracle/models";
import type {
  ConfirmedPrice,
  ConfirmedWindows,
  PriceBoard,
  ReadinessReason,
  ShownAnalyser,
  ShownWindow,
  WindowCounts,
} from "../http/price-board.ts";
import { readinessReasonsOf } from "../http/readiness.ts";

/** What the board asks of the rest of the edge. */
export interface EdgeSituation {
  readonly connected: boolean;
  /** Why there is no connection. */
  readonly problem: string | null;
  /** Whether readers are told that nothing comes. */
  readonly stale: boolean;
  /** Age of the newest update, seconds; null before the first. */
  readonly ageSeconds: number | null;
  /** Whether the analyser has answered what time it has; else the age is by its wall clock. */
  readonly isAgeKnown: boolean;
  /** Epoch of the analyser that it came from. */
  readonly epoch: string | null;
}

/** What an edge's routes and metrics read: what came over the bus, as it is shown to the readers. */
export class EdgeBoard implements PriceBoard {
  readonly #situation: () => EdgeSituation;
  readonly #confirmed: () => ConfirmedUpdateData | null;
  readonly #steadyNow: () => number;
  #shown: { readonly data: MempoolUpdateData; readonly trueAt: number } | null = null;
  #live: BusLiveState | null = null;
  #prices: readonly ConfirmedPrice[] = [];
  #windows: ConfirmedWindows = { lastBlocks: null, lastDay: null };
  #origin: Pick<BusLease, "analyser" | "term"> | null = null;

  /** @param steadyNow seconds of a clock that never goes back. */
  constructor(situation: () => EdgeSituation, confirmed: () => ConfirmedUpdateData | null, steadyNow: () => number) {
    this.#situation = situation;
    this.#confirmed = confirmed;
    this.#steadyNow = steadyNow;
  }

  /** The update that readers have just been sent, and when it was true. */
  showed(data: MempoolUpdateData, trueAt: number): void {
    this.#shown = { data, trueAt };
  }

  /** Whose update was taken last. */
  cameFrom(origin: Pick<BusLease, "analyser" | "term">): void {
    this.#origin = origin;
  }

  liveState(state: BusLiveState): void {
    this.#live = state;
  }

  history({ timestamps, prices, last_144_blocks, last_day }: BusHistoryState): void {
    this.#prices = timestamps.map((timestamp, index) => ({ timestamp, price: prices[index] as number }));
    this.#windows = { lastBlocks: shownWindow(last_144_blocks), lastDay: shownWindow(last_day) };
  }

  /** The analyser's clock: the time of what was shown last, and how old that is. A replay's stands at its record. */
  now(): number {
    const shown = this.#shown;
    if (shown === null) return Date.now() / 1000;
    const { timestamp, source } = shown.data;
    return source === "replay" ? timestamp : timestamp + this.#steadyNow() - shown.trueAt;
  }

  latest(): MempoolUpdateData | null {
    return this.#shown?.data ?? null;
  }

  /** The window is the analyser's, and so is its bookkeeping. */
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

  readinessReasons(): readonly ReadinessReason[] {
    const { stale, ageSeconds, isAgeKnown } = this.#situation();
    const reasons = this.#isFresh() ? [] : this.#disconnected();
    if (ageSeconds === null)
      reasons.push({
        code: "no_analyser",
        message: "nothing has come from an analyser yet: is one running with --bus?",
      });
    else if (stale)
      reasons.push({
        code: "analyser_lost",
        message: isAgeKnown
          ? `nothing fresh comes from the analyser: the newest is ${ageSeconds.toFixed(1)} s old`
          : `no analyser answers what time it has; by its wall clock the newest is ${ageSeconds.toFixed(1)} s old`,
      });
    const own = new Set(reasons.map(({ code }) => code));
    // The analyser's own reasons are as old as the rest.
    const theirs = stale ? [] : (this.#live?.reasons ?? []);
    for (const reason of [...readinessReasonsOf(this.latest()), ...theirs]) {
      if (own.has(reason.code)) continue;
      own.add(reason.code);
      reasons.push(reason);
    }
    return reasons;
  }

  notices(): readonly ReadinessReason[] {
    const theirs = this.#live?.notices ?? [];
    // A connection that is being made anew is no reason to turn readers away while what they are shown is fresh.
    return this.#isFresh() ? [...this.#disconnected(), ...theirs] : theirs;
  }

  analyser(): ShownAnalyser | null {
    const { ageSeconds, epoch } = this.#situation();
    const origin = this.#origin;
    if (origin === null || ageSeconds === null || epoch === null) return null;
    return { name: origin.analyser, epoch, term: origin.term, age_seconds: ageSeconds };
  }

  evidence(): EvidenceAnswer | null {
    return this.#live?.evidence ?? null;
  }

  #isFresh(): boolean {
    const { stale, ageSeconds } = this.#situation();
    return !stale && ageSeconds !== null;
  }

  #disconnected(): ReadinessReason[] {
    const { connected, problem } = this.#situation();
    if (connected) return [];
    return [{ code: "bus_disconnected", message: `no connection to the bus: ${problem ?? "not yet"}` }];
  }
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
