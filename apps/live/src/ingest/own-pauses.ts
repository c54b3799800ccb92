/** Period of the heartbeat timer, ms. */
export const BEAT_MS = 500;
/** A beat later than this is a pause, seconds. A busy event loop delays it less. */
const PAUSE_SECONDS = 2;
/**
 * A pause explains lost messages for this long, seconds: messages queued during it are still being
 * read.
 */
const REMEMBERED_SECONDS = 60;

/**
 * Detects pauses of this process (stopped, swapped out, busy), which cause losses that are not the
 * node's fault.
 */
export class OwnPauses {
  readonly #monotonic: () => number;
  #lastBeat: number;
  #last: { readonly seconds: number; readonly until: number } | null = null;

  /** @param monotonic monotonic clock, seconds. */
  constructor(monotonic: () => number) {
    this.#monotonic = monotonic;
    this.#lastBeat = monotonic();
  }

  /** Call every {@link BEAT_MS}. */
  beat(): void {
    const now = this.#monotonic();
    const seconds = now - this.#lastBeat;
    if (seconds > PAUSE_SECONDS) this.#last = { seconds, until: now };
    this.#lastBeat = now;
  }

  /** Length of a pause in the last minute, seconds; null without one. */
  get recent(): number | null {
    const now = this.#monotonic();
    // After a pause other code may run before the timer.
    if (now - this.#lastBeat > PAUSE_SECONDS) return now - this.#lastBeat;
    return this.#last !== null && now - this.#last.until < REMEMBERED_SECONDS ? this.#last.seconds : null;
  }
}
