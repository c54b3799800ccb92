import { grown, grownCapacity } from "./growing-arrays.ts";
import { sortedByTime } from "./time-sort.ts";

const SMALLEST_WAITING = 256;
const LARGEST_IDLE_WAITING = 65_536;

/**
 * Entries of the window in the order of their times: the oldest leave at the front, the latest are read from the back.
 *
 * New ones wait unsorted until the order is asked for; in the usual case, arrivals in the order of time, sorting them
 * in is a copy.
 */
export class ArrivalOrder {
  #entries = new Int32Array(1024);
  /** `#entries` from here on are in the window, before it the aged ones that are remembered. */
  #windowStart = 0;
  #agedStart = 0;
  #end = 0;
  #waiting = new Int32Array(SMALLEST_WAITING);
  #waitingCount = 0;

  /** Entries remembered beyond the window, those given up since included. */
  get agedCount(): number {
    return this.#windowStart - this.#agedStart;
  }

  push(entry: number): void {
    if (this.#waitingCount === this.#waiting.length)
      this.#waiting = grown(this.#waiting, grownCapacity(this.#waiting.length));
    this.#waiting[this.#waitingCount++] = entry;
  }

  /** Puts an entry behind the remembered ones; only while the window itself is empty. */
  pushAged(entry: number): void {
    this.#makeRoom(1);
    this.#entries[this.#end++] = entry;
    this.#windowStart = this.#end;
  }

  /** Sorts the waiting entries in. Of equal times the one pushed first comes first. */
  sort(times: Float64Array): void {
    const count = this.#waitingCount;
    if (count === 0) return;
    const waiting = sortedByTime(this.#waiting.subarray(0, count), times);
    this.#makeRoom(count);
    // From the back: what is later than a waiting entry moves up as one block, which costs little in the usual case,
    // nothing being later, and not much when a few come late.
    let from = this.#end;
    for (let next = count - 1; next >= 0; next--) {
      const place = this.#firstLater(times[waiting[next] as number] as number, from, times);
      this.#entries.copyWithin(place + next + 1, place, from);
      this.#entries[place + next] = waiting[next] as number;
      from = place;
    }
    this.#end += count;
    this.#waitingCount = 0;
    if (this.#waiting.length > LARGEST_IDLE_WAITING) this.#waiting = new Int32Array(SMALLEST_WAITING);
  }

  /** The oldest entry of the window, or -1. Sorted order is assumed. */
  oldest(): number {
    return this.#windowStart < this.#end ? (this.#entries[this.#windowStart] as number) : -1;
  }

  /** Moves the oldest entry of the window among the remembered ones. */
  age(): void {
    this.#windowStart++;
  }

  /** Takes the oldest remembered entry off. @returns -1 when there is none */
  takeOldestAged(): number {
    return this.#agedStart < this.#windowStart ? (this.#entries[this.#agedStart++] as number) : -1;
  }

  /** Calls `visit` for each remembered entry. */
  forEachAged(visit: (entry: number) => void): void {
    for (let i = this.#agedStart; i < this.#windowStart; i++) visit(this.#entries[i] as number);
  }

  /** Keeps the remembered entries for which `keep` is true. */
  filterAged(keep: (entry: number) => boolean): void {
    let to = this.#windowStart;
    for (let from = this.#windowStart - 1; from >= this.#agedStart; from--) {
      const entry = this.#entries[from] as number;
      if (keep(entry)) this.#entries[--to] = entry;
    }
    this.#agedStart = to;
  }

  /** Calls `visit` for each entry of the window in the order of time. Sorted order is assumed. */
  forEachInWindow(visit: (entry: number) => void): void {
    for (let i = this.#windowStart; i < this.#end; i++) visit(this.#entries[i] as number);
  }

  /** Calls `visit` from the latest entry of the window to the oldest until it returns false. */
  fromLatest(visit: (entry: number) => boolean): void {
    for (let i = this.#end - 1; i >= this.#windowStart; i--) if (!visit(this.#entries[i] as number)) return;
  }

  /** Where the first entry of the window before `end` stands that is later than `time`; `end` when none is. */
  #firstLater(time: number, end: number, times: Float64Array): number {
    let low = this.#windowStart;
    let high = end;
    if (high === low || (times[this.#entries[high - 1] as number] as number) <= time) return high;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((times[this.#entries[middle] as number] as number) > time) high = middle;
      else low = middle + 1;
    }
    return low;
  }

  /** Makes room for `count` more behind the end, closing the gap at the front first. */
  #makeRoom(count: number): void {
    const used = this.#end - this.#agedStart;
    if (this.#end + count <= this.#entries.length) return;
    if (used + count <= this.#entries.length * 0.75) {
      this.#entries.copyWithin(0, this.#agedStart, this.#end);
    } else {
      let length = this.#entries.length;
      while (length < used + count) length = grownCapacity(length);
      const larger = new Int32Array(length);
      larger.set(this.#entries.subarray(this.#agedStart, this.#end));
      this.#entries = larger;
    }
    this.#windowStart -= this.#agedStart;
    this.#end = used;
    this.#agedStart = 0;
  }
}
