/** Between two beats of the event loop, ms. */
export const BEAT_MS = 500;
/** A beat this late is a pause, seconds: a busy moment is shorter. */
const PAUSE_SECONDS = 2;
/** Consequences show up within this time after a pause, seconds: what came meanwhile is still being read. */
const REMEMBERED_SECONDS = 60;

/** Pauses of this process: stopped, swapped out, or busy. What they cost is not the node's fault. */
export class OwnPauses {
  readonly #monotonic: () => number;
  #lastBeat: number;
  #last: { readonly seconds: number; readonly until: number } | null = null;

  /** @param monotonic seconds of a clock that is never set. */
  constructor(monotonic: () => number) {
    this.#monotonic = monotonic;
    this.#lastBeat = monotonic();
  }

  /** To be called by a timer every {@link BEAT_MS}. */
  beat(): void {
    const now = this.#monotonic();
    const seconds = now - this.#lastBeat;
    if (seconds > PAUSE_SECONDS) this.#last = { seconds, until: now };
    this.#lastBeat = now;
  }

  /** Length in seconds of the pause that has just ended, or ended a moment ago; null without one. */
  get recent(): number | null {
    const now = this.#monotonic();
    // The first thing to run after a pause need not be the timer.
    if (now - this.#lastBeat > PAUSE_SECONDS) return now - this.#lastBeat;
    return this.#last !== null && now - this.#last.until < REMEMBERED_SECONDS ? this.#last.seconds : null;
  }
}
