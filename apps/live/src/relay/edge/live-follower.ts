import type { MempoolSnapshot, MempoolUpdate } from "@utxoracle/models";
import { budgets } from "../../config/budgets.ts";
import { NewestUpdates } from "../bus/newest-updates.ts";

/** Emitted updates to remember: 12 s at the shortest interval; a state is at most 5 s behind. */
const EMITTED_MAX = 256;

/** An update that follows the previous one, or is a snapshot. */
export interface FollowedUpdate {
  readonly update: MempoolUpdate;
  readonly epoch: string;
  /** The received message, if it can be forwarded unchanged. */
  readonly bytes: Uint8Array | null;
  /** For a state: the received messages of consecutive updates up to it. */
  readonly earlier: readonly ReceivedDelta[];
  /** Whether earlier updates were forged, so that their data must be dropped. */
  readonly replaces: boolean;
}

/** A received delta, parsed and as it came. */
export interface ReceivedDelta {
  readonly update: MempoolUpdate;
  readonly bytes: Uint8Array;
}

/** The analyzer named by the lease. */
export interface FollowedLeader {
  readonly term: number;
  readonly epoch: string;
}

/** Result of handling a message. */
export type FollowVerdict = "applied" | "repeated" | "other_leader" | "gap" | "waiting" | "not_needed";

/**
 * Merges the deltas of the subject and the states of the bucket into one sequence. Each emitted
 * update is the next one of its epoch, or a snapshot. After a gap, waits for the missed deltas, or
 * for a state that the held deltas continue.
 *
 * Sequence numbers may be forged. Two rules limit the effect:
 * - The next number is always accepted, so a forged number far ahead is only ignored.
 * - States, which only the holder of the lease can keep in the bucket, are compared with the
 *   emitted
 *   updates. A contradicting state replaces them.
 */
export class LiveFollower {
  readonly #onUpdate: (followed: FollowedUpdate) => void;
  #leader: FollowedLeader | null = null;
  /** The last emitted update. Kept after a gap, so that the sequence never goes back. */
  #last: { readonly epoch: string; readonly seq: number } | null = null;
  /**
   * Analyzer uptime of the last emitted updates, by sequence number in the epoch of {@link #last}.
   */
  readonly #emittedUptimes = new Map<number, number>();
  #inSequence = false;
  readonly #waiting = new NewestUpdates<ReceivedDelta>(budgets.natsWaiting);
  /** A state was skipped because the held deltas do not continue it. The next state is accepted. */
  #stateSkipped = false;

  /** @param onUpdate receives the updates in sequence. */
  constructor(onUpdate: (followed: FollowedUpdate) => void) {
    this.#onUpdate = onUpdate;
  }

  /** Null before the first lease. */
  get leader(): FollowedLeader | null {
    return this.#leader;
  }

  /** Whether missed deltas, or a state, are needed to continue. */
  get needsState(): boolean {
    return !this.#inSequence;
  }

  /** Number of the first delta that was not emitted; 0 in a new epoch. */
  get nextSeq(): number {
    return this.#last !== null && this.#last.epoch === this.#leader?.epoch ? this.#last.seq + 1 : 0;
  }

