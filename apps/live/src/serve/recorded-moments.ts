/**
 * Recorded time between two moments, seconds. A recorded day then takes a few seconds of
 * computation.
 */
const INTERVAL_SECONDS = 10;

/**
 * Moments at which a replay records its price. They are fixed in recorded time, so that every run
 * gives the same prices, whatever its speed and tick interval.
 */
export class RecordedMoments {
  readonly #evidenceSeconds: number;
  /** Next moment in units of {@link INTERVAL_SECONDS}; null before the first message. */
  #next: number | null = null;
  #lastMessage = 0;

  /**
   * @param evidenceSeconds time after the last message in which a price is possible; later moments
   * are skipped.
   */
  constructor(evidenceSeconds: number) {
    this.#evidenceSeconds = evidenceSeconds;
  }

  /**
   * Yields the moments since the last call and before `time`, Unix seconds.
   * @param time time of the next message, or of the replay's clock.
   */
  *before(time: number): Generator<number> {
    this.#next ??= Math.ceil(time / INTERVAL_SECONDS);
    const last = Math.min(time, this.#lastMessage + this.#evidenceSeconds + INTERVAL_SECONDS);
    for (; this.#next * INTERVAL_SECONDS < last; this.#next++) yield this.#next * INTERVAL_SECONDS;
    this.#next = Math.max(this.#next, Math.ceil(time / INTERVAL_SECONDS));
  }

  /** Records the time of a message. */
  onMessage(time: number): void {
    this.#lastMessage = Math.max(this.#lastMessage, time);
  }
}
