import { grown, grownCapacity } from "./growing-arrays.ts";
import { TxidTable } from "./txid-table.ts";

/** State of an id that is not in the window. */
export type Memory = "unknown" | "remembered" | "may_return";

/** It is not added again. */
const FINAL = 1;
/** Its payment was removed and may be added again. */
const MAY_RETURN = 2;
/** It was added again; only its place in the order is left. */
const VACATED = 3;

/**
 * Ids of expired transactions in the order in which they expired, about 48 bytes each. All else
 * about them is dropped.
 */
export class RememberedTxids {
  readonly #table: TxidTable;
  #states = new Uint8Array(0);
  /** Number of the last poll that contained each id; see {@link see}. */
  #polls = new Uint8Array(0);
  /** Entries of the table as a ring, the oldest at `#first`. */
  #ring = new Int32Array(1024);
  #first = 0;
  #count = 0;

  /** @param table an empty table, owned by this object from now on */
  constructor(table: TxidTable = new TxidTable()) {
    this.#table = table;
  }

  /** Number of ids, including those that were added again since. */
  get count(): number {
    return this.#count;
  }

  /** Number of ids that are found. */
  get size(): number {
    return this.#table.size;
  }

  /** Copies an id from another table. */
  take(from: TxidTable, entry: number, mayReturn: boolean, poll: number): void {
    this.#hold(this.#table.insertFrom(from, entry), mayReturn, poll);
  }

  /** @param txid an id that is not remembered */
  add(txid: string, mayReturn: boolean, poll: number): void {
    this.#hold(this.#table.insert(txid), mayReturn, poll);
  }

  find(txid: string): Memory {
    const entry = this.#table.find(txid);
    if (entry < 0) return "unknown";
    return this.#states[entry] === MAY_RETURN ? "may_return" : "remembered";
  }

  /** Releases an id because it was added again. */
  release(txid: string): void {
    const entry = this.#table.find(txid);
    this.#table.detach(entry);
    this.#states[entry] = VACATED;
  }

  /**
   * Marks an id as seen by a poll.
   * @returns false if it is not remembered, or may be added again
   */
  see(txid: string, poll: number): boolean {
    const entry = this.#table.find(txid);
    if (entry < 0) return false;
    this.#polls[entry] = poll;
    return this.#states[entry] !== MAY_RETURN;
  }

  /** Marks all ids as never seen by a poll. */
  forgetPolls(): void {
    this.#polls.fill(0);
  }

  /** Releases the oldest entry. @returns whether an id was forgotten */
  dropOldest(): boolean {
    const entry = this.#ring[this.#first] as number;
    this.#first = (this.#first + 1) % this.#ring.length;
    this.#count--;
    return this.#drop(entry);
  }

  /**
   * Releases those for which `keep` is false.
   * @param keep called once per id; if it throws, nothing has changed
   * @param poll ids seen by this poll are kept without a call; 0: no poll
   * @returns the number of forgotten ids
   */
  filter(keep: (txid: string) => boolean, poll = 0): number {
    const dropped = new Uint8Array(this.#table.capacity);
    this.#forEach((entry) => {
      if (this.#states[entry] !== VACATED) {
        if (poll !== 0 && this.#polls[entry] === poll) return;
        if (keep(this.#table.txid(entry))) return;
      }
      dropped[entry] = 1;
    });
    let kept = 0;
    let forgotten = 0;
    const { length } = this.#ring;
    for (let i = 0; i < this.#count; i++) {
      const entry = this.#ring[(this.#first + i) % length] as number;
      if (dropped[entry] === 0) this.#ring[(this.#first + kept++) % length] = entry;
      else if (this.#drop(entry)) forgotten++;
    }
    this.#count = kept;
    return forgotten;
  }

  /** Calls `visit` for each id, oldest first. */
  forEach(visit: (txid: string, mayReturn: boolean) => void): void {
    this.#forEach((entry) => {
      if (this.#states[entry] !== VACATED) visit(this.#table.txid(entry), this.#states[entry] === MAY_RETURN);
    });
  }

  #forEach(visit: (entry: number) => void): void {
    const { length } = this.#ring;
    for (let i = 0; i < this.#count; i++) visit(this.#ring[(this.#first + i) % length] as number);
  }

  #hold(entry: number, mayReturn: boolean, poll: number): void {
    const { capacity } = this.#table;
    if (capacity > this.#states.length) {
      this.#states = grown(this.#states, capacity);
      this.#polls = grown(this.#polls, capacity);
    }
    this.#states[entry] = mayReturn ? MAY_RETURN : FINAL;
    this.#polls[entry] = poll;
    if (this.#count === this.#ring.length) this.#growRing();
    this.#ring[(this.#first + this.#count++) % this.#ring.length] = entry;
  }

  #growRing(): void {
    const larger = new Int32Array(grownCapacity(this.#ring.length));
    larger.set(this.#ring.subarray(this.#first));
    larger.set(this.#ring.subarray(0, this.#first), this.#ring.length - this.#first);
    this.#ring = larger;
    this.#first = 0;
  }

  #drop(entry: number): boolean {
    const isHeld = this.#states[entry] !== VACATED;
    if (isHeld) this.#table.detach(entry);
    this.#table.release(entry);
    return isHeld;
  }
}
