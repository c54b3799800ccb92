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
  /** Slots with a key; its count may be 0 again. */
  #used = 0;
  #distinct = 0;

  get distinct(): number {
    return this.#distinct;
  }

  /**
   * Counts an amount once more (1) or once less (-1).
   *
   * @returns its count with this occurrence: 1 if it is the first, or was the last; 0 if there was
   *   none to remove
   */
  change(valueSats: number, sign: 1 | -1): number {
    if ((this.#used + 1) * 4 > this.#keys.length * 3) this.#rebuild();
    const slot = this.#slotOf(valueSats);
    const before = this.#counts[slot]!;
    const after = Math.max(0, before + sign);
    if (after > 0 && this.#keys[slot] === EMPTY) {
      this.#keys[slot] = valueSats;
      this.#used++;
    }
    this.#counts[slot] = after;
    this.#distinct += Math.min(1, after) - Math.min(1, before);
    return Math.max(before, after);
  }

  /** Visits each distinct amount, in no particular order. */
  forEach(visit: (valueSats: number, count: number) => void): void {
    this.#counts.forEach((count, slot) => {
      if (count > 0) visit(this.#keys[slot]!, count);
    });
  }

  /** The slot of the amount, or the empty slot for it. */
  #slotOf(valueSats: number): number {
    const keys = this.#keys;
    const mask = keys.length - 1;
    const high = Math.floor(valueSats / 0x100000000);
    let slot = (Math.imul((valueSats >>> 0) ^ high, GOLDEN) >>> 7) & mask;
    while (keys[slot] !== EMPTY && keys[slot] !== valueSats) slot = (slot + 1) & mask;
    return slot;
  }

  /** Drops the keys with a count of 0; doubles the capacity if they are fewer than the others. */
  #rebuild(): void {
    const keys = this.#keys;
    const counts = this.#counts;
    const capacity = 2 * this.#distinct > this.#used ? 2 * keys.length : keys.length;
    this.#keys = new Float64Array(capacity);
    this.#counts = new Uint32Array(capacity);
    this.#used = this.#distinct;
    counts.forEach((count, slot) => {
      if (count === 0) return;
      const home = this.#slotOf(keys[slot]!);
      this.#keys[home] = keys[slot]!;
      this.#counts[home] = count;
    });
  }
}
