/** Initial number of slots; a power of two. */
const FIRST_SLOTS = 1 << 12;
/** Maximum share of used slots; beyond it look-ups become slow. */
const MAX_LOAD = 0.75;
/** Maximum share after a rebuild; the difference keeps rebuilds rare. */
const MAX_LOAD_REBUILT = 0.6;

/**
 * Maps transaction ids to block numbers, for the hundreds of thousands of transactions of two days,
 * in 12 bytes per slot. Only the first 64 bits of an id are compared: two of a million ids share
 * them with probability 1 in 37 million.
 */
export class TxidBlocks {
  #high = new Uint32Array(FIRST_SLOTS);
  #low = new Uint32Array(FIRST_SLOTS);
  /** Number of the block plus one; 0: the slot is free. */
  #blocks = new Uint32Array(FIRST_SLOTS);
  #used = 0;

  /** @returns number of the block of an id, given its first 64 bits; -1 for none. */
  get(high: number, low: number): number {
    return (this.#blocks[this.#slot(high, low)] as number) - 1;
  }

  /**
   * Sets the block of an id, given its first 64 bits.
   * @param block 0…2^32-2.
   * @param oldestKept entries of blocks with smaller numbers may be removed.
   */
  set(high: number, low: number, block: number, oldestKept: number): void {
    if (this.#used >= MAX_LOAD * this.#blocks.length) this.#rebuild(oldestKept);
    const slot = this.#slot(high, low);
    if (this.#blocks[slot] === 0) this.#used++;
    this.#high[slot] = high;
    this.#low[slot] = low;
    this.#blocks[slot] = block + 1;
  }

  /** The slot of these bits, or the free slot for them. */
  #slot(high: number, low: number): number {
    const mask = this.#blocks.length - 1;
    let slot = low & mask;
    while (this.#blocks[slot] !== 0 && (this.#low[slot] !== low || this.#high[slot] !== high)) slot = (slot + 1) & mask;
    return slot;
  }

  #rebuild(oldestKept: number): void {
    const [high, low, blocks] = [this.#high, this.#low, this.#blocks];
    const kept = blocks.reduce((count, block) => count + Number(block > oldestKept), 0);
    let slots = FIRST_SLOTS;
    while (kept > MAX_LOAD_REBUILT * slots) slots *= 2;
    this.#high = new Uint32Array(slots);
    this.#low = new Uint32Array(slots);
    this.#blocks = new Uint32Array(slots);
    this.#used = kept;
    for (let index = 0; index < blocks.length; index++) {
      const block = blocks[index] as number;
      if (block <= oldestKept) continue;
      const slot = this.#slot(high[index] as number, low[index] as number);
      this.#high[slot] = high[index] as number;
      this.#low[slot] = low[index] as number;
      this.#blocks[slot] = block;
    }
  }
}
