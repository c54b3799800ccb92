const CAPACITY = 16_384;

/** The latest payments in the order of their coming, which need not be the order of their times. */
export class RecentArrivals {
  readonly #entries = new Int32Array(CAPACITY);
  /** How many payments have come so far. */
  count = 0;

  /** @returns the number of this arrival, from 1 on, modulo 2^32 */
  push(entry: number): number {
    this.#entries[this.count % CAPACITY] = entry;
    this.count++;
    return this.count >>> 0;
  }

  /** Calls `visit` with the latest arrival first, back to the one after `since`, until it returns false. */
  fromLatest(since: number, visit: (entry: number, arrival: number) => boolean): void {
    const last = Math.max(since, this.count - CAPACITY);
    for (let arrival = this.count; arrival > last; arrival--)
      if (!visit(this.#entries[(arrival - 1) % CAPACITY] as number, arrival >>> 0)) return;
  }
}
