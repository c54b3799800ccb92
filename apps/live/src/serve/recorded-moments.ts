/** Seconds of recorded time between two moments: a day takes no more than some seconds of work, and a price is at most so much older than the last one there was. */
const EVERY_SECONDS = 10;

/**
 * The moments at which a replay takes note of its price: fixed ones of recorded time, the same on every run, whatever
 * the speed and however often somebody looks.
 */
export class RecordedMoments {
  readonly #evidenceSeconds: number;
  /** The next moment, in units of the distance between two; null before the first message. */
  #next: number | null = null;
  #lastMessage = 0;

  /** @param evidenceSeconds after so long without a message no price is of that moment, so that there is nothing to note. */
  constructor(evidenceSeconds: number) {
    this.#evidenceSeconds = evidenceSeconds;
  }

  /**
   * The moments since the last call and before `time`, the time of the next message or the clock of the replay: all that
   * was recorded up to them has come by then. Unix seconds.
   */
  *before(time: number): Generator<number> {
    this.#next ??= Math.ceil(time / EVERY_SECONDS);
    const last = Math.min(time, this.#lastMessage + this.#evidenceSeconds + EVERY_SECONDS);
    for (; this.#next * EVERY_SECONDS < last; this.#next++) yield this.#next * EVERY_SECONDS;
    this.#next = Math.max(this.#next, Math.ceil(time / EVERY_SECONDS));
  }

  /** A message came at that time. */
  message(time: number): void {
    this.#lastMessage = Math.max(this.#lastMessage, time);
  }
}
