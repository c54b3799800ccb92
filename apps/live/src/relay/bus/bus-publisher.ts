import type {
  BusConfirmedState,
  BusHistoryState,
  BusLiveState,
  ConfirmedUpdate,
  MempoolUpdate,
} from "@utxoracle/models";
import type { Logger } from "pino";
import { windowAnswer } from "../../serve/http/confirmed-answer.ts";
import type { OutputPort } from "../../serve/output-port.ts";
import type { Publication } from "../../state/publication.ts";
import { readinessReasonsOf } from "../../state/readiness.ts";
import type {
  ConfirmedPrice,
  ConfirmedWindows,
  ServiceState,
  ShownReason,
  ShownWindow,
} from "../../state/service-state.ts";
import type { BusBucket } from "./bus-bucket.ts";
import { type BusFault, BusFaults } from "./bus-faults.ts";
import type { BusMetrics, PublishedKind, StateKey } from "./bus-metrics.ts";
import type { LeaseHolder, LeaseKeeper, LeaseRole } from "./lease-keeper.ts";
import { StateWriter } from "./state-writer.ts";

/** How often the whole live state is written, ms: who missed a delta waits for it so long at most. */
const LIVE_STATE_PERIOD_MS = 2000;
/** How often it is checked that the states written last still stand, ms: anyone who may write can replace them. */
const CHECK_PERIOD_MS = 30_000;
/** States that are written only when they change. */
const LASTING_STATES = ["confirmed", "history"] as const satisfies readonly StateKey[];
/** What a state may say of the analyzer: so many remarks, each of so many characters. */
const REMARKS_MAX = 32;
const REMARK_CHARACTERS_MAX = 1000;

/** Sends a delta to whoever listens; nobody may. @returns whether there was a connection to send it on. */
export type SendDelta = (message: string, origin: { readonly analyzer: string; readonly term: number }) => boolean;

export interface BusPublisherOptions {
  readonly send: SendDelta;
  readonly bucket: BusBucket;
  readonly keeper: LeaseKeeper;
  readonly state: Pick<ServiceState, "readinessReasons" | "confirmedPrices" | "confirmedWindows" | "evidence">;
  /** The analyzer's notices, without those about the bus. */
  readonly notices: () => readonly ShownReason[];
  readonly analyzer: string;
  readonly intervalMs: number;
  readonly metrics: BusMetrics;
  readonly log: Logger;
  /** Milliseconds of a clock that never goes back. */
  readonly now: () => number;
}

/**
 * The service's messages on the bus, while this analyzer leads: deltas on the subject as they are made, the states in the
 * bucket. Nothing waits for the bus and nothing piles up: without a connection or the lease a message is left out, and the
 * edges begin anew with the next state.
 */
