import type {
  BusConfirmedState,
  BusHistoryState,
  BusLiveState,
  ConfirmedPicture,
  MempoolSnapshot,
} from "@utxoracle/models";
import type { Logger } from "pino";
import { budgets } from "../../config/budgets.ts";
import { logLine } from "../../logging/log-line.ts";
import type { OutputPort } from "../../serve/output-port.ts";
import type { ConfirmedPublication, LivePublication } from "../../state/publication.ts";
import { readinessReasonsOf } from "../../state/readiness.ts";
import type { ConfirmedPrice, ConfirmedWindows, ServiceState, ShownReason } from "../../state/service-state.ts";
import { isFed } from "../../state/status.ts";
import type { BusBucket } from "./bus-bucket.ts";
import { type BusFault, BusFaults } from "./bus-faults.ts";
import type { BusMetrics, PublishedKind, StateKey } from "./bus-metrics.ts";
import type { LeaseHolder, LeaseKeeper, LeaseRole } from "./lease-keeper.ts";
import { NewestUpdates } from "./newest-updates.ts";
import { StateWriter } from "./state-writer.ts";

/** Period of writing the live state, ms. An edge that missed a delta waits at most this long. */
const LIVE_STATE_PERIOD_MS = 2000;
/**
 * Period of checking that the written states are unchanged, ms: any NATS user with access can
 * replace them.
 */
const CHECK_PERIOD_MS = 30_000;
/** States that are written only when they change. */
const ON_CHANGE_STATES = ["confirmed", "history"] as const satisfies readonly StateKey[];
/** Maximum number of reasons, and of notices, in a state. */
const REASONS_MAX = 32;
const REASON_CHARACTERS_MAX = 1000;

/** Publishes a delta. @returns false without a connection. */
export type SendDelta = (message: string, origin: { readonly analyzer: string; readonly term: number }) => boolean;

export interface BusPublisherOptions {
  readonly send: SendDelta;
  readonly bucket: BusBucket;
  readonly keeper: LeaseKeeper;
  readonly state: Pick<
    ServiceState,
    "readinessReasons" | "confirmedPrices" | "confirmedWindows" | "confirmedPicture" | "evidence"
  >;
  /** Notices of the analyzer, without those about NATS. */
  readonly notices: () => readonly ShownReason[];
  readonly analyzer: string;
  readonly intervalMs: number;
  readonly metrics: BusMetrics;
  readonly log: Logger;
  /** Monotonic clock, milliseconds. */
  readonly now: () => number;
}

/**
 * Publishes the service's messages on NATS while this analyzer leads: each delta on the subject,
 * and the states in the bucket. Never queues: without a connection or the lease it skips the
 * message, and the edges ask for it or continue from the next state.
 */
