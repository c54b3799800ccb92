import { addPages, PAGE_ENTRIES, pageOf, placeOf } from "./pages.ts";

/** What has become of a transaction. An entry that the table has not given out, or has taken back, is `FREE`. */
export const FREE = 0;
/** A payment in the window. */
export const ACTIVE = 1;
/** Refused by the filter; its id is held for repeats and for spends of it. */
export const REJECTED = 2;
/** Seen by the filter and not accepted so far: counts as refused until it is accepted. */
export const SEEN = 3;
/** Replaced or evicted payment. */
export const REMOVED = 4;
/** Its id has come back under another entry; only its place in the order is left. */
export const VACATED = 7;

/** Which output of the transaction the first and the second amount are: bits 0 and 1 of the marks. */
const VOUT_BITS = 0b011;
/** A block has confirmed it. */
const CONFIRMED = 0b100;

/** What the window knows of each transaction, in columns; the index is the entry of its id. */
export class WindowEntries {
  readonly #states: Uint8Array[] = [];
  readonly #times: Float64Array[] = [];
  readonly #firstSats: Float64Array[] = [];
  readonly #secondSats: Float64Array[] = [];
  readonly #marks: Uint8Array[] = [];
  readonly #arrivals: Uint32Array[] = [];
  readonly #looks: Uint8Array[] = [];

  /** Makes room for entries below this number. */
  ensure(capacity: number): void {
    addPages(this.#states, capacity, () => new Uint8Array(PAGE_ENTRIES));
    addPages(this.#times, capacity, () => new Float64Array(PAGE_ENTRIES));
    addPages(this.#firstSats, capacity, () => new Float64Array(PAGE_ENTRIES));
    addPages(this.#secondSats, capacity, () => new Float64Array(PAGE_ENTRIES));
    addPages(this.#marks, capacity, () => new Uint8Array(PAGE_ENTRIES));
    addPages(this.#arrivals, capacity, () => new Uint32Array(PAGE_ENTRIES));
    addPages(this.#looks, capacity, () => new Uint8Array(PAGE_ENTRIES));
  }

  /** A transaction without amounts, not confirmed, seen in no look. @param time Unix seconds */
  begin(entry: number, state: number, time: number): void {
    const [page, place] = [pageOf(entry), placeOf(entry)];
    (this.#states[page] as Uint8Array)[place] = state;
    (this.#times[page] as Float64Array)[place] = time;
    (this.#firstSats[page] as Float64Array)[place] = 0;
    (this.#secondSats[page] as Float64Array)[place] = 0;
    (this.#marks[page] as Uint8Array)[place] = 0;
    (this.#looks[page] as Uint8Array)[place] = 0;
  }

  state(entry: number): number {
    return (this.#states[pageOf(entry)] as Uint8Array)[placeOf(entry)] as number;
  }

  setState(entry: number, state: number): void {
    (this.#states[pageOf(entry)] as Uint8Array)[placeOf(entry)] = state;
  }

  /** Unix seconds. */
  time(entry: number): number {
    return (this.#times[pageOf(entry)] as Float64Array)[placeOf(entry)] as number;
  }

  setTime(entry: number, time: number): void {
    (this.#times[pageOf(entry)] as Float64Array)[placeOf(entry)] = time;
  }

  /** Satoshis; 0 for no amount. */
  firstSats(entry: number): number {
    return (this.#firstSats[pageOf(entry)] as Float64Array)[placeOf(entry)] as number;
  }

  /** Satoshis; 0 for no second amount. */
  secondSats(entry: number): number {
    return (this.#secondSats[pageOf(entry)] as Float64Array)[placeOf(entry)] as number;
  }

  amountCount(entry: number): number {
    if (this.firstSats(entry) === 0) return 0;
    return this.secondSats(entry) === 0 ? 1 : 2;
  }

  /** Which output of the transaction the first and the second amount are: bits 0 and 1. */
  vouts(entry: number): number {
    return ((this.#marks[pageOf(entry)] as Uint8Array)[placeOf(entry)] as number) & VOUT_BITS;
  }

  setAmounts(entry: number, firstSats: number, secondSats: number, vouts: number): void {
    const [page, place] = [pageOf(entry), placeOf(entry)];
    (this.#firstSats[page] as Float64Array)[place] = firstSats;
    (this.#secondSats[page] as Float64Array)[place] = secondSats;
    (this.#marks[page] as Uint8Array)[place] = vouts;
  }

  isConfirmed(entry: number): boolean {
    return (((this.#marks[pageOf(entry)] as Uint8Array)[placeOf(entry)] as number) & CONFIRMED) !== 0;
  }

  setConfirmed(entry: number, confirmed: boolean): void {
    const marks = this.#marks[pageOf(entry)] as Uint8Array;
    const place = placeOf(entry);
    marks[place] = confirmed ? (marks[place] as number) | CONFIRMED : (marks[place] as number) & ~CONFIRMED;
  }

  /** Number of the payment in the order of its coming, modulo 2^32. */
  arrival(entry: number): number {
    return (this.#arrivals[pageOf(entry)] as Uint32Array)[placeOf(entry)] as number;
  }

  setArrival(entry: number, arrival: number): void {
    (this.#arrivals[pageOf(entry)] as Uint32Array)[placeOf(entry)] = arrival;
  }

  /** Number of the look at the mempool that saw it last; 0: none did. */
  look(entry: number): number {
    return (this.#looks[pageOf(entry)] as Uint8Array)[placeOf(entry)] as number;
  }

  setLook(entry: number, look: number): void {
    (this.#looks[pageOf(entry)] as Uint8Array)[placeOf(entry)] = look;
  }

  /** No look saw anything. */
  forgetLooks(): void {
    for (const page of this.#looks) page.fill(0);
  }
}
