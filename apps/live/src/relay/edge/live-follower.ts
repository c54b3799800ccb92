import type { MempoolUpdate, MempoolUpdateData } from "@utxoracle/models";
import { budgets } from "../../config/budgets.ts";

/** Updates whose numbers are remembered: over 12 s of the shortest interval, and a state is at most 5 s behind. */
const GIVEN_MAX = 256;

/** An update in its place: it follows the one given before, or is a snapshot. */
export interface FollowedUpdate {
  readonly update: MempoolUpdate;
  /** The message as it came, where it can be passed on as it is. */
  readonly bytes: Uint8Array | null;
  /** Whether updates given before were not the analyzer's: nothing of them may be kept. */
  readonly replaces: boolean;
}

interface Delta {
  readonly update: MempoolUpdate;
  readonly bytes: Uint8Array;
}

/** Whose updates are followed, as the lease says. */
export interface FollowedLeader {
  readonly term: number;
  readonly epoch: string;
}

/** What became of a message. */
export type FollowVerdict = "applied" | "repeated" | "other_leader" | "gap" | "waiting" | "not_needed";

/**
 * Puts the deltas of the subject and the states of the bucket into one sequence: each update that it gives is the next one of
 * its epoch, or a snapshot. After a gap it waits for a state that the deltas at hand continue.
 *
 * Numbers come from outside, and any of them may be false. Two rules bound what a false one does. The next number is taken
 * whatever came before it, so a number far ahead is only a message that is ignored. And the states, which only the holder of
 * the lease keeps in the bucket, are held against what was given: where they contradict it, the state replaces it.
 */
export class LiveFollower {
  readonly #onUpdate: (followed: FollowedUpdate) => void;
  #leader: FollowedLeader | null = null;
  /** The update given last; it stays after a gap, so that nothing goes back behind it. */
  #last: Pick<MempoolUpdateData, "epoch" | "seq"> | null = null;
  /** The analyzer's uptime in the updates given last, by their numbers in the epoch of {@link #last}. */
  readonly #given = new Map<number, number>();
  #inRow = false;
  #waiting: Delta[] = [];
  #waitingBytes = 0;
  /** A state was left out because the deltas at hand did not continue it. The next one is taken. */
  #leftOut = false;

  /** @param onUpdate gets every update in its place. */
  constructor(onUpdate: (followed: FollowedUpdate) => void) {
    this.#onUpdate = onUpdate;
  }

  /** Whose updates are followed; null before the first lease. */
  get leader(): FollowedLeader | null {
    return this.#leader;
  }

  /** Whether only a state helps. */
  get needsState(): boolean {
    return !this.#inRow;
  }

  /** The lease says who leads. */
  follow({ term, epoch }: FollowedLeader): void {
    if (this.#leader?.term === term && this.#leader.epoch === epoch) return;
    this.#leader = { term, epoch };
    this.#inRow = false;
    this.#leftOut = false;
    this.#clearWaiting();
  }

  /** A delta from the subject, of the leader's term. */
  delta(update: MempoolUpdate, bytes: Uint8Array): FollowVerdict {
    const { epoch, seq } = update.data;
    if (epoch !== this.#leader?.epoch) return "other_leader";
    const delta: Delta = { update, bytes };
    if (this.#isNext(delta)) {
      this.#give(update, bytes);
      this.#giveRun();
      this.#resume();
      return "applied";
    }
    if (this.#last?.epoch === epoch && seq <= this.#last.seq) return "repeated";
    const verdict = this.#inRow ? "gap" : "waiting";
    this.#inRow = false;
    this.#wait(delta);
    return verdict;
  }

  /** A state from the bucket. */
  state(term: number, update: MempoolUpdate): FollowVerdict {
    const { epoch, seq } = update.data;
    if (term !== this.#leader?.term || epoch !== this.#leader.epoch) return "other_leader";
    const replaces = this.#contradicts(update.data);
    if (replaces) {
      this.#last = null;
      this.#inRow = false;
      this.#clearWaiting();
    }
    if (this.#inRow) return "not_needed";
    const held = this.#last?.epoch === epoch ? this.#last.seq : null;
    const isNews = held === null || seq > held;
    const isContinued = this.#isContinued(Math.max(seq, held ?? seq));
    // A state that the deltas at hand do not continue leads into the next gap: the next state probably does not.
    if (held !== null && !isContinued && !this.#leftOut) {
      this.#leftOut = true;
      return "gap";
    }
    if (isNews) this.#give(update, null, replaces);
    this.#giveRun();
    if (isContinued || this.#leftOut) this.#resume();
    return isNews ? "applied" : "repeated";
  }

  /** What still waits follows a number that never existed, or came twice. */
  #resume(): void {
    this.#inRow = true;
    this.#leftOut = false;
    this.#clearWaiting();
  }

  #isNext({ update: { data } }: Delta): boolean {
    return this.#last !== null && data.epoch === this.#last.epoch && data.seq === this.#last.seq + 1;
  }

  /** Whether the deltas that wait are those that follow a number, all of them. */
  #isContinued(from: number): boolean {
    const later = this.#waiting.filter(({ update: { data } }) => data.seq > from);
    return later.every(({ update: { data } }, index) => data.seq === from + 1 + index);
  }

  /** Whether an update was given that the analyzer did not make. */
  #contradicts({ epoch, seq, stats }: MempoolUpdateData): boolean {
    if (this.#last?.epoch !== epoch || seq > this.#last.seq) return false;
    const uptime = this.#given.get(seq);
    return uptime === undefined ? this.#last.seq - seq > GIVEN_MAX : uptime !== stats.uptime_seconds;
  }

  /** Gives the waiting deltas that follow. */
  #giveRun(): void {
    for (;;) {
      const next = this.#waiting.find((delta) => this.#isNext(delta));
      if (next === undefined) return;
      this.#give(next.update, next.bytes);
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

  #give(update: MempoolUpdate, bytes: Uint8Array | null, replaces = false): void {
    const { epoch, seq, stats } = update.data;
    if (this.#last?.epoch !== epoch) this.#given.clear();
    this.#last = { epoch, seq };
    this.#given.set(seq, stats.uptime_seconds);
    // Insertion order is that of the numbers.
    for (const oldest of this.#given.keys()) {
      if (this.#given.size <= GIVEN_MAX) break;
      this.#given.delete(oldest);
    }
    this.#onUpdate({ update, bytes, replaces });
  }
}