  /** Sets the leader named by the lease. */
  follow({ term, epoch }: FollowedLeader): void {
    if (this.#leader?.term === term && this.#leader.epoch === epoch) return;
    this.#leader = { term, epoch };
    this.#inSequence = false;
    this.#stateSkipped = false;
    this.#waiting.take();
  }

  /** Handles a message with the leader's term. Only snapshots name their epoch. */
  onDelta(update: MempoolUpdate, bytes: Uint8Array): FollowVerdict {
    const epoch = this.#leader?.epoch;
    const { data } = update;
    if (epoch === undefined || (data.snapshot && data.epoch !== epoch)) return "other_leader";
    const { seq } = data;
    const delta: ReceivedDelta = { update, bytes };
    if (this.#isNext(delta)) {
      this.#emit(update, bytes);
      this.#emitWaiting();
      this.#resume();
      return "applied";
    }
    if (this.#last?.epoch === epoch && seq <= this.#last.seq) return "repeated";
    const verdict = this.#inSequence ? "gap" : "waiting";
    this.#inSequence = false;
    this.#waiting.add(delta);
    return verdict;
  }

  /** Handles the deltas that the analyzer of an epoch repeated, from {@link nextSeq} on. */
  onMissed(epoch: string, deltas: readonly ReceivedDelta[]): void {
    if (this.#inSequence || epoch !== this.#leader?.epoch) return;
    for (const delta of deltas) {
      const { data } = delta.update;
      if (!data.snapshot || data.epoch === epoch) this.#waiting.add(delta);
    }
    if (this.#last?.epoch !== epoch) return;
    this.#emitWaiting();
    if (this.#isContinued(this.#last.seq)) this.#resume();
  }

  /** Handles a state from the bucket. */
  onState(term: number, update: MempoolSnapshot): FollowVerdict {
    const { epoch, seq } = update.data;
    if (term !== this.#leader?.term || epoch !== this.#leader.epoch) return "other_leader";
    const replaces = this.#contradicts(update.data);
    if (replaces) {
      this.#last = null;
      this.#inSequence = false;
      this.#waiting.take();
    }
    if (this.#inSequence) return "not_needed";
    const held = this.#last?.epoch === epoch ? this.#last.seq : null;
    const isNews = held === null || seq > held;
    const isContinued = this.#isContinued(Math.max(seq, held ?? seq));
    // A state that the held deltas do not continue leads to another gap; the next state is probably
    // better.
    if (held !== null && !isContinued && !this.#stateSkipped) {
      this.#stateSkipped = true;
      return "gap";
    }
    if (isNews) this.#emit(update, null, replaces, this.#heldUpTo(update.data));
    this.#emitWaiting();
    if (isContinued || this.#stateSkipped) this.#resume();
    return isNews ? "applied" : "repeated";
  }

  /** Drops the held deltas: they are duplicates, or follow a number that never existed. */
  #resume(): void {
    this.#inSequence = true;
    this.#stateSkipped = false;
    this.#waiting.take();
  }

  #isNext({ update: { data } }: ReceivedDelta): boolean {
    return this.#last !== null && this.#last.epoch === this.#leader?.epoch && data.seq === this.#last.seq + 1;
  }

  /** Whether the held deltas follow `from` without a gap. */
  #isContinued(from: number): boolean {
    const later = new Set(this.#waiting.all.map(({ update: { data } }) => data.seq).filter((seq) => seq > from));
    return later.size === 0 || Math.max(...later) === from + later.size;
  }

  /** The held deltas of consecutive numbers up to a state. */
  #heldUpTo({ seq, stats }: MempoolSnapshot["data"]): ReceivedDelta[] {
    const bySeq = new Map(this.#waiting.all.map((delta) => [delta.update.data.seq, delta]));
    const held: ReceivedDelta[] = [];
    // Forged ones would lead to another state.
    if (bySeq.get(seq)?.update.data.stats.uptime_seconds !== stats.uptime_seconds) return held;
    for (let at = bySeq.get(seq); at !== undefined; at = bySeq.get(at.update.data.seq - 1)) held.push(at);
    return held.reverse();
  }

  /** Whether an emitted update differs from the analyzer's. */
  #contradicts({ epoch, seq, stats }: MempoolSnapshot["data"]): boolean {
    if (this.#last?.epoch !== epoch || seq > this.#last.seq) return false;
    const uptime = this.#emittedUptimes.get(seq);
    return uptime === undefined ? this.#last.seq - seq > EMITTED_MAX : uptime !== stats.uptime_seconds;
  }

  /** Emits the held deltas that follow. */
  #emitWaiting(): void {
    for (;;) {
      const next = this.#waiting.all.find((delta) => this.#isNext(delta));
      if (next === undefined) return;
      this.#emit(next.update, next.bytes);
    }
  }

  #emit(
    update: MempoolUpdate,
    bytes: Uint8Array | null,
    replaces = false,
    earlier: readonly ReceivedDelta[] = [],
  ): void {
    const { seq, stats } = update.data;
    const epoch = this.#leader?.epoch ?? "";
    if (this.#last?.epoch !== epoch) this.#emittedUptimes.clear();
    this.#last = { epoch, seq };
    this.#emittedUptimes.set(seq, stats.uptime_seconds);
    // Map keys are in insertion order, which is the order of the numbers.
    for (const oldest of this.#emittedUptimes.keys()) {
      if (this.#emittedUptimes.size <= EMITTED_MAX) break;
      this.#emittedUptimes.delete(oldest);
    }
    this.#onUpdate({ update, epoch, bytes, earlier, replaces });
  }
}
