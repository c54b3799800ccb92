/** Slots at first; a power of two. */
const FIRST_SLOTS = 1 << 12;
/** Share of slots in use above which a look-up becomes slow. */
const FULLEST = 0.7;

/**
 * The ids of a mempool, for the moment of one comparison: a busy one has hundreds of thousands, and as strings they would
 * take tens of megabytes more. An id is known by its first 64 bits: among 300,000, two share them once in 400 million.
 */
export class TxidSet {
  #high = new Uint32Array(FIRST_SLOTS);
  #low = new Uint32Array(FIRST_SLOTS);
  /** Whether a slot is in use. */
  #used = new Uint8Array(FIRST_SLOTS);
  #size = 0;

  /** @param txid 64 hex digits. */
  add(txid: string): void {
    if (this.#size >= FULLEST * this.#used.length) this.#grow();
    this.#put(bits(txid, 0), bits(txid, 8));
  }

  has(txid: string): boolean {
    return this.#used[this.#slot(bits(txid, 0), bits(txid, 8))] === 1;
  }

  #put(high: number, low: number): void {
    const slot = this.#slot(high, low);
    this.#size += 1 - (this.#used[slot] as number);
    this.#high[slot] = high;
    this.#low[slot] = low;
    this.#used[slot] = 1;
  }

  /** The slot that holds these bits, or the free one where they belong. */
  #slot(high: number, low: number): number {
    const mask = this.#used.length - 1;
    let slot = low & mask;
    while (this.#used[slot] === 1 && (this.#low[slot] !== low || this.#high[slot] !== high)) slot = (slot + 1) & mask;
    return slot;
  }

  #grow(): void {
    const [high, low, used] = [this.#high, this.#low, this.#used];
    this.#high = new Uint32Array(2 * used.length);
    this.#low = new Uint32Array(2 * used.length);
    this.#used = new Uint8Array(2 * used.length);
    this.#size = 0;
    for (let slot = 0; slot < used.length; slot++)
      if (used[slot] === 1) this.#put(high[slot] as number, low[slot] as number);
  }
}

const bits = (txid: string, from: number): number => Number.parseInt(txid.slice(from, from + 8), 16);
