import { grown, grownCapacity } from "./growing-arrays.ts";
import { TxidTable } from "./txid-table.ts";

/** What is known of an id that is not in the window. */
export type Memory = "unknown" | "remembered" | "may_return";

/** It will not be taken in again. */
const FINAL = 1;
/** Its payment was removed: it may come again. */
const MAY_RETURN = 2;
/** It has come again; only its place in the order is left. */
const VACATED = 3;

/**
 * Ids of transactions that have grown older than the window, in the order of their leaving it: about 48 bytes each, and
 * exact to the last bit. Details other than the id leave with the window.
 */
export class RememberedTxids {
  readonly #table: TxidTable;
  #states = new Uint8Array(0);
  /** Numbers of the looks in which the ids were seen last; see {@link see}. */
  #looks = new Uint8Array(0);
  /** Entries of the table, the oldest at `#first`, going round. */
  #ring = new Int32Array(1024);
  #first = 0;
  #count = 0;

  /** @param table an empty one, from then on this object's own */
  constructor(table: TxidTable = new TxidTable()) {
    this.#table = table;
  }

  /** Ids remembered, those included that have come again since. */
  get count(): number {
    return this.#count;
  }

  /** Ids that would be found. */
  get size(): number {
    return this.#table.size;
  }

  /** Takes over an id from another table, whose entry stays as it is. */
  take(from: TxidTable, entry: number, mayReturn: boolean, look: number): void {
    this.#hold(this.#table.insertFrom(from, entry), mayReturn, look);
  }

  /** @param txid one that is not remembered. */
  add(txid: string, mayReturn: boolean, look: number): void {
    this.#hold(this.#table.insert(txid), mayReturn, look);
  }

  find(txid: string): Memory {
    const entry = this.#table.find(txid);
    if (entry < 0) return "unknown";
    return this.#states[entry] === MAY_RETURN ? "may_return" : "remembered";
  }

  /** Releases an id that is remembered: it has come again. */
  release(txid: string): void {
    const entry = this.#table.find(txid);
    this.#table.detach(entry);
    this.#states[entry] = VACATED;
  }

  /** Notes that an id was seen in the look of that number. @returns false when it is not remembered, or may come again */
  see(txid: string, look: number): boolean {
    const entry = this.#table.find(txid);
    if (entry < 0) return false;
    this.#looks[entry] = look;
    return this.#states[entry] !== MAY_RETURN;
  }

  /** No id has been seen in any look. */
  forgetLooks(): void {
    this.#looks.fill(0);
  }

  /** Releases the oldest. @returns whether an id was forgotten by it */
  dropOldest(): boolean {
    const entry = this.#ring[this.#first] as number;
    this.#first = (this.#first + 1) % this.#ring.length;
    this.#count--;
    return this.#drop(entry);
  }

  /**
   * Releases those for which `keep` is false.
   * @param keep asked once for each; when it throws nothing has changed.
   * @param look those that the look of that number saw are kept without asking; 0: there was none
   * @returns how many ids were forgotten
   */
  filter(keep: (txid: string) => boolean, look = 0): number {
    const dropped = new Uint8Array(this.#table.capacity);
    this.#forEach((entry) => {
      if (this.#states[entry] !== VACATED) {
        if (look !== 0 && this.#looks[entry] === look) return;
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

  /** Calls `visit` for each id, the oldest first. */
  forEach(visit: (txid: string, mayReturn: boolean) => void): void {
    this.#forEach((entry) => {
      if (this.#states[entry] !== VACATED) visit(this.#table.txid(entry), this.#states[entry] === MAY_RETURN);
    });
  }

  #forEach(visit: (entry: number) => void): void {
    const { length } = this.#ring;
    for (let i = 0; i < this.#count; i++) visit(this.#ring[(this.#first + i) % length] as number);
  }

  #hold(entry: number, mayReturn: boolean, look: number): void {
    const { capacity } = this.#table;
    if (capacity > this.#states.length) {
      this.#states = grown(this.#states, capacity);
      this.#looks = grown(this.#looks, capacity);
    }
    this.#states[entry] = mayReturn ? MAY_RETURN : FINAL;
    this.#looks[entry] = look;
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
