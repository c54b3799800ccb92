import type { SimulatedTransaction } from "./simulated-transaction.ts";

/** A transaction in the mempool. */
export interface MempoolEntry {
  readonly transaction: SimulatedTransaction;
  /** Seconds on the simulation's clock. */
  readonly enteredAt: number;
  /** Height of the best block at entry. */
  readonly height: number;
}

/**
 * The mempool and its sequence counter. As in Bitcoin Core, the counter starts at 1 and grows with
 * every addition and removal; removals by a block have no message.
 */
export class SimulatedMempool {
  #entries = new Map<string, MempoolEntry>();
  #nextSequence = 1;
  /** Total of all entries. */
  totalVsize = 0;
  totalFeeSats = 0;

  /** Number of the next change: `mempool_sequence` of `getrawmempool`. */
  get nextSequence(): number {
    return this.#nextSequence;
  }

  get size(): number {
    return this.#entries.size;
  }

  has(txid: string): boolean {
    return this.#entries.has(txid);
  }

  get(txid: string): MempoolEntry | undefined {
    return this.#entries.get(txid);
  }

  /** In entry order: parents before children. */
  entries(): IterableIterator<MempoolEntry> {
    return this.#entries.values();
  }

  txids(): IterableIterator<string> {
    return this.#entries.keys();
  }

  /** @returns the number of this change */
  add(entry: MempoolEntry): number {
    this.#entries.set(entry.transaction.txid, entry);
    this.totalVsize += entry.transaction.vsize;
    this.totalFeeSats += entry.transaction.feeSats;
    return this.#nextSequence++;
  }

  /**
   * Restores the transactions of a disconnected block before all others, which may spend them.
   * @returns the number of each change
   */
  putBack(entries: readonly MempoolEntry[]): number[] {
    const later = this.#entries;
    this.#entries = new Map();
    const numbers = entries.map((entry) => this.add(entry));
    for (const [txid, entry] of later) this.#entries.set(txid, entry);
    return numbers;
  }

  /** @returns the number of this change; null if it was not in the mempool */
  remove(transaction: SimulatedTransaction): number | null {
    if (!this.#entries.delete(transaction.txid)) return null;
    this.totalVsize -= transaction.vsize;
    this.totalFeeSats -= transaction.feeSats;
    return this.#nextSequence++;
  }

  /** Descendants of a transaction in the mempool, farthest first. */
  descendants(transaction: SimulatedTransaction): SimulatedTransaction[] {
    const found: SimulatedTransaction[] = [];
    for (const child of transaction.children ?? []) {
      if (this.has(child.txid)) found.push(...this.descendants(child), child);
    }
    return found;
  }

  /**
   * Clears the mempool and resets the counter, like a starting node.
   *
   * @returns the removed entries
   */
  unload(): MempoolEntry[] {
    const held = [...this.#entries.values()];
    this.#entries.clear();
    this.totalVsize = 0;
    this.totalFeeSats = 0;
    this.#nextSequence = 1;
    return held;
  }
}
