import type { MempoolUpdate, MempoolUpdateData } from "@utxoracle/models";

/** Deltas kept while a state to apply them to is waited for: half a minute at two a second. */
const WAITING_MAX = 64;

/** An update in its place: it follows the one given before, or is a snapshot. */
export interface FollowedUpdate {
  readonly update: MempoolUpdate;
  /** The message as it came, where it can be passed on as it is. */
  readonly bytes: Uint8Array | null;
}

interface Delta extends FollowedUpdate {
  readonly bytes: Uint8Array;
}

/** What became of a message. */
export type FollowVerdict = "applied" | "repeated" | "old_term" | "gap" | "waiting" | "not_needed";

/**
 * Puts the deltas of the subject and the states of the bucket into one row: each update that it gives is the next one of
 * its epoch, or a snapshot of a later one. After a hole, and with a new term, it waits for a state that the deltas at hand
 * continue; of a run that it has nothing of it takes any. What comes under a lower term than one seen is void.
 */
export class LiveFollower {
  readonly #onUpdate: (followed: FollowedUpdate) => void;
  #term = 0;
  /** The update given last; it stays when a hole comes, so that nothing goes back behind it. */
  #last: Pick<MempoolUpdateData, "epoch" | "seq"> | null = null;
  #inRow = false;
  #waiting: Delta[] = [];

  /** @param onUpdate gets every update in its place. */
  constructor(onUpdate: (followed: FollowedUpdate) => void) {
    this.#onUpdate = onUpdate;
  }

  /** The highest term heard of; 0 before the first. */
  get term(): number {
    return this.#term;
  }

  /** Whether only a state helps. */
  get needsState(): boolean {
    return !this.#inRow;
  }

  /** The lease says who leads. */
  heardOfTerm(term: number): void {
    if (term <= this.#term) return;
    this.#term = term;
    this.#inRow = false;
    this.#waiting = [];
  }

  /** A delta from the subject. */
  delta(term: number, update: MempoolUpdate, bytes: Uint8Array): FollowVerdict {
    if (term < this.#term) return "old_term";
    this.heardOfTerm(term);
    const delta: Delta = { update, bytes };
    if (this.#inRow) {
      const verdict = this.#place(update.data);
      if (verdict === "applied") this.#give(delta);
      if (verdict !== "gap") return verdict;
      this.#inRow = false;
      this.#waiting = [delta];
      return verdict;
    }
    this.#waiting.push(delta);
    if (this.#waiting.length > WAITING_MAX) this.#waiting.shift();
    return "waiting";
  }

  /** A state from the bucket. */
  state(term: number, update: MempoolUpdate): FollowVerdict {
    if (term < this.#term) return "old_term";
    this.heardOfTerm(term);
    if (this.#inRow) return "not_needed";
    const { epoch, seq } = update.data;
    const held = this.#last?.epoch === epoch ? this.#last.seq : null;
    const from = Math.max(seq, held ?? 0);
    const later = this.#waiting.filter(({ update: { data } }) => data.epoch === epoch && data.seq > from);
    const isContinued = later.every(({ update: { data } }, index) => data.seq === from + 1 + index);
    // A state that the deltas at hand do not continue leads into the next hole: it is for those alone who have nothing.
    if (!isContinued && held !== null) return "gap";
    const isNews = held === null || seq > held;
    if (isNews) this.#give({ update, bytes: null });
    if (isContinued) {
      this.#waiting = [];
      this.#inRow = true;
      for (const delta of later) this.#give(delta);
    }
    return isNews ? "applied" : "repeated";
  }

  #place({ epoch, seq }: MempoolUpdateData): "applied" | "repeated" | "gap" {
    if (this.#last === null || this.#last.epoch !== epoch) return "gap";
    if (seq <= this.#last.seq) return "repeated";
    return seq === this.#last.seq + 1 ? "applied" : "gap";
  }

  #give(followed: FollowedUpdate): void {
    const { epoch, seq } = followed.update.data;
    this.#last = { epoch, seq };
    this.#onUpdate(followed);
  }
}
