import { addPages, PAGE_ENTRIES, pageOf, placeOf } from "./pages.ts";

/** State of a transaction. Unused and released entries are `FREE`. */
export const FREE = 0;
/** A payment in the window. */
export const ACTIVE = 1;
/** Rejected by the filter; its id is kept to detect repeats and spends. */
export const REJECTED = 2;
/** Seen by the filter; counts as rejected until it is accepted. */
export const SEEN = 3;
/** Replaced or evicted payment. */
export const REMOVED = 4;
/** Its id was added again under another entry; only its place in the order is left. */
export const VACATED = 7;

/** Output indexes of the first and second amount: bits 0 and 1 of the marks. */
const VOUT_BITS = 0b011;
/** A block has confirmed it. */
const CONFIRMED = 0b100;

/** Data of the window's transactions in columns; the index is the entry of the id. */
export class WindowEntries {
  readonly #states: Uint8Array[] = [];
  readonly #times: Float64Array[] = [];
  readonly #firstSats: Float64Array[] = [];
  readonly #secondSats: Float64Array[] = [];
  readonly #marks: Uint8Array[] = [];
  readonly #arrivals: Uint32Array[] = [];
  readonly #polls: Uint8Array[] = [];

  /** Makes room for entries below this number. */
  ensure(capacity: number): void {
    addPages(this.#states, capacity, () => new Uint8Array(PAGE_ENTRIES));
    addPages(this.#times, capacity, () => new Float64Array(PAGE_ENTRIES));
    addPages(this.#firstSats, capacity, () => new Float64Array(PAGE_ENTRIES));
    addPages(this.#secondSats, capacity, () => new Float64Array(PAGE_ENTRIES));
    addPages(this.#marks, capacity, () => new Uint8Array(PAGE_ENTRIES));
    addPages(this.#arrivals, capacity, () => new Uint32Array(PAGE_ENTRIES));
    addPages(this.#polls, capacity, () => new Uint8Array(PAGE_ENTRIES));
  }

  /** Sets an unconfirmed transaction without amounts, seen by no poll. @param time Unix seconds */
  begin(entry: number, state: number, time: number): void {
    const [page, place] = [pageOf(entry), placeOf(entry)];
    (this.#states[page] as Uint8Array)[place] = state;
    (this.#times[page] as Float64Array)[place] = time;
    (this.#firstSats[page] as Float64Array)[place] = 0;
    (this.#secondSats[page] as Float64Array)[place] = 0;
    (this.#marks[page] as Uint8Array)[place] = 0;
    (this.#polls[page] as Uint8Array)[place] = 0;
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

  /** Satoshis; 0: no amount. */
  firstSats(entry: number): number {
    return (this.#firstSats[pageOf(entry)] as Float64Array)[placeOf(entry)] as number;
  }

  /** Satoshis; 0: no second amount. */
  secondSats(entry: number): number {
    return (this.#secondSats[pageOf(entry)] as Float64Array)[placeOf(entry)] as number;
  }

  amountCount(entry: number): number {
    if (this.firstSats(entry) === 0) return 0;
    return this.secondSats(entry) === 0 ? 1 : 2;
  }

  /** Output indexes of the first and second amount: bits 0 and 1. */
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

  /** Number of the payment in order of arrival, modulo 2^32. */
  arrival(entry: number): number {
    return (this.#arrivals[pageOf(entry)] as Uint32Array)[placeOf(entry)] as number;
  }

  setArrival(entry: number, arrival: number): void {
    (this.#arrivals[pageOf(entry)] as Uint32Array)[placeOf(entry)] = arrival;
  }

  /** Number of the last poll that contained it; 0: none. */
  poll(entry: number): number {
    return (this.#polls[pageOf(entry)] as Uint8Array)[placeOf(entry)] as number;
  }

  setPoll(entry: number, poll: number): void {
    (this.#polls[pageOf(entry)] as Uint8Array)[placeOf(entry)] = poll;
  }

  /** Marks all entries as never seen by a poll. */
  forgetPolls(): void {
    for (const page of this.#polls) page.fill(0);
  }
}
