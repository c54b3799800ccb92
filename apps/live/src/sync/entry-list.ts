import type { MempoolEntry } from "@utxoracle/node-rpc";

/** Fields of a mempool entry that are needed to fetch it in order. */
export type ListedEntry = Pick<MempoolEntry, "txid" | "time" | "ancestorCount">;

const BYTES_PER_ID = 32;
const FIRST_ENTRIES = 1024;

/**
 * Mempool entries in 44 bytes each. A node may list a million; objects would take four times the
 * memory.
 */
export class EntryList {
  #ids = Buffer.allocUnsafe(BYTES_PER_ID * FIRST_ENTRIES);
  #times = new Float64Array(FIRST_ENTRIES);
  #ancestorCounts = new Uint32Array(FIRST_ENTRIES);
  #length = 0;

  get length(): number {
    return this.#length;
  }

  add({ txid, time, ancestorCount }: ListedEntry): void {
    if (this.#length === this.#times.length) this.#grow();
    const index = this.#length++;
    this.#ids.write(txid, BYTES_PER_ID * index, BYTES_PER_ID, "hex");
    this.#times[index] = time;
    this.#ancestorCounts[index] = ancestorCount;
  }

  /** Ids in the order of insertion. */
  *txids(): Generator<string> {
    for (let index = 0; index < this.#length; index++) yield this.#txid(index);
  }

  /** Entries with parents before their children. */
  *parentsFirst(): Generator<{ readonly txid: string; readonly time: number }> {
    const times = this.#times;
    const ancestorCounts = this.#ancestorCounts;
    const order = Uint32Array.from({ length: this.#length }, (_, index) => index).sort(
      (a, b) =>
        (times[a] as number) - (times[b] as number) || (ancestorCounts[a] as number) - (ancestorCounts[b] as number),
    );
    for (const index of order) yield { txid: this.#txid(index), time: times[index] as number };
  }

  #txid(index: number): string {
    return this.#ids.toString("hex", BYTES_PER_ID * index, BYTES_PER_ID * (index + 1));
  }

  #grow(): void {
    const [ids, times, ancestorCounts] = [this.#ids, this.#times, this.#ancestorCounts];
    this.#ids = Buffer.allocUnsafe(2 * ids.length);
    this.#times = new Float64Array(2 * times.length);
    this.#ancestorCounts = new Uint32Array(2 * ancestorCounts.length);
    this.#ids.set(ids);
    this.#times.set(times);
    this.#ancestorCounts.set(ancestorCounts);
  }
}
