import { type BusLease, ContractError } from "@utxoracle/models";
import type { Logger } from "pino";
import { budgets } from "../../config/budgets.ts";
import { BusError } from "../bus/bus-error.ts";
import { type BusFault, BusFaults } from "../bus/bus-faults.ts";
import type { BusKey } from "../bus/bus-names.ts";
import type { AnalyzerClock } from "./analyzer-clock.ts";
import { type BusReader, originOf, type RawDelta, type ReadLease, readDelta } from "./bus-reader.ts";
import { type EarlyDelta, EarlyDeltas } from "./early-deltas.ts";
import type { EdgeConfirmed } from "./edge-confirmed.ts";
import type { EdgeMetrics, EdgeProblem } from "./edge-metrics.ts";
import type { EdgeState } from "./edge-state.ts";
import type { LiveFollower } from "./live-follower.ts";

/** How often the live state is read although no delta is missing, ms: evidence, reasons and the true numbers are in it. */
const STATE_PERIOD_MS = 2000;
/** How long a lease of an earlier revision is left out, ms: a server that has not caught up may answer with one. */
const EARLIER_LEASE_MS = 5000;
const SECOND_MS = 1000;

export interface EdgeSessionOptions {
  readonly reader: BusReader;
  readonly follower: LiveFollower;
  readonly clock: AnalyzerClock;
  readonly confirmed: EdgeConfirmed;
  readonly edgeState: EdgeState;
  readonly metrics: EdgeMetrics;
  readonly log: Logger;
  /** Called when the clock has learned the analyzer's time. */
  readonly onClock: () => void;
  /** Called with the analyzer's time between two updates, ms. */
  readonly onInterval: (intervalMs: number) => void;
  /** Milliseconds of a clock that never goes back. */
  readonly now: () => number;
}

/** The lease as an edge knows it. */
export interface KnownLease {
  readonly analyzer: string;
  /** Whether it was given back. */
  readonly released: boolean;
  /** Since when its revision has not changed, ms. */
  readonly unchangedMs: number;
}

/**
 * Brings what comes over NATS to the rest of the edge: deltas as they arrive, and at every step what the bucket has that is
 * missing here. The lease in the bucket says whose messages count; what messages say of themselves does not.
 */
export class EdgeSession {
  readonly #options: EdgeSessionOptions;
  readonly #faults: BusFaults<EdgeProblem>;
  readonly #early = new EarlyDeltas();
  #lease: (ReadLease & { readonly since: number; readonly readAt: number }) | null = null;
  /** Whether the bucket was read and has no lease. */
  #hasNoLease = false;
  #stateReadAtMs = Number.NEGATIVE_INFINITY;
  /** When a state that could not be used is read again, ms. */
  readonly #retryAtMs = new Map<BusKey, number>();
  #history = { term: 0, number: 0 };
  /** The run of an analyzer whose answer is waited for. */
  #asked: string | null = null;
  #second = { startedAtMs: Number.NEGATIVE_INFINITY, parsed: 0 };

  constructor(options: EdgeSessionOptions) {
    this.#options = options;
    const { metrics, log, now } = options;
    this.#faults = new BusFaults({ count: (what) => metrics.problems.inc({ what }), log, now });
  }

  /** What could not be read at the last attempt, each cause once. */
  get faults(): readonly BusFault[] {
    return this.#faults.all;
  }

  /** The lease read last; null when there is none, undefined before the first answer. */
  get lease(): KnownLease | null | undefined {
    if (this.#lease === null) return this.#hasNoLease ? null : undefined;
    const { lease, since } = this.#lease;
    return { analyzer: lease.analyzer, released: lease.released, unchangedMs: this.#options.now() - since };
  }

  /** A message of the live subject. */
  delta(raw: RawDelta): void {
    const { follower, metrics } = this.#options;
    if (raw.data.byteLength > budgets.natsDelta.bytes) {
      metrics.deltas.inc({ verdict: "too_large" });
      return;
    }
    this.#guarded(() => {
      const origin = originOf(raw);
      // A copy: it outlives the reader's buffer that it is a part of.
      const data = Buffer.from(raw.data);
      if (origin.term === follower.leader?.term) this.#take({ origin, data });
      else {
        this.#early.add({ origin, data });
        metrics.deltas.inc({ verdict: "other_term" });
      }
    });
  }

