const CAPACITY = 16_384;

/** The latest payments in order of arrival, which can differ from the order of their times. */
export class RecentArrivals {
  readonly #entries = new Int32Array(CAPACITY);
  #count = 0;
  /** Number of payments before the first one stored. */
  #before = 0;

  /** Number of payments so far. */
  get count(): number {
    return this.#count;
  }

  /** Continues after this many arrivals without knowing them. */
  startBehind(count: number): void {
    this.#count = count;
    this.#before = count;
  }

  /** @returns the number of this arrival, from 1, modulo 2^32 */
  push(entry: number): number {
    this.#entries[this.#count % CAPACITY] = entry;
    this.#count++;
    return this.#count >>> 0;
  }

  /**
   * Calls `visit` for the latest arrivals, newest first, back to the one after `since`, until it
   * returns false.
   */
  fromLatest(since: number, visit: (entry: number, arrival: number) => boolean): void {
    const last = Math.max(since, this.#count - CAPACITY, this.#before);
    for (let arrival = this.#count; arrival > last; arrival--)
      if (!visit(this.#entries[(arrival - 1) % CAPACITY] as number, arrival >>> 0)) return;
  }
}
