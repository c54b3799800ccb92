import type { BusLease } from "@utxoracle/models";
import type { Logger } from "pino";
import type { BusKey } from "../bus/bus-names.ts";
import { problemText } from "../bus/problem-text.ts";
import { RepeatFilter } from "../logging/repeat-filter.ts";
import type { AnalyserClock } from "./analyser-clock.ts";
import { type BusReader, type RawDelta, type ReadDelta, readDelta } from "./bus-reader.ts";
import type { EdgeBoard } from "./edge-board.ts";
import type { EdgeConfirmed } from "./edge-confirmed.ts";
import type { EdgeMetrics, EdgeProblem } from "./edge-metrics.ts";
import type { LiveFollower } from "./live-follower.ts";

/** How often the live state is read although no delta is missing, ms: the evidence and the analyser's reasons are in it. */
const STATE_PERIOD_MS = 2000;
/** One line at most in this time about one kind of problem, ms. */
const PROBLEM_PERIOD_MS = 30_000;

export interface EdgeSessionOptions {
  readonly reader: BusReader;
  readonly follower: LiveFollower;
  readonly clock: AnalyserClock;
  readonly confirmed: EdgeConfirmed;
  readonly board: EdgeBoard;
  readonly metrics: EdgeMetrics;
  readonly log: Logger;
  /** Told that the clock knows the analyser's time. */
  readonly onClock: () => void;
  /** Told the analyser's time between two updates, ms. */
  readonly onInterval: (intervalMs: number) => void;
  /** Milliseconds of a clock that never goes back. */
  readonly now: () => number;
}

/** What comes from the bus goes its ways: deltas as they arrive, and at every step what the bucket has that is missing here. */
export class EdgeSession {
  readonly #options: EdgeSessionOptions;
  readonly #problems: RepeatFilter;
  #stateReadAtMs = Number.NEGATIVE_INFINITY;
  #history = { term: 0, number: 0 };
  /** The run of an analyser whose answer is waited for. */
  #asked: string | null = null;

  constructor(options: EdgeSessionOptions) {
    this.#options = options;
    this.#problems = new RepeatFilter(PROBLEM_PERIOD_MS, options.now);
  }

  /** A message of the live subject. */
  delta(raw: RawDelta): void {
    const { follower, clock, board, metrics } = this.#options;
    let read: ReadDelta;
    try {
      read = readDelta(raw);
    } catch (error) {
      metrics.deltas.inc({ verdict: "invalid" });
      this.#problem("delta", error);
      return;
    }
    const { origin, update } = read;
    const { epoch } = update.data;
    const verdict = follower.delta(origin.term, update, raw.data);
    metrics.deltas.inc({ verdict });
    if (verdict === "applied") board.cameFrom(origin);
    if (verdict !== "old_term" && !clock.knows(epoch)) void this.#askClock(epoch);
  }

  /** Looks who leads and reads what is missing. Never throws. */
  async step(): Promise<void> {
    const lease = await this.#read("lease", (reader) => reader.lease());
    if (lease === null) return;
    this.#options.follower.heardOfTerm(lease.term);
    await this.#readLive();
    await this.#readConfirmed(lease);
    await this.#readHistory(lease);
  }

  async #readLive(): Promise<void> {
    const { follower, board, now, onInterval } = this.#options;
    if (!follower.needsState && now() - this.#stateReadAtMs < STATE_PERIOD_MS) return;
    const state = await this.#read("live", (reader) => reader.live());
    if (state === null || state.term < follower.term) return;
    this.#stateReadAtMs = now();
    onInterval(state.interval_ms);
    board.liveState(state);
    if (follower.state(state.term, state.update) === "applied") board.cameFrom(state);
    await this.#askClock(state.update.data.epoch);
  }

  /** Asks what time an analyser has; the question before is void when it went to another one. Never throws. */
  async #askClock(epoch: string): Promise<void> {
    if (this.#asked === epoch) return;
    const { reader, clock, now, onClock } = this.#options;
    this.#asked = epoch;
    const askedAtMs = now();
    try {
      const { uptime_seconds } = await reader.clock(epoch);
      if (this.#asked !== epoch) return;
      clock.answered(epoch, uptime_seconds, askedAtMs / 1000, now() / 1000);
      onClock();
    } catch (error) {
      this.#problem("clock", error);
    } finally {
      if (this.#asked === epoch) this.#asked = null;
    }
  }

  async #readConfirmed({ term, confirmed_number: number }: BusLease): Promise<void> {
    const { confirmed } = this.#options;
    if (!confirmed.isNews(term, number)) return;
    const state = await this.#read("confirmed", (reader) => reader.confirmed());
    if (state !== null) confirmed.take(state);
  }

  async #readHistory({ term, history_number: number }: BusLease): Promise<void> {
    const held = this.#history;
    if (number === 0 || term < held.term || (term === held.term && number <= held.number)) return;
    const state = await this.#read("history", (reader) => reader.history());
    if (state === null || state.term < term) return;
    this.#history = { term: state.term, number: state.number };
    this.#options.board.history(state);
  }

  async #read<T>(key: BusKey, read: (reader: BusReader) => Promise<T | null>): Promise<T | null> {
    try {
      const value = await read(this.#options.reader);
      if (value !== null) this.#options.metrics.states.inc({ key });
      return value;
    } catch (error) {
      this.#problem(key, error);
      return null;
    }
  }

  #problem(what: EdgeProblem, error: unknown): void {
    const { metrics, log } = this.#options;
    metrics.problems.inc({ what });
    const suppressed = this.#problems.admit(what);
    if (suppressed !== null)
      log.warn(
        { what, problem: problemText(error), also_since_last_line: suppressed },
        "the bus gave nothing that can be used",
      );
  }
}
