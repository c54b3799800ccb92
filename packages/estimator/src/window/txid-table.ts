import { PackedTxid } from "./packed-txid.ts";
import { addPages, PAGE_ENTRIES, pageOf, placeOf } from "./pages.ts";

const WORDS_PER_ID = 8;
const LARGEST_LOAD = 0.6;
const FEWEST_SLOTS = 16;

/**
 * A set of transaction ids. Each id has a small number, its entry, which the owner uses as index
 * into its own columns.
 *
 * An id of 64 hex digits takes 32 bytes and two or three hash slots: about 42 bytes, instead of 150
 * as a string in a Map. Any other string is stored as it is.
 */
export class TxidTable {
  readonly #packed = new PackedTxid();
  readonly #words: Uint32Array[] = [];
  readonly #kinds: Uint8Array[] = [];
  /** Open addressing with linear probing: entry + 1, or 0 for an empty slot. */
  #slots = new Int32Array(FEWEST_SLOTS);
  #size = 0;
  /** Entries below this number have been used. */
  #fresh = 0;
  #free = new Int32Array(64);
  #freeCount = 0;
  /** Ids that do not fit into 32 bytes, by entry and by id. */
  readonly #longEntries = new Map<string, number>();
  readonly #longIds = new Map<number, string>();

  /** Upper bound of the entries; it grows as needed, and the owner's columns must follow. */
  get capacity(): number {
    return this.#words.length * PAGE_ENTRIES;
  }

  /** Number of ids. */
  get size(): number {
    return this.#size + this.#longEntries.size;
  }

  /** The entry of an id, or -1. */
  find(txid: string): number {
    if (!this.#packed.pack(txid)) return this.#longEntries.get(txid) ?? -1;
    return (this.#slots[this.#findSlot()] as number) - 1;
  }

  /** Adds an id that is not in the table. @returns its entry */
  insert(txid: string): number {
    if (this.#packed.pack(txid)) return this.#insertPacked();
    const entry = this.#takeEntry();
    this.#longEntries.set(txid, entry);
    this.#longIds.set(entry, txid);
    return entry;
  }

  /** Copies the id of an entry of another table. @returns its entry here */
  insertFrom(other: TxidTable, otherEntry: number): number {
    return other.copyPacked(otherEntry, this.#packed) ? this.#insertPacked() : this.insert(other.txid(otherEntry));
  }

  /**
   * Copies the packed id of an entry without making it a string.
   * @returns false for an id stored as a string
   */
  copyPacked(entry: number, into: PackedTxid): boolean {
    if (this.#longIds.has(entry)) return false;
    const place = placeOf(entry);
    const words = this.#words[pageOf(entry)] as Uint32Array;
    for (let i = 0; i < WORDS_PER_ID; i++) into.words[i] = words[place * WORDS_PER_ID + i] as number;
    into.kind = (this.#kinds[pageOf(entry)] as Uint8Array)[place] as number;
    return true;
  }

  /** Deletes the id of an entry; the entry stays in use until `release`. */
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

  /** The id of an entry in use. */
  txid(entry: number): string {
    const long = this.#longIds.get(entry);
    if (long !== undefined) return long;
    const place = placeOf(entry);
    const words = this.#words[pageOf(entry)] as Uint32Array;
    const kind = (this.#kinds[pageOf(entry)] as Uint8Array)[place] as number;
    return this.#packed.unpack(words.subarray(place * WORDS_PER_ID, (place + 1) * WORDS_PER_ID), kind);
  }

  #insertPacked(): number {
    const entry = this.#takeEntry();
    const place = placeOf(entry);
    (this.#words[pageOf(entry)] as Uint32Array).set(this.#packed.words, place * WORDS_PER_ID);
    (this.#kinds[pageOf(entry)] as Uint8Array)[place] = this.#packed.kind;
    if (this.#size >= LARGEST_LOAD * this.#slots.length) this.#addSlots();
    this.#slots[this.#findSlot()] = entry + 1;
    this.#size++;
    return entry;
  }

  /** The slot of the packed id, or the empty slot where it belongs. */
  #findSlot(): number {
    const mask = this.#slots.length - 1;
    let slot = this.#packed.hash() & mask;
    for (;;) {
      const entry = (this.#slots[slot] as number) - 1;
      if (entry < 0 || this.#isPacked(entry)) return slot;
      slot = (slot + 1) & mask;
    }
  }

  /** Whether an entry has the packed id. */
  #isPacked(entry: number): boolean {
    const words = this.#words[pageOf(entry)] as Uint32Array;
    const place = placeOf(entry);
    const start = place * WORDS_PER_ID;
    for (let i = 0; i < WORDS_PER_ID; i++) if (words[start + i] !== this.#packed.words[i]) return false;
    return (this.#kinds[pageOf(entry)] as Uint8Array)[place] === this.#packed.kind;
  }

  #homeSlot(entry: number): number {
    const words = this.#words[pageOf(entry)] as Uint32Array;
    return PackedTxid.hash(words, placeOf(entry) * WORDS_PER_ID) & (this.#slots.length - 1);
  }

  #slotOf(entry: number): number {
    const mask = this.#slots.length - 1;
    let slot = this.#homeSlot(entry);
    while (this.#slots[slot] !== entry + 1) slot = (slot + 1) & mask;
    return slot;
  }

  /**
   * Empties a slot and moves later ones of the same run forward, so that no search ends too early.
   */
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
    const entry = this.#fresh++;
    addPages(this.#words, this.#fresh, () => new Uint32Array(PAGE_ENTRIES * WORDS_PER_ID));
    addPages(this.#kinds, this.#fresh, () => new Uint8Array(PAGE_ENTRIES));
    return entry;
  }

  #addSlots(): void {
    const old = this.#slots;
    this.#slots = new Int32Array(2 * old.length);
    const mask = this.#slots.length - 1;
    for (const value of old) {
      if (value === 0) continue;
      let slot = this.#homeSlot(value - 1);
      while (this.#slots[slot] !== 0) slot = (slot + 1) & mask;
      this.#slots[slot] = value;
    }
  }
}
