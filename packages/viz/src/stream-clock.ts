/** Default tick interval. */
const USUAL_TICK_SECONDS = 0.5;
/** Tolerance for late ticks, so that the picture does not stop at each of them. */
const LATENESS = 1.2;
/** A step longer than this many usual ones is a jump in time: the picture follows at once. */
const JUMP = 6;
const JUMP_SECONDS_MIN = 5;

/**
 * The stream's time between ticks. The picture runs one tick behind: it glides from the last tick's
 * time to this one's, whatever the speed of a replay, and stops when no tick comes. Points thus
 * enter at the right edge at their own time and drift evenly.
 */
export class StreamClock {
  #from = Number.NaN;
  #to = Number.NaN;
  #tickedAt = 0;
  #tickSeconds = USUAL_TICK_SECONDS;
  #stepSeconds = USUAL_TICK_SECONDS;

  /**
   * @param timestamp of the tick, Unix seconds.
   * @param now local monotonic time in seconds.
   */
  tick(timestamp: number, now: number): void {
    const shown = this.at(now);
    const step = timestamp - this.#to;
    const jump = Math.max(JUMP_SECONDS_MIN, JUMP * this.#stepSeconds);
    if (Number.isNaN(shown) || timestamp < shown || timestamp - shown > jump) {
      // Also at the first tick, which has nothing to glide from.
      this.#from = this.#to = timestamp;
      if (step > 0) this.#stepSeconds = step;
    } else {
      this.#from = shown;
      this.#to = timestamp;
      this.#stepSeconds += 0.25 * (step - this.#stepSeconds);
      const seconds = Math.min(2, Math.max(0.05, now - this.#tickedAt));
      this.#tickSeconds += 0.25 * (seconds - this.#tickSeconds);
    }
    this.#tickedAt = now;
  }

  /** The stream's time to show at `now` (local seconds); NaN before the first tick. */
  at(now: number): number {
    const share = Math.min(1, Math.max(0, (now - this.#tickedAt) / (this.#tickSeconds * LATENESS)));
    return this.#from + (this.#to - this.#from) * share;
  }

  /** Whether the time still moves at `now`. */
  moves(now: number): boolean {
    return this.#from < this.#to && now - this.#tickedAt < this.#tickSeconds * LATENESS;
  }

  /** Time of the last tick, NaN before the first. */
  get latest(): number {
    return this.#to;
  }

  /** Forgets everything, for another stream. */
  reset(): void {
    this.#from = this.#to = Number.NaN;
    this.#tickSeconds = this.#stepSeconds = USUAL_TICK_SECONDS;
  }
}