export class BusPublisher implements OutputPort {
  readonly #options: BusPublisherOptions;
  readonly #writers: Readonly<Record<StateKey, StateWriter>>;
  readonly #faults: BusFaults<PublishedKind>;
  #checkedAtMs: number;
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
    const { log, now, metrics, keeper } = options;
    this.#faults = new BusFaults({ count: (what) => metrics.problems.inc({ what }), log, now });
    this.#checkedAtMs = now();
    const writer = (key: StateKey): StateWriter =>
      new StateWriter({
        bucket: options.bucket,
        key,
        term: () => keeper.term,
        confirmLease: () => keeper.confirm(),
        onWritten: ({ term, number = 0 }, packedBytes) => {
          this.#written.set(key, { term, number });
          this.#faults.succeeded(key);
          metrics.states.inc({ key });
          metrics.stateBytes.set({ key }, packedBytes);
        },
        onProblem: (error) => this.#faults.failed(key, error),
      });
    this.#writers = { live: writer("live"), confirmed: writer("confirmed"), history: writer("history") };
  }

  live({ delta, snapshot }: Publication<MempoolUpdate>): void {
    this.#live = snapshot;
    const { keeper, analyzer, send, metrics, now } = this.#options;
    const { term } = keeper;
    if (term === null) return;
    try {
      if (!send(JSON.stringify(delta), { analyzer, term })) return;
      metrics.deltas.inc();
      this.#faults.succeeded("delta");
    } catch (error) {
      this.#faults.failed("delta", error);
    }
    if (term !== this.#liveTerm || now() - this.#liveWrittenAtMs >= LIVE_STATE_PERIOD_MS)
      this.#writeLive(term, snapshot);
  }

  confirmed(publication: Publication<ConfirmedUpdate>): void {
    this.#confirmed = { number: (this.#confirmed?.number ?? 0) + 1, publication };
    this.#writeDue();
  }

  /** What the lease is to say of this analyzer. */
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

  /** Why the lease could not be read or written at the last attempt. */
  get leaseFault(): BusFault | null {
    return this.#faults.of("lease");
  }

  /** What could not be published at the last attempt, each cause once. */
  get faults(): readonly BusFault[] {
    return this.#faults.all;
  }

  /** Renews or looks after the lease, and writes what the bucket lacks. @throws {Error} one that is not of NATS. */
  async step(): Promise<void> {
    try {
      await this.#options.keeper.step();
      this.#faults.succeeded("lease");
    } catch (error) {
      this.#faults.failed("lease", error);
    }
    this.#tellRole();
    const { term } = this.#options.keeper;
    // A new leader's edges wait for its first state: it need not wait for the next tick.
    if (term !== null && term !== this.#liveTerm && this.#live !== null) this.#writeLive(term, this.#live);
    this.#noticeHistory();
    if (term !== null) await this.#checkStates();
    this.#writeDue();
  }

  /** A state that someone replaced is written again, under a number of its own, so that the edges read it again. */
  async #checkStates(): Promise<void> {
    const { now } = this.#options;
    if (now() - this.#checkedAtMs < CHECK_PERIOD_MS) return;
    this.#checkedAtMs = now();
    for (const key of LASTING_STATES)
      try {
        if (await this.#writers[key].isUnchanged()) continue;
        this.#options.log.warn({ key }, "the state in the NATS bucket was replaced; writing it again");
        if (key === "confirmed" && this.#confirmed !== null)
          this.#confirmed = { ...this.#confirmed, number: this.#confirmed.number + 1 };
        if (key === "history" && this.#history !== null)
          this.#history = { ...this.#history, number: this.#history.number + 1 };
      } catch (error) {
        this.#faults.failed(key, error);
      }
  }

  #writeLive(term: number, update: MempoolUpdate): void {
    this.#liveTerm = term;
    this.#liveWrittenAtMs = this.#options.now();
    this.#writers.live.offer((current) => this.#liveState(current, update));
  }

  #liveState(term: number, update: MempoolUpdate): BusLiveState {
    const { analyzer, state, notices, intervalMs } = this.#options;
    return {
      analyzer,
      term,
      interval_ms: intervalMs,
      update,
      reasons: bounded(beyond(update, state.readinessReasons())),
      notices: bounded(notices()),
      evidence: state.evidence(),
    };
  }

  #noticeHistory(): void {
    const { state } = this.#options;
    const prices = state.confirmedPrices();
    const { lastBlocks, lastDay } = state.confirmedWindows();
    const before = this.#history;
    if (before?.prices === prices && before.windows.lastBlocks === lastBlocks && before.windows.lastDay === lastDay)
      return;
    this.#history = { number: (before?.number ?? 0) + 1, prices, windows: { lastBlocks, lastDay } };
  }

  /** Offers the states that are newer than what the bucket has of this term: news, a new term, or a write that failed. */
  #writeDue(): void {
    const { analyzer, keeper } = this.#options;
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
          analyzer,
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
          analyzer,
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
    const fields = { role, leader: leader?.analyzer ?? null, term: leader?.term ?? null };
    if (role === "excluded")
      log.warn(
        { ...fields, source: leader?.source, chain: leader?.chain },
        "the NATS bucket belongs to another market: choose another --bus-name",
      );
    else log.info(fields, role === "leader" ? "publishing on NATS" : "not publishing on NATS");
  }
}

/** The reasons that the update itself does not give: it comes twice a second, and what it says anew replaces the old. */
function beyond({ data }: MempoolUpdate, reasons: readonly ShownReason[]): ShownReason[] {
  const given = new Set<string>(readinessReasonsOf(data).map(({ code }) => code));
  return reasons.filter(({ code }) => !given.has(code));
}

function bounded(remarks: readonly ShownReason[]): ShownReason[] {
  return remarks
    .slice(0, REMARKS_MAX)
    .map(({ code, message }) => ({ code, message: message.slice(0, REMARK_CHARACTERS_MAX) }));
}

function orNull(window: ShownWindow | null): ReturnType<typeof windowAnswer> | null {
  return window === null ? null : windowAnswer(window);
}
