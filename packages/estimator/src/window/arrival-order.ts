import { grown, grownCapacity } from "./growing-arrays.ts";
import { sortedByTime } from "./time-sort.ts";

const SMALLEST_WAITING = 256;
const LARGEST_IDLE_WAITING = 65_536;

/** Returns the time of an entry, Unix seconds. */
type TimeOf = (entry: number) => number;

/**
 * Entries of the window in order of time: the oldest leave at the front, the latest are read from
 * the back.
 *
 * New entries stay unsorted until the order is needed. Entries usually arrive in order of time;
 * then sorting is a copy.
 */
export class ArrivalOrder {
  readonly #timeOf: TimeOf;
  #entries = new Int32Array(1024);
  #start = 0;
  #end = 0;
  #waiting = new Int32Array(SMALLEST_WAITING);
  #waitingCount = 0;

  constructor(timeOf: TimeOf) {
    this.#timeOf = timeOf;
  }

  /** Number of entries, sorted or not. */
  get size(): number {
    return this.#end - this.#start + this.#waitingCount;
  }

  push(entry: number): void {
    if (this.#waitingCount === this.#waiting.length)
      this.#waiting = grown(this.#waiting, grownCapacity(this.#waiting.length));
    this.#waiting[this.#waitingCount++] = entry;
  }

  /** Sorts the new entries in. Equal times keep the order in which they were pushed. */
  sort(): void {
    const count = this.#waitingCount;
    if (count === 0) return;
    const waiting = count === 1 ? this.#waiting : sortedByTime(this.#waiting.subarray(0, count), this.#timeOf);
    this.#makeRoom(count);
    // From the back: entries later than a new one move up as one block. Usually there are none, so
    // this is cheap.
    let from = this.#end;
    for (let next = count - 1; next >= 0; next--) {
      const place = this.#firstLater(this.#timeOf(waiting[next] as number), from);
      this.#entries.copyWithin(place + next + 1, place, from);
      this.#entries[place + next] = waiting[next] as number;
      from = place;
    }
    this.#end += count;
    this.#waitingCount = 0;
    if (this.#waiting.length > LARGEST_IDLE_WAITING) this.#waiting = new Int32Array(SMALLEST_WAITING);
  }

  /** The oldest entry, or -1. Requires sorted entries. */
  oldest(): number {
    return this.#start < this.#end ? (this.#entries[this.#start] as number) : -1;
  }

  /** Removes the oldest entry. Requires sorted entries. */
  dropOldest(): void {
    this.#start++;
  }

  /** Calls `visit` for each entry in order of time. Requires sorted entries. */
  forEach(visit: (entry: number) => void): void {
    for (let i = this.#start; i < this.#end; i++) visit(this.#entries[i] as number);
  }

  /**
   * Calls `visit` from the latest entry to the oldest until it returns false. Requires sorted
   * entries.
   */
  fromLatest(visit: (entry: number) => boolean): void {
    for (let i = this.#end - 1; i >= this.#start; i--) if (!visit(this.#entries[i] as number)) return;
  }

  /** Index of the first entry before `end` that is later than `time`, or `end`. */
  #firstLater(time: number, end: number): number {
    let low = this.#start;
    let high = end;
    if (high === low || this.#timeOf(this.#entries[high - 1] as number) <= time) return high;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#timeOf(this.#entries[middle] as number) > time) high = middle;
      else low = middle + 1;
    }
    return low;
  }

  /** Makes room for `count` more entries at the end; closes the gap at the front first. */
  #makeRoom(count: number): void {
    const used = this.#end - this.#start;
    if (this.#end + count <= this.#entries.length) return;
    if (used + count <= this.#entries.length * 0.75) {
      this.#entries.copyWithin(0, this.#start, this.#end);
    } else {
      let length = this.#entries.length;
      while (length < used + count) length = grownCapacity(length);
      const larger = new Int32Array(length);
      larger.set(this.#entries.subarray(this.#start, this.#end));
      this.#entries = larger;
    }
    this.#start = 0;
    this.#end = used;
  }
}
