import type { MempoolSnapshot, MempoolUpdate } from "@utxoracle/models";
import { budgets } from "../../config/budgets.ts";

/** Emitted updates to remember: 12 s at the shortest interval; a state is at most 5 s behind. */
const EMITTED_MAX = 256;

/** An update that follows the previous one, or is a snapshot. */
export interface FollowedUpdate {
  readonly update: MempoolUpdate;
  readonly epoch: string;
  /** The received message, if it can be forwarded unchanged. */
  readonly bytes: Uint8Array | null;
  /** Whether earlier updates were forged, so that their data must be dropped. */
  readonly replaces: boolean;
}

interface Delta {
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
 * update is the next one of its epoch, or a snapshot. After a gap, waits for a state that the held
 * deltas continue.
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
  #waiting: Delta[] = [];
  #waitingBytes = 0;
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

  /** Whether a state is needed to continue. */
  get needsState(): boolean {
    return !this.#inSequence;
  }

  /** Sets the leader named by the lease. */
  follow({ term, epoch }: FollowedLeader): void {
    if (this.#leader?.term === term && this.#leader.epoch === epoch) return;
    this.#leader = { term, epoch };
    this.#inSequence = false;
    this.#stateSkipped = false;
    this.#clearWaiting();
  }

  /** Handles a message with the leader's term. Only snapshots name their epoch. */
  onDelta(update: MempoolUpdate, bytes: Uint8Array): FollowVerdict {
    const epoch = this.#leader?.epoch;
    const { data } = update;
    if (epoch === undefined || (data.snapshot && data.epoch !== epoch)) return "other_leader";
    const { seq } = data;
    const delta: Delta = { update, bytes };
    if (this.#isNext(delta)) {
      this.#emit(update, bytes);
      this.#emitWaiting();
      this.#resume();
      return "applied";
    }
    if (this.#last?.epoch === epoch && seq <= this.#last.seq) return "repeated";
    const verdict = this.#inSequence ? "gap" : "waiting";
    this.#inSequence = false;
    this.#wait(delta);
    return verdict;
  }

  /** Handles a state from the bucket. */
  onState(term: number, update: MempoolSnapshot): FollowVerdict {
    const { epoch, seq } = update.data;
    if (term !== this.#leader?.term || epoch !== this.#leader.epoch) return "other_leader";
    const replaces = this.#contradicts(update.data);
    if (replaces) {
      this.#last = null;
      this.#inSequence = false;
      this.#clearWaiting();
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
    if (isNews) this.#emit(update, null, replaces);
    this.#emitWaiting();
    if (isContinued || this.#stateSkipped) this.#resume();
    return isNews ? "applied" : "repeated";
  }

  /** Drops the held deltas: they are duplicates, or follow a number that never existed. */
  #resume(): void {
    this.#inSequence = true;
    this.#stateSkipped = false;
    this.#clearWaiting();
  }

  #isNext({ update: { data } }: Delta): boolean {
    return this.#last !== null && this.#last.epoch === this.#leader?.epoch && data.seq === this.#last.seq + 1;
  }

  /** Whether the held deltas follow `from` without a gap. */
  #isContinued(from: number): boolean {
    const later = this.#waiting.filter(({ update: { data } }) => data.seq > from);
    return later.every(({ update: { data } }, index) => data.seq === from + 1 + index);
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
      const next = this.#waiting.find((delta) => this.#isNext(delta));
      if (next === undefined) return;
      this.#emit(next.update, next.bytes);
    }
  }

  #wait(delta: Delta): void {
    const { count, bytes } = budgets.natsWaiting;
    this.#waiting.push(delta);
    this.#waitingBytes += delta.bytes.byteLength;
    while (this.#waiting.length > count || this.#waitingBytes > bytes) {
      const dropped = this.#waiting.shift();
      this.#waitingBytes -= dropped?.bytes.byteLength ?? 0;
    }
  }

  #clearWaiting(): void {
    this.#waiting = [];
    this.#waitingBytes = 0;
  }

  #emit(update: MempoolUpdate, bytes: Uint8Array | null, replaces = false): void {
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
    this.#onUpdate({ update, epoch, bytes, replaces });
  }
}
