import type { SimulatedTransaction } from "./simulated-transaction.ts";

/** A transaction in the mempool. */
export interface MempoolEntry {
  readonly transaction: SimulatedTransaction;
  /** Seconds on the simulation's clock. */
  readonly enteredAt: number;
  /** Of the best block at that moment. */
  readonly height: number;
}

/**
 * The stand-in node's mempool and its sequence counter, which goes as Bitcoin Core's: it starts at 1, every addition and
 * removal takes one number, and those that a block removes take theirs without a message.
 */
export class SimulatedMempool {
  #entries = new Map<string, MempoolEntry>();
  #nextSequence = 1;
  /** Of all entries. */
  totalVsize = 0;
  totalFeeSats = 0;

  /** What the next change will be numbered: `mempool_sequence` of `getrawmempool`. */
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

  /** In the order of entry: parents before children. */
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
   * Puts back what a disconnected block had confirmed, before all others: what spends it may have entered meanwhile.
   * @returns the number of each change
   */
  putBack(entries: readonly MempoolEntry[]): number[] {
    const later = this.#entries;
    this.#entries = new Map();
    const numbers = entries.map((entry) => this.add(entry));
    for (const [txid, entry] of later) this.#entries.set(txid, entry);
    return numbers;
  }

  /** @returns the number of this change, null when it was not there */
  remove(transaction: SimulatedTransaction): number | null {
    if (!this.#entries.delete(transaction.txid)) return null;
    this.totalVsize -= transaction.vsize;
    this.totalFeeSats -= transaction.feeSats;
    return this.#nextSequence++;
  }

  /** Those among the descendants of a transaction that are here, the farthest first. */
  descendants(transaction: SimulatedTransaction): SimulatedTransaction[] {
    const found: SimulatedTransaction[] = [];
    for (const child of transaction.children ?? []) {
      if (this.has(child.txid)) found.push(...this.descendants(child), child);
    }
    return found;
  }

  /** Empties it and starts the counter again, as a node does that starts; returns what it held. */
  unload(): MempoolEntry[] {
    const held = [...this.#entries.values()];
    this.#entries.clear();
    this.totalVsize = 0;
    this.totalFeeSats = 0;
    this.#nextSequence = 1;
    return held;
  }
}