  /** Reads who leads and what is missing. @throws {Error} one that is not of NATS. */
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

  /** Whether a lease counts that was read. */
  #accept(read: ReadLease): boolean {
    const now = this.#options.now();
    const before = this.#lease;
    if (before !== null && read.revision < before.revision && now - before.readAt < EARLIER_LEASE_MS) return false;
    const since = before?.revision === read.revision ? before.since : now;
    this.#lease = { ...read, since, readAt: now };
    return true;
  }

  #follow({ term, epoch }: BusLease): void {
    const { follower } = this.#options;
    follower.follow({ term, epoch });
    for (const delta of this.#early.takeOf(term)) this.#guarded(() => this.#take(delta));
  }

  /** @throws {ContractError | BusError} when it is not an update. */
  #take({ origin, data }: EarlyDelta): void {
    const { follower, clock, edgeState, metrics, now } = this.#options;
    if (now() - this.#second.startedAtMs >= SECOND_MS) this.#second = { startedAtMs: now(), parsed: 0 };
    this.#second.parsed += 1;
    if (this.#second.parsed > budgets.natsDeltaRate.count) {
      metrics.deltas.inc({ verdict: "flood" });
      return;
    }
    const update = readDelta(data);
    const { epoch } = update.data;
    const verdict = follower.delta(update, data);
    metrics.deltas.inc({ verdict });
    if (verdict === "applied") edgeState.cameFrom(origin);
    if (verdict !== "other_leader" && !clock.knows(epoch)) void this.#askClock(epoch);
  }

  /** A message that is not as its contract says is counted and left out. */
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
    const { follower, edgeState, now, onInterval } = this.#options;
    if (!follower.needsState && now() - this.#stateReadAtMs < STATE_PERIOD_MS) return;
    const state = await this.#read("live", (reader) => reader.live());
    if (state == null || state.term !== term || state.update.data.epoch !== epoch) return;
    this.#stateReadAtMs = now();
    onInterval(state.interval_ms);
    edgeState.liveState(state);
    if (follower.state(state.term, state.update) === "applied") edgeState.cameFrom(state);
    await this.#askClock(epoch);
  }

  /** Asks what time an analyzer has; the question before is void when it went to another one. */
  async #askClock(epoch: string): Promise<void> {
    if (this.#asked === epoch) return;
    const { reader, clock, now, onClock } = this.#options;
    this.#asked = epoch;
    const askedAtMs = now();
    try {
      const { uptime_seconds } = await reader.clock(epoch);
      if (this.#asked !== epoch) return;
      clock.answered(epoch, uptime_seconds, askedAtMs / 1000, now() / 1000);
      this.#faults.succeeded("clock");
      onClock();
    } catch (error) {
      this.#faults.failed("clock", error);
    } finally {
      if (this.#asked === epoch) this.#asked = null;
    }
  }

  async #readConfirmed({ term, confirmed_number: number }: BusLease): Promise<void> {
    const { confirmed } = this.#options;
    if (!confirmed.isNews(term, number)) return;
    const state = await this.#readNamed("confirmed", { term, number }, (reader) => reader.confirmed());
    if (state !== null) confirmed.take(state);
  }

  async #readHistory({ term, history_number: number }: BusLease): Promise<void> {
    const held = this.#history;
    if (number === 0 || (term === held.term && number === held.number)) return;
    const state = await this.#readNamed("history", { term, number }, (reader) => reader.history());
    if (state === null) return;
    this.#history = { term, number };
    this.#options.edgeState.history(state);
  }

  /** The state that the lease names; null when there is another one, which is read again later. */
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

  /** @returns undefined when it could not be read. */
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
