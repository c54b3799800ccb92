import { describeValue, EstimatorError } from "../estimator-error.ts";
import { grown, grownCapacity } from "./growing-arrays.ts";
import { PackedTxid } from "./packed-txid.ts";

const LONGEST_TXID = 256;
const WORDS_PER_ID = 8;
const LARGEST_LOAD = 0.6;

/**
 * A set of transaction ids that numbers its members: each id has a small whole number, its entry, while it is held, at
 * which its owner keeps what it knows of the transaction in typed arrays of its own.
 *
 * An id of 64 hex digits takes 32 bytes and one or two hash slots, about 40 bytes instead of the 150 of a string in a
 * Map. Any other string is kept exactly as well.
 */
export class TxidTable {
  readonly #packed = new PackedTxid();
  #capacity: number;
  #words: Uint32Array;
  #kinds: Uint8Array;
  /** Open addressing with linear probing: entry + 1, or 0 for an empty slot. */
  #slots: Int32Array;
  #size = 0;
  /** Entries below this number have been given out once. */
  #fresh = 0;
  #free: Int32Array;
  #freeCount = 0;
  /** Ids that do not fit into 32 bytes, both ways. */
  readonly #longEntries = new Map<string, number>();
  readonly #longIds = new Map<number, string>();

  constructor(initialCapacity = 1024) {
    this.#capacity = initialCapacity;
    this.#words = new Uint32Array(initialCapacity * WORDS_PER_ID);
    this.#kinds = new Uint8Array(initialCapacity);
    this.#free = new Int32Array(64);
    this.#slots = new Int32Array(slotCountFor(initialCapacity));
  }

  /** Entries are below this number; it grows as needed, and the owner's arrays with it. */
  get capacity(): number {
    return this.#capacity;
  }

  /** Ids held. */
  get size(): number {
    return this.#size + this.#longEntries.size;
  }

  /** The entry of an id, or -1. */
  find(txid: string): number {
    if (!this.#packed.pack(txid)) return this.#longEntries.get(txid) ?? -1;
    const slot = this.#findSlot();
    return (this.#slots[slot] as number) - 1;
  }

  /** Takes in an id that is not held. @returns its entry */
  insert(txid: string): number {
    const fits = this.#packed.pack(txid);
    const entry = this.#takeEntry();
    if (!fits) {
      this.#longEntries.set(txid, entry);
      this.#longIds.set(entry, txid);
      return entry;
    }
    this.#words.set(this.#packed.words, entry * WORDS_PER_ID);
    this.#kinds[entry] = this.#packed.kind;
    this.#slots[this.#findSlot()] = entry + 1;
    this.#size++;
    return entry;
  }

  /** Forgets the id of an entry and frees the entry for another id. */
  delete(entry: number): void {
    this.detach(entry);
    this.release(entry);
  }

  /** Forgets the id of an entry; the entry itself stays taken until `release`. */
  detach(entry: number): void {
    const long = this.#longIds.get(entry);
    if (long !== undefined) {
      this.#longIds.delete(entry);
      this.#longEntries.delete(long);
      return;
    }
    this.#emptySlot(this.#slotOf(entry));
    this.#size--;
  }

  /** Frees a detached entry for another id. */
  release(entry: number): void {
    if (this.#freeCount === this.#free.length) {
      const larger = new Int32Array(2 * this.#freeCount);
      larger.set(this.#free);
      this.#free = larger;
    }
    this.#free[this.#freeCount++] = entry;
  }

  /** The id of an entry that is held. */
  txid(entry: number): string {
    const long = this.#longIds.get(entry);
    if (long !== undefined) return long;
    const start = entry * WORDS_PER_ID;
    return this.#packed.unpack(this.#words.subarray(start, start + WORDS_PER_ID), this.#kinds[entry] as number);
  }

  /** The slot of the packed id, or the empty slot where it belongs. */
  #findSlot(): number {
    const mask = this.#slots.length - 1;
    const words = this.#packed.words;
    const kind = this.#packed.kind;
    let slot = this.#packed.hash() & mask;
    for (;;) {
      const entry = (this.#slots[slot] as number) - 1;
      if (entry < 0) return slot;
      if (this.#kinds[entry] === kind && this.#equal(entry * WORDS_PER_ID, words)) return slot;
      slot = (slot + 1) & mask;
    }
  }

  #equal(start: number, words: Uint32Array): boolean {
    for (let i = 0; i < WORDS_PER_ID; i++) if (this.#words[start + i] !== words[i]) return false;
    return true;
  }

  #homeSlot(entry: number): number {
    return PackedTxid.hash(this.#words, entry * WORDS_PER_ID) & (this.#slots.length - 1);
  }

  #slotOf(entry: number): number {
    const mask = this.#slots.length - 1;
    let slot = this.#homeSlot(entry);
    while (this.#slots[slot] !== entry + 1) slot = (slot + 1) & mask;
    return slot;
  }

  /** Empties a slot and moves later ones of the same run forward, so that no search stops short. */
  #emptySlot(emptied: number): void {
    const mask = this.#slots.length - 1;
    let hole = emptied;
    let slot = (hole + 1) & mask;
    for (;;) {
      const value = this.#slots[slot] as number;
      if (value === 0) break;
      const home = this.#homeSlot(value - 1);
      if (((slot - home) & mask) >= ((slot - hole) & mask)) {
        this.#slots[hole] = value;
        hole = slot;
      }
      slot = (slot + 1) & mask;
    }
    this.#slots[hole] = 0;
  }

  #takeEntry(): number {
    if (this.#freeCount > 0) return this.#free[--this.#freeCount] as number;
    if (this.#fresh === this.#capacity) this.#grow();
    return this.#fresh++;
  }

  #grow(): void {
    this.#capacity = grownCapacity(this.#capacity);
    this.#words = grown(this.#words, this.#capacity * WORDS_PER_ID);
    this.#kinds = grown(this.#kinds, this.#capacity);
    const slotCount = slotCountFor(this.#capacity);
    if (slotCount === this.#slots.length) return;
    const old = this.#slots;
    this.#slots = new Int32Array(slotCount);
    const mask = slotCount - 1;
    for (const value of old) {
      if (value === 0) continue;
      let slot = this.#homeSlot(value - 1);
      while (this.#slots[slot] !== 0) slot = (slot + 1) & mask;
      this.#slots[slot] = value;
    }
  }
}

/** @throws {EstimatorError} `invalid_txid` for anything but a string of 1 to 256 characters */
export function checkTxid(txid: unknown, field = "txid"): asserts txid is string {
  if (typeof txid === "string" && txid.length > 0 && txid.length <= LONGEST_TXID) return;
  throw new EstimatorError(
    "invalid_txid",
    `${field} is ${describeValue(txid)}: a transaction id is a string of 1 to ${LONGEST_TXID} characters`,
  );
}

function slotCountFor(capacity: number): number {
  let count = 16;
  while (count * LARGEST_LOAD < capacity) count *= 2;
  return count;
}
