import { type BusLease, type BusOrigin, ContractError } from "@utxoracle/models";
import type { Logger } from "pino";
import { budgets } from "../../config/budgets.ts";
import { BusError } from "../bus/bus-error.ts";
import { type BusFault, BusFaults } from "../bus/bus-faults.ts";
import type { BusKey } from "../bus/bus-names.ts";
import { NewestUpdates } from "../bus/newest-updates.ts";
import type { AnalyzerClock } from "./analyzer-clock.ts";
import type { AskAnalyzer } from "./ask-analyzer.ts";
import { type BusReader, originOf, type RawDelta, type ReadLease, readDelta } from "./bus-reader.ts";
import type { EdgeConfirmed } from "./edge-confirmed.ts";
import type { EdgeMetrics, EdgeProblem } from "./edge-metrics.ts";
import type { EdgeState } from "./edge-state.ts";
import type { LiveFollower } from "./live-follower.ts";

/**
 * Period of reading the live state while no delta is missing, ms: it has the evidence, reasons and
 * verified numbers.
 */
const STATE_PERIOD_MS = 2000;
/** Time to ignore a lease with a lower revision, ms: a replica that lags may return one. */
const LOWER_REVISION_MS = 5000;
const SECOND_MS = 1000;

export interface EdgeSessionOptions {
  readonly reader: BusReader;
  readonly analyzer: Pick<AskAnalyzer, "updates">;
  readonly follower: LiveFollower;
  readonly clock: AnalyzerClock;
  readonly confirmed: EdgeConfirmed;
  readonly edgeState: EdgeState;
  readonly metrics: EdgeMetrics;
  readonly log: Logger;
  /** Called after a clock response. */
  readonly onClock: () => void;
  /** Called with the analyzer's time between two updates, ms. */
  readonly onInterval: (intervalMs: number) => void;
  /** Monotonic clock, milliseconds. */
  readonly now: () => number;
}

/** The lease as read by an edge. */
export interface KnownLease {
  readonly analyzer: string;
  readonly released: boolean;
  /** Time since its revision changed, ms. */
  readonly unchangedMs: number;
}

/** An unparsed message of the live subject. */
interface EarlyDelta {
  readonly origin: BusOrigin;
  readonly bytes: Uint8Array;
}

/**
 * Receives deltas from NATS, asks for missed ones and reads missing states at every step, and
 * passes them to the rest of the edge. Trusts only messages with the term of the lease in the
 * bucket.
 */
export class EdgeSession {
  readonly #options: EdgeSessionOptions;
  readonly #faults: BusFaults<EdgeProblem>;
  /** Messages of other terms: those of a new leader may arrive before its lease is read. */
  readonly #early = new NewestUpdates<EarlyDelta>(budgets.natsWaiting);
  #lease: (ReadLease & { readonly since: number; readonly readAt: number }) | null = null;
  /** Whether the last read found no lease. */
  #hasNoLease = false;
  #stateReadAtMs = Number.NEGATIVE_INFINITY;
  /** Time of the next read of a state that was not usable, ms. */
  readonly #retryAtMs = new Map<BusKey, number>();
  #history = { term: 0, number: 0 };
  /** Epoch of the pending clock request. */
  #requestedClock: string | null = null;
  #second = { startedAtMs: Number.NEGATIVE_INFINITY, parsed: 0 };

  constructor(options: EdgeSessionOptions) {
    this.#options = options;
    const { metrics, log, now } = options;
    this.#faults = new BusFaults({ count: (what) => metrics.problems.inc({ what }), log, now });
  }

  /** Current faults without duplicate causes. */
  get faults(): readonly BusFault[] {
    return this.#faults.all;
  }

  /** The lease read last; null without a lease, undefined before the first response. */
  get lease(): KnownLease | null | undefined {
    if (this.#lease === null) return this.#hasNoLease ? null : undefined;
    const { lease, since } = this.#lease;
    return { analyzer: lease.analyzer, released: lease.released, unchangedMs: this.#options.now() - since };
  }

  /** Handles a message of the live subject. */
  onDelta(raw: RawDelta): void {
    const { follower, metrics } = this.#options;
    if (raw.data.byteLength > budgets.natsDelta.bytes) {
      metrics.deltas.inc({ verdict: "too_large" });
      return;
    }
    this.#guarded(() => {
      const origin = originOf(raw);
      // A copy, because the NATS client reuses its buffer.
      const bytes = Buffer.from(raw.data);
      if (origin.term === follower.leader?.term) this.#take({ origin, bytes });
      else {
        this.#early.add({ origin, bytes });
        metrics.deltas.inc({ verdict: "other_term" });
      }
    });
  }

  /** Reads the lease and missing states. @throws {Error} unless it is a {@link BusError}. */
  async step(): Promise<void> {
    const read = await this.#read("lease", (reader) => reader.lease());
    if (read === undefined) return;
    this.#hasNoLease = read === null;
    if (read === null || !this.#accept(read)) return;
    const { lease } = read;
    this.#follow(lease);
    await this.#readLive(lease);
    await this.#readConfirmed(lease);
    await this.#readHistory(lease);
  }

  /** Records a lease. @returns false for an outdated one. */
  #accept(read: ReadLease): boolean {
    const now = this.#options.now();
    const before = this.#lease;
    if (before !== null && read.revision < before.revision && now - before.readAt < LOWER_REVISION_MS) return false;
    const since = before?.revision === read.revision ? before.since : now;
    this.#lease = { ...read, since, readAt: now };
    return true;
  }

