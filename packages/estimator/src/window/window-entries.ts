import { grown } from "./growing-arrays.ts";

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
/** Payment that grew older than the window. */
export const EXPIRED = 5;
/** Refused transaction that grew older than the window. */
export const REJECTED_EXPIRED = 6;
/** Its id has come back under another entry; only its place in the order is left. */
export const VACATED = 7;

/** What the window knows of each transaction, in columns; the index is the entry of its id. */
export class WindowEntries {
  states: Uint8Array;
  /** Unix seconds. */
  times: Float64Array;
  /** Satoshis; 0 for no amount. */
  firstSats: Float64Array;
  secondSats: Float64Array;
  /** Which output of the transaction the first and the second amount are: bits 0 and 1. */
  vouts: Uint8Array;
  /** Number of the payment in the order of its coming, modulo 2^32. */
  arrivals: Uint32Array;

  constructor(capacity: number) {
    this.states = new Uint8Array(capacity);
    this.times = new Float64Array(capacity);
    this.firstSats = new Float64Array(capacity);
    this.secondSats = new Float64Array(capacity);
    this.vouts = new Uint8Array(capacity);
    this.arrivals = new Uint32Array(capacity);
  }

  ensure(capacity: number): void {
    if (capacity <= this.states.length) return;
    this.states = grown(this.states, capacity);
    this.times = grown(this.times, capacity);
    this.firstSats = grown(this.firstSats, capacity);
    this.secondSats = grown(this.secondSats, capacity);
    this.vouts = grown(this.vouts, capacity);
    this.arrivals = grown(this.arrivals, capacity);
  }

  amountCount(entry: number): number {
    if (this.firstSats[entry] === 0) return 0;
    return this.secondSats[entry] === 0 ? 1 : 2;
  }
}
