/** Steady clocks of two machines drift apart by less than this, seconds in a second. */
const DRIFT = 200e-6;
/** A message that was made later than this is not of that clock, or one of the two clocks stood still, seconds. */
const FUTURE_TOLERANCE = 1;

/**
 * An analyzer's steady clock as far as an edge knows it, to tell how old its messages are. No wall clocks are compared: the
 * edge asks what time the analyzer has, and the answer was given between the question and its arrival. So however long
 * messages waited on their way (a process that was stopped, a connection that hung, a server that had to catch up), none is
 * ever taken for younger than it is, and none for older by more than the quickest answer took.
 */
export class AnalyzerClock {
  #epoch = "";
  /** By how much the analyzer's clock is ahead of the edge's at most, seconds; null before its first answer. */
  #ahead: number | null = null;
  #answeredAt = 0;

  /**
   * The analyzer has said what time it has. Another one's clock is another one.
   * @param epoch names the analyzer's run.
   * @param reading its steady clock, seconds.
   * @param askedAt when it was asked, and …
   * @param answeredAt … when the answer had come, on the edge's steady clock, seconds.
   */
  answered(epoch: string, reading: number, askedAt: number, answeredAt: number): void {
    const most = reading - askedAt;
    const least = reading - answeredAt;
    const known = this.#epoch === epoch ? this.#ahead : null;
    const drifted = known === null ? most : known + DRIFT * (answeredAt - this.#answeredAt);
    // One of the two clocks may have stood still while its machine slept: then what was known is void.
    this.#ahead = drifted < least ? most : Math.min(drifted, most);
    this.#epoch = epoch;
    this.#answeredAt = answeredAt;
  }

  /** Whether this run of an analyzer has said what time it has. */
  knows(epoch: string): boolean {
    return this.#ahead !== null && epoch === this.#epoch;
  }

  /**
   * How old a message is, at most.
   * @param made on the analyzer's steady clock, seconds.
   * @param now on the edge's steady clock, seconds.
   * @returns seconds; null while the clock does not know this run of an analyzer, and for a message of the future.
   */
  age(epoch: string, made: number, now: number): number | null {
    if (this.#ahead === null || epoch !== this.#epoch) return null;
    const age = now + this.#ahead - made;
    return age < -FUTURE_TOLERANCE ? null : Math.max(0, age);
  }
}