  #follow({ term, epoch }: BusLease): void {
    const { follower } = this.#options;
    follower.follow({ term, epoch });
    for (const delta of this.#early.take(({ origin }) => origin.term === term)) this.#guarded(() => this.#take(delta));
  }

  /** @throws {ContractError | BusError} for an invalid update. */
  #take({ origin, bytes }: EarlyDelta): void {
    const { follower, clock, edgeState, metrics, now } = this.#options;
    if (now() - this.#second.startedAtMs >= SECOND_MS) this.#second = { startedAtMs: now(), parsed: 0 };
    this.#second.parsed += 1;
    if (this.#second.parsed > budgets.natsDeltaRate.count) {
      metrics.deltas.inc({ verdict: "flood" });
      return;
    }
    const verdict = follower.onDelta(readDelta(bytes), bytes);
    metrics.deltas.inc({ verdict });
    if (verdict === "applied") edgeState.setOrigin(origin);
    const epoch = follower.leader?.epoch ?? null;
    if (verdict !== "other_leader" && epoch !== null && !clock.knows(epoch)) void this.#requestClock(epoch);
  }

  /** Counts and drops an invalid message. */
  #guarded(handle: () => void): void {
    try {
      handle();
      this.#faults.succeeded("delta");
    } catch (error) {
      if (!(error instanceof ContractError || error instanceof BusError)) throw error;
      this.#options.metrics.deltas.inc({ verdict: "invalid" });
      this.#faults.failed("delta", new BusError("invalid_value", error.message, { cause: error }));
    }
  }

  async #readLive({ term, epoch }: BusLease): Promise<void> {
    const { follower, analyzer, edgeState, now, onInterval } = this.#options;
    if (follower.needsState) {
      const missed = await analyzer.updates(epoch, follower.nextSeq);
      if (missed !== null) follower.onMissed(epoch, missed);
    }
    if (!follower.needsState && now() - this.#stateReadAtMs < STATE_PERIOD_MS) return;
    const state = await this.#read("live", (reader) => reader.live());
    if (state == null || state.term !== term || state.update.data.epoch !== epoch) return;
    this.#stateReadAtMs = now();
    onInterval(state.interval_ms);
    edgeState.setLiveState(state);
    if (follower.onState(state.term, state.update) === "applied") edgeState.setOrigin(state);
    await this.#requestClock(epoch);
  }

  /** Requests the analyzer's clock. Replaces a pending request to another analyzer. */
  async #requestClock(epoch: string): Promise<void> {
    if (this.#requestedClock === epoch) return;
    const { reader, clock, now, onClock } = this.#options;
    this.#requestedClock = epoch;
    const requestedAtMs = now();
    try {
      const { uptime_seconds } = await reader.clock(epoch);
      if (this.#requestedClock !== epoch) return;
      clock.onReading(epoch, uptime_seconds, requestedAtMs / 1000, now() / 1000);
      this.#faults.succeeded("clock");
      onClock();
    } catch (error) {
      this.#faults.failed("clock", error);
    } finally {
      if (this.#requestedClock === epoch) this.#requestedClock = null;
    }
  }

  async #readConfirmed({ term, confirmed_number: number }: BusLease): Promise<void> {
    const { confirmed } = this.#options;
    if (!confirmed.isNew(term, number)) return;
    const state = await this.#readNamed("confirmed", { term, number }, (reader) => reader.confirmed());
    if (state !== null) confirmed.onState(state);
  }

  async #readHistory({ term, history_number: number }: BusLease): Promise<void> {
    const held = this.#history;
    if (number === 0 || (term === held.term && number === held.number)) return;
    const state = await this.#readNamed("history", { term, number }, (reader) => reader.history());
    if (state === null) return;
    this.#history = { term, number };
    this.#options.edgeState.setHistory(state);
  }

  /**
   * @returns the state named by the lease; null if the bucket has another one, which is read again
   * later.
   */
  async #readNamed<T extends NamedState>(
    key: BusKey,
    named: NamedState,
    read: (reader: BusReader) => Promise<T | null>,
  ): Promise<T | null> {
    const { now } = this.#options;
    if (now() < (this.#retryAtMs.get(key) ?? 0)) return null;
    const state = await this.#read(key, read);
    if (state != null && state.term === named.term && state.number === named.number) return state;
    this.#retryAtMs.set(key, now() + STATE_PERIOD_MS);
    return null;
  }

  /** @returns undefined if reading failed. */
  async #read<T>(key: BusKey, read: (reader: BusReader) => Promise<T | null>): Promise<T | null | undefined> {
    try {
      const value = await read(this.#options.reader);
      if (value !== null) this.#options.metrics.states.inc({ key });
      this.#faults.succeeded(key);
      return value;
    } catch (error) {
      this.#faults.failed(key, error);
      return undefined;
    }
  }
}

interface NamedState {
  readonly term: number;
  readonly number: number;
}
