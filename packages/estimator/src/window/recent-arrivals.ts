const CAPACITY = 16_384;

/** The latest payments in the order of their coming, which need not be the order of their times. */
export class RecentArrivals {
  readonly #entries = new Int32Array(CAPACITY);
  #count = 0;
  /** How many came before the first of those held. */
  #before = 0;

  /** How many payments have come so far. */
  get count(): number {
    return this.#count;
  }

  /** Continues after that many arrivals, of which nothing is known. */
  startBehind(count: number): void {
    this.#count = count;
    this.#before = count;
  }

  /** @returns the number of this arrival, from 1 on, modulo 2^32 */
  push(entry: number): number {
    this.#entries[this.#count % CAPACITY] = entry;
    this.#count++;
    return this.#count >>> 0;
  }

  /** Calls `visit` with the latest arrival first, back to the one after `since`, until it returns false. */
  fromLatest(since: number, visit: (entry: number, arrival: number) => boolean): void {
    const last = Math.max(since, this.#count - CAPACITY, this.#before);
    for (let arrival = this.#count; arrival > last; arrival--)
      if (!visit(this.#entries[(arrival - 1) % CAPACITY] as number, arrival >>> 0)) return;
  }
}