export class BusPublisher implements OutputPort {
  readonly #options: BusPublisherOptions;
  readonly #writers: Readonly<Record<StateKey, StateWriter>>;
  readonly #faults: BusFaults<PublishedKind>;
  #checkedAtMs: number;
  readonly #recent = new NewestUpdates<{ readonly seq: number; readonly bytes: Uint8Array }>(budgets.natsWaiting);
  #live: MempoolSnapshot | null = null;
  #liveWrittenAtMs = Number.NEGATIVE_INFINITY;
  #liveTerm: number | null = null;
  #confirmed: {
    readonly number: number;
    readonly publication: ConfirmedPublication;
    readonly picture: ConfirmedPicture | null;
  } | null = null;
  #history: { number: number; prices: readonly ConfirmedPrice[]; windows: ConfirmedWindows } | null = null;
  /** States in the bucket that this analyzer wrote. */
  readonly #written = new Map<StateKey, { readonly term: number; readonly number: number }>();
  #loggedRole: LeaseRole | null = null;

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

  live({ delta, snapshot }: LivePublication): void {
    this.#live = snapshot;
    const message = JSON.stringify(delta);
    this.#recent.add({ seq: delta.data.seq, bytes: Buffer.from(message) });
    const { keeper, analyzer, send, metrics, now } = this.#options;
    const { term } = keeper;
    if (term === null) return;
    try {
      if (!send(message, { analyzer, term })) return;
      metrics.deltas.inc();
      this.#faults.succeeded("delta");
    } catch (error) {
      this.#faults.failed("delta", error);
    }
    if (term !== this.#liveTerm || now() - this.#liveWrittenAtMs >= LIVE_STATE_PERIOD_MS)
      this.#writeLive(term, snapshot);
  }

  /** The latest deltas from a number on, published or not, for edges that missed them. */
  updatesFrom(from: number): string[] {
    return this.#recent.all.flatMap(({ seq, bytes }) => (seq >= from ? [new TextDecoder().decode(bytes)] : []));
  }

  confirmed(publication: ConfirmedPublication): void {
    const picture = this.#options.state.confirmedPicture();
    this.#confirmed = { number: (this.#confirmed?.number ?? 0) + 1, publication, picture };
    this.#writeDue();
  }

  /** Content of the lease about this analyzer. */
  holder(): Pick<LeaseHolder, "chain" | "fit" | "confirmed_number" | "history_number"> {
    const live = this.#live?.data ?? null;
    const term = this.#options.keeper.term;
    const numberOf = (key: StateKey): number => {
      const written = this.#written.get(key);
      return written?.term === term ? written.number : 0;
    };
    return {
      chain: live?.chain ?? null,
      fit: live !== null && live.node.connected !== false && isFed(live.status),
      confirmed_number: numberOf("confirmed"),
      history_number: numberOf("history"),
    };
  }

  /** Failure of the last attempt to read or write the lease. */
  get leaseFault(): BusFault | null {
    return this.#faults.of("lease");
  }

  /** Current faults without duplicate causes. */
  get faults(): readonly BusFault[] {
    return this.#faults.all;
  }

  /**
   * Renews or tries to acquire the lease, and writes missing states.
   * @throws {Error} unless it is a {@link BusError}.
   */
  async step(): Promise<void> {
    try {
      await this.#options.keeper.step();
      this.#faults.succeeded("lease");
    } catch (error) {
      this.#faults.failed("lease", error);
    }
    this.#logRole();
    const { term } = this.#options.keeper;
    // The edges of a new leader wait for its first state; do not wait for the next tick.
    if (term !== null && term !== this.#liveTerm && this.#live !== null) this.#writeLive(term, this.#live);
    this.#updateHistory();
    if (term !== null) await this.#checkStates();
    this.#writeDue();
  }

  /**
   * Writes a state again that another client replaced. Its new number makes the edges read it
   * again.
   */
  async #checkStates(): Promise<void> {
    const { now } = this.#options;
    if (now() - this.#checkedAtMs < CHECK_PERIOD_MS) return;
    this.#checkedAtMs = now();
    for (const key of ON_CHANGE_STATES)
      try {
        if (await this.#writers[key].isUnchanged()) continue;
        logLine(this.#options.log, "state in the NATS bucket was replaced; writing it again", { key });
        if (key === "confirmed" && this.#confirmed !== null)
          this.#confirmed = { ...this.#confirmed, number: this.#confirmed.number + 1 };
        if (key === "history" && this.#history !== null)
          this.#history = { ...this.#history, number: this.#history.number + 1 };
      } catch (error) {
        this.#faults.failed(key, error);
      }
  }

  #writeLive(term: number, update: MempoolSnapshot): void {
    this.#liveTerm = term;
    this.#liveWrittenAtMs = this.#options.now();
    this.#writers.live.offer((current) => this.#liveState(current, update));
  }

  #liveState(term: number, update: MempoolSnapshot): BusLiveState {
    const { analyzer, state, notices, intervalMs } = this.#options;
    return {
      analyzer,
      term,
      interval_ms: intervalMs,
      update,
      reasons: truncated(reasonsBeyond(update, state.readinessReasons())),
      notices: truncated(notices()),
      evidence: state.evidence(),
    };
  }

  #updateHistory(): void {
    const { state } = this.#options;
    const prices = state.confirmedPrices();
    const { lastBlocks, lastDay } = state.confirmedWindows();
    const before = this.#history;
    if (before?.prices === prices && before.windows.lastBlocks === lastBlocks && before.windows.lastDay === lastDay)
      return;
    this.#history = { number: (before?.number ?? 0) + 1, prices, windows: { lastBlocks, lastDay } };
  }

  /** Writes states that changed, belong to a new term, or whose last write failed. */
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
      const { number, publication, picture } = confirmed;
      const { snapshot, delta } = publication;
      this.#writers.confirmed.offer(
        (current): BusConfirmedState => ({
          analyzer,
          term: current,
          number,
          snapshot,
          delta: delta.data.snapshot ? null : delta,
          picture,
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
          last_144_blocks: windows.lastBlocks,
          last_day: windows.lastDay,
        }),
      );
    }
  }

  #logRole(): void {
    const { keeper, log } = this.#options;
    const { role, leader } = keeper;
    if (role === this.#loggedRole) return;
    this.#loggedRole = role;
    const fields = { role, leader: leader?.analyzer ?? null, term: leader?.term ?? null };
    if (role === "excluded")
      logLine(log, "NATS bucket belongs to another source or chain", {
        ...fields,
        source: leader?.source,
        chain: leader?.chain,
      });
    else logLine(log, role === "leader" ? "publishing on NATS" : "not publishing on NATS", fields);
  }
}

/** Reasons that an edge cannot derive from the update itself. */
function reasonsBeyond({ data }: MempoolSnapshot, reasons: readonly ShownReason[]): ShownReason[] {
  const given = new Set<string>(readinessReasonsOf(data).map(({ code }) => code));
  return reasons.filter(({ code }) => !given.has(code));
}

function truncated(reasons: readonly ShownReason[]): ShownReason[] {
  return reasons
    .slice(0, REASONS_MAX)
    .map(({ code, message }) => ({ code, message: message.slice(0, REASON_CHARACTERS_MAX) }));
}
