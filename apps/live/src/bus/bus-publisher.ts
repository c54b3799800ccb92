import type {
  BusConfirmedState,
  BusHistoryState,
  BusLiveState,
  ConfirmedUpdate,
  MempoolUpdate,
} from "@utxoracle/models";
import type { Logger } from "pino";
import { windowAnswer } from "../http/confirmed-answer.ts";
import type {
  ConfirmedPrice,
  ConfirmedWindows,
  PriceBoard,
  ReadinessReason,
  ShownWindow,
} from "../http/price-board.ts";
import { readinessReasonsOf } from "../http/readiness.ts";
import { RepeatFilter } from "../logging/repeat-filter.ts";
import type { OutputPort } from "../publication/output-port.ts";
import type { Publication } from "../publication/publication.ts";
import type { BusBucket } from "./bus-bucket.ts";
import type { BusMetrics, StateKey } from "./bus-metrics.ts";
import type { LeaseHolder, LeaseKeeper, LeaseRole } from "./lease-keeper.ts";
import { problemText } from "./problem-text.ts";
import { StateWriter } from "./state-writer.ts";

/** How often the whole live state is written, ms: who missed a delta waits for it so long at most. */
const LIVE_STATE_PERIOD_MS = 2000;
/** One line at most in this time about one kind of problem, ms. */
const PROBLEM_PERIOD_MS = 30_000;

/** Sends a delta to whoever listens; nobody may. @returns whether there was a connection to send it on. */
export type SendDelta = (message: string, origin: { readonly analyser: string; readonly term: number }) => boolean;

export interface BusPublisherOptions {
  readonly send: SendDelta;
  readonly bucket: BusBucket;
  readonly keeper: LeaseKeeper;
  readonly board: Pick<PriceBoard, "readinessReasons" | "confirmedPrices" | "confirmedWindows" | "evidence">;
  /** The analyser's notices, without those about the bus. */
  readonly notices: () => readonly ReadinessReason[];
  readonly analyser: string;
  readonly intervalMs: number;
  readonly metrics: BusMetrics;
  readonly log: Logger;
  /** Milliseconds of a clock that never goes back. */
  readonly now: () => number;
}

/**
 * The service's messages on the bus, while this analyser leads: deltas on the subject as they are made, the states in the
 * bucket. Nothing waits for the bus and nothing piles up: without a connection or the lease a message is left out, and the
 * edges begin anew with the next state.
 */
export class BusPublisher implements OutputPort {
  readonly #options: BusPublisherOptions;
  readonly #writers: Readonly<Record<StateKey, StateWriter>>;
  readonly #problems: RepeatFilter;
  #live: MempoolUpdate | null = null;
  #liveWrittenAtMs = Number.NEGATIVE_INFINITY;
  #liveTerm: number | null = null;
  #confirmed: { readonly number: number; readonly publication: Publication<ConfirmedUpdate> } | null = null;
  #history: { number: number; prices: readonly ConfirmedPrice[]; windows: ConfirmedWindows } | null = null;
  /** The states that stand in the bucket, of which term. */
  readonly #written = new Map<StateKey, { readonly term: number; readonly number: number }>();
  #toldRole: LeaseRole | null = null;

  constructor(options: BusPublisherOptions) {
    this.#options = options;
    this.#problems = new RepeatFilter(PROBLEM_PERIOD_MS, options.now);
    const writer = (key: StateKey): StateWriter =>
      new StateWriter({
        bucket: options.bucket,
        key,
        term: () => options.keeper.term,
        onWritten: ({ term, number = 0 }, packedBytes) => {
          this.#written.set(key, { term, number });
          options.metrics.states.inc({ key });
          options.metrics.stateBytes.set({ key }, packedBytes);
        },
        onProblem: (error) => this.#problem(key, error),
      });
    this.#writers = { live: writer("live"), confirmed: writer("confirmed"), history: writer("history") };
  }

