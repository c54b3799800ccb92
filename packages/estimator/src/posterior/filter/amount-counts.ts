const EMPTY = 0;
const SMALLEST_CAPACITY = 16;
/** Multiplier of Fibonacci hashing: 2^32 over the golden ratio. */
const GOLDEN = 0x9e3779b1;

/**
 * Counts how often each amount in satoshis occurs. A hash table in two typed arrays, because a
 * `Map` of 300,000 amounts takes ten times the memory.
 */
export class AmountCounts {
  #keys = new Float64Array(SMALLEST_CAPACITY);
  #counts = new Uint32Array(SMALLEST_CAPACITY);
  #mask = SMALLEST_CAPACITY - 1;
  #distinct = 0;

  get distinct(): number {
    return this.#distinct;
  }

  /** @returns the new count of the amount */
  add(valueSats: number): number {
    if ((this.#distinct + 1) * 4 > this.#keys.length * 3) this.#resize(this.#keys.length * 2);
    const slot = this.#slotOf(valueSats);
    if (this.#keys[slot] === EMPTY) {
      this.#keys[slot] = valueSats;
      this.#distinct++;
    }
    return ++this.#counts[slot]!;
  }

  /** @returns the new count of the amount, or -1 if its count was 0 */
  remove(valueSats: number): number {
    const slot = this.#slotOf(valueSats);
    if (this.#keys[slot] === EMPTY) return -1;
    const left = --this.#counts[slot]!;
    if (left === 0) this.#vacate(slot);
    return left;
  }

  /** Visits each distinct amount, in no particular order. */
  forEach(visit: (valueSats: number, count: number) => void): void {
    const keys = this.#keys;
    for (let slot = 0; slot < keys.length; slot++) if (keys[slot] !== EMPTY) visit(keys[slot]!, this.#counts[slot]!);
  }

  /** The slot of the amount, or the empty slot for it. */
  #slotOf(valueSats: number): number {
    const keys = this.#keys;
    const mask = this.#mask;
    const high = Math.floor(valueSats / 0x100000000);
    let slot = (Math.imul((valueSats >>> 0) ^ high, GOLDEN) >>> 7) & mask;
    while (keys[slot] !== EMPTY && keys[slot] !== valueSats) slot = (slot + 1) & mask;
    return slot;
  }

  /**
   * Empties a slot and moves later ones of the same run forward, so that every search still finds
   * its amount.
   */
  #vacate(slot: number): void {
    const keys = this.#keys;
    const mask = this.#mask;
    this.#distinct--;
    keys[slot] = EMPTY;
    this.#counts[slot] = 0;
    for (let next = (slot + 1) & mask; keys[next] !== EMPTY; next = (next + 1) & mask) {
      const valueSats = keys[next]!;
      const count = this.#counts[next]!;
      keys[next] = EMPTY;
      this.#counts[next] = 0;
      const home = this.#slotOf(valueSats);
      keys[home] = valueSats;
      this.#counts[home] = count;
    }
  }

  #resize(capacity: number): void {
    const keys = this.#keys;
    const counts = this.#counts;
    this.#keys = new Float64Array(capacity);
    this.#counts = new Uint32Array(capacity);
    this.#mask = capacity - 1;
    for (let slot = 0; slot < keys.length; slot++) {
      if (keys[slot] === EMPTY) continue;
      const home = this.#slotOf(keys[slot]!);
      this.#keys[home] = keys[slot]!;
      this.#counts[home] = counts[slot]!;
    }
  }
}