  live({ delta, snapshot }: Publication<MempoolUpdate>): void {
    this.#live = snapshot;
    const { keeper, analyser, send, metrics, now } = this.#options;
    const { term } = keeper;
    if (term === null) return;
    try {
      if (!send(JSON.stringify(delta), { analyser, term })) return;
      metrics.deltas.inc();
    } catch (error) {
      this.#problem("delta", error);
    }
    if (term !== this.#liveTerm || now() - this.#liveWrittenAtMs >= LIVE_STATE_PERIOD_MS)
      this.#writeLive(term, snapshot);
  }

  confirmed(publication: Publication<ConfirmedUpdate>): void {
    this.#confirmed = { number: (this.#confirmed?.number ?? 0) + 1, publication };
    this.#writeDue();
  }

  /** What the lease is to say of this analyser. */
  holder(): Pick<LeaseHolder, "chain" | "fit" | "confirmed_number" | "history_number"> {
    const live = this.#live?.data ?? null;
    const term = this.#options.keeper.term;
    const numberOf = (key: StateKey): number => {
      const written = this.#written.get(key);
      return written?.term === term ? written.number : 0;
    };
    return {
      chain: live?.chain ?? null,
      fit: live !== null && live.node.connected !== false && live.status !== "warming_up" && live.status !== "stale",
      confirmed_number: numberOf("confirmed"),
      history_number: numberOf("history"),
    };
  }

  /** Renews or looks after the lease, and writes what the bucket lacks. Never throws. */
  async step(): Promise<void> {
    try {
      await this.#options.keeper.step();
    } catch (error) {
      this.#problem("lease", error);
    }
    this.#tellRole();
    const { term } = this.#options.keeper;
    // A new leader's edges wait for its first state: it need not wait for the next tick.
    if (term !== null && term !== this.#liveTerm && this.#live !== null) this.#writeLive(term, this.#live);
    this.#noticeHistory();
    this.#writeDue();
  }

  #writeLive(term: number, update: MempoolUpdate): void {
    this.#liveTerm = term;
    this.#liveWrittenAtMs = this.#options.now();
    this.#writers.live.offer((current) => this.#liveState(current, update));
  }

  #liveState(term: number, update: MempoolUpdate): BusLiveState {
    const { analyser, board, notices, intervalMs } = this.#options;
    return {
      analyser,
      term,
      interval_ms: intervalMs,
      update,
      reasons: beyond(update, board.readinessReasons()),
      notices: [...notices()],
      evidence: board.evidence(),
    };
  }

  #noticeHistory(): void {
    const { board } = this.#options;
    const prices = board.confirmedPrices();
    const { lastBlocks, lastDay } = board.confirmedWindows();
    const before = this.#history;
    if (before?.prices === prices && before.windows.lastBlocks === lastBlocks && before.windows.lastDay === lastDay)
      return;
    this.#history = { number: (before?.number ?? 0) + 1, prices, windows: { lastBlocks, lastDay } };
  }

  /** Offers the states that are newer than what the bucket has of this term: news, a new term, or a write that failed. */
  #writeDue(): void {
    const { analyser, keeper } = this.#options;
    const { term } = keeper;
    if (term === null) return;
    const isWritten = (key: StateKey, number: number): boolean => {
      const written = this.#written.get(key);
      return written?.term === term && written.number === number;
    };
    const confirmed = this.#confirmed;
    if (confirmed !== null && !isWritten("confirmed", confirmed.number)) {
      const { number, publication } = confirmed;
      const { snapshot, delta } = publication;
      this.#writers.confirmed.offer(
        (current): BusConfirmedState => ({
          analyser,
          term: current,
          number,
          snapshot,
          delta: delta.data.snapshot ? null : delta,
        }),
      );
    }
    const history = this.#history;
    if (history !== null && !isWritten("history", history.number)) {
      const { number, prices, windows } = history;
      this.#writers.history.offer(
        (current): BusHistoryState => ({
          analyser,
          term: current,
          number,
          timestamps: prices.map(({ timestamp }) => timestamp),
          prices: prices.map(({ price }) => price),
          last_144_blocks: orNull(windows.lastBlocks),
          last_day: orNull(windows.lastDay),
        }),
      );
    }
  }

  #tellRole(): void {
    const { keeper, log } = this.#options;
    const { role, leader } = keeper;
    if (role === this.#toldRole) return;
    this.#toldRole = role;
    const fields = { role, leader: leader?.analyser ?? null, term: leader?.term ?? null };
    if (role === "excluded")
      log.warn(
        { ...fields, source: leader?.source, chain: leader?.chain },
        "the bus belongs to another market: choose another --bus-name",
      );
    else
      log.info(
        fields,
        role === "leader" ? "this analyser publishes on the bus" : "this analyser does not publish on the bus",
      );
  }

  #problem(what: "delta" | "lease" | StateKey, error: unknown): void {
    this.#options.metrics.problems.inc({ what });
    const suppressed = this.#problems.admit(what);
    if (suppressed !== null)
      this.#options.log.warn(
        { what, problem: problemText(error), also_since_last_line: suppressed },
        "the bus did not take something",
      );
  }
}

/** The reasons that the update itself does not give: it comes twice a second, and what it says anew replaces the old. */
function beyond({ data }: MempoolUpdate, reasons: readonly ReadinessReason[]): ReadinessReason[] {
  const given = new Set(readinessReasonsOf(data).map(({ code }) => code));
  return reasons.filter(({ code }) => !given.has(code));
}

function orNull(window: ShownWindow | null): ReturnType<typeof windowAnswer> | null {
  return window === null ? null : windowAnswer(window);
}
