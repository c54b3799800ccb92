import { ArrivalOrder } from "./arrival-order.ts";
import { RecentArrivals } from "./recent-arrivals.ts";
import { TxidTable } from "./txid-table.ts";
import {
  ACTIVE,
  EXPIRED,
  FREE,
  REJECTED,
  REJECTED_EXPIRED,
  REMOVED,
  SEEN,
  VACATED,
  WindowEntries,
} from "./window-entries.ts";

/** Is told of every amount that enters or leaves the window. */
export interface AmountListener {
  add(valueSats: number, timestamp: number): void;
  remove(valueSats: number, timestamp: number): void;
}

/** A payment's usable amounts in satoshis; 0 where there is none. */
export interface PaymentAmounts {
  firstSats: number;
  secondSats: number;
  /** Output index of the first amount in bit 0, of the second in bit 1. */
  vouts: number;
}

/** Distinct transactions by what became of them: received = filtered + active + expired + removed, always. */
export interface WindowCounts {
  received: number;
  filtered: number;
  active: number;
  expired: number;
  removed: number;
}

/**
 * Which transactions count at a time: each id once, however often it is repeated; out when older than the window or
 * removed; ids of the expired are remembered, so that their block does not bring them back.
 */
export class TransactionWindow {
  readonly counts: WindowCounts = { received: 0, filtered: 0, active: 0, expired: 0, removed: 0 };
  /** Usable amounts of the active payments. */
  amountCount = 0;
  /** Remembered ids given up because there were more than `maxExpiredIds`. */
  forgotten = 0;
  readonly table = new TxidTable();
  readonly entries: WindowEntries;
  readonly order = new ArrivalOrder();
  readonly recent = new RecentArrivals();
  readonly #windowSeconds: number;
  readonly #maxExpiredIds: number;
  readonly #listener: AmountListener;
  /** The time last heard of, by which ids are held that come without one; NaN at first. */
  #lastTime = Number.NaN;
  /** Ids that came before any time was known. */
  #untimed: number[] = [];

  constructor(windowSeconds: number, maxExpiredIds: number, listener: AmountListener) {
    this.#windowSeconds = windowSeconds;
    this.#maxExpiredIds = maxExpiredIds;
    this.#listener = listener;
    this.entries = new WindowEntries(this.table.capacity);
  }

  /** Takes a payment in. @returns false when its id is known already */
  accept(txid: string, timestamp: number, amounts: PaymentAmounts): boolean {
    const known = this.table.find(txid);
    if (known >= 0 && !this.#leave(known, true)) return false;
    const entry = this.#take(txid, ACTIVE, timestamp);
    this.entries.firstSats[entry] = amounts.firstSats;
    this.entries.secondSats[entry] = amounts.secondSats;
    this.entries.vouts[entry] = amounts.vouts;
    this.entries.arrivals[entry] = this.recent.push(entry);
    this.counts.active++;
    this.amountCount += this.entries.amountCount(entry);
    this.#announce(entry, true);
    return true;
  }

  /** Holds the id of a transaction that the filter refused. @returns false when it is known already */
  reject(txid: string, timestamp: number): boolean {
    const known = this.table.find(txid);
    if (known >= 0 && !this.#leave(known, true)) return false;
    this.#take(txid, REJECTED, timestamp);
    this.counts.filtered++;
    return true;
  }

  /** Holds an id that the filter has seen, as refused until it is accepted; does nothing when it is known. */
  see(txid: string): void {
    const known = this.table.find(txid);
    if (known >= 0 && !this.#leave(known, false)) return;
    const entry = this.#take(txid, SEEN, this.#lastTime);
    if (Number.isNaN(this.#lastTime)) this.#untimed.push(entry);
    this.counts.filtered++;
  }

  /** Holds an id as if its transaction had expired, without counting it. @returns false when it is known already */
  rememberExpired(txid: string): boolean {
    if (this.table.find(txid) >= 0) return false;
    const entry = this.table.insert(txid);
    this.entries.ensure(this.table.capacity);
    this.entries.states[entry] = EXPIRED;
    // Older than all others: the next expiry puts it among the remembered ones.
    this.entries.times[entry] = Number.NEGATIVE_INFINITY;
    this.entries.firstSats[entry] = 0;
    this.entries.secondSats[entry] = 0;
    this.order.push(entry);
    return true;
  }

  /** Takes a payment out that was replaced or evicted. @returns false when it is not active */
  remove(txid: string): boolean {
    const entry = this.table.find(txid);
    if (entry < 0 || this.entries.states[entry] !== ACTIVE) return false;
    this.#deactivate(entry, REMOVED);
    this.counts.removed++;
    return true;
  }

  /** Whether a repeat of this id would be refused. */
  isKnown(txid: string): boolean {
    const entry = this.table.find(txid);
    return entry >= 0 && this.entries.states[entry] !== REMOVED;
  }

  /** Whether the id is in the window, accepted or refused. */
  isInWindow(txid: string): boolean {
    const entry = this.table.find(txid);
    if (entry < 0) return false;
    const state = this.entries.states[entry];
    return state === ACTIVE || state === REJECTED || state === SEEN;
  }

  /** Moves out what is older than the window at `now`. @returns how many payments left */
  expire(now: number): number {
    this.#hearTime(now);
    const oldestKept = now - this.#windowSeconds;
    const { states, times } = this.entries;
    this.order.sort(times);
    let left = 0;
    for (let entry = this.order.oldest(); entry >= 0; entry = this.order.oldest()) {
      if ((times[entry] as number) >= oldestKept) break;
      const state = states[entry];
      if (state === ACTIVE) {
        this.#deactivate(entry, EXPIRED);
        this.counts.expired++;
        left++;
      } else if (state === REJECTED || state === SEEN) states[entry] = REJECTED_EXPIRED;
      this.order.age();
    }
    while (this.order.agedCount > this.#maxExpiredIds) {
      if (this.#drop(this.order.takeOldestAged())) this.forgotten++;
    }
    return left;
  }

  /** Forgets the remembered ids that the predicate does not know any more. @returns how many */
  forgetExpired(isStillInMempool: (txid: string) => boolean): number {
    const dropped = new Uint8Array(this.table.capacity);
    // Asked first, changed after: a predicate that throws changes nothing.
    this.order.forEachAged((entry) => {
      if (this.entries.states[entry] === VACATED || !isStillInMempool(this.table.txid(entry))) dropped[entry] = 1;
    });
    let forgotten = 0;
    this.order.filterAged((entry) => {
      if (dropped[entry] !== 1) return true;
      if (this.#drop(entry)) forgotten++;
      return false;
    });
    return forgotten;
  }

  /** The amounts of all active payments, the latest payment first. */
  activeAmountsSats(): Float64Array {
    const { states, times, firstSats, secondSats } = this.entries;
    const amounts = new Float64Array(this.amountCount);
    let count = 0;
    this.order.sort(times);
    this.order.fromLatest((entry) => {
      if (states[entry] !== ACTIVE) return true;
      if (firstSats[entry] !== 0) amounts[count++] = firstSats[entry] as number;
      if (secondSats[entry] !== 0) amounts[count++] = secondSats[entry] as number;
      return true;
    });
    return amounts;
  }

  /** Ids held beyond the window. */
  get rememberedIds(): number {
    return this.order.agedCount;
  }

  /** Takes over a transaction as it was saved, without a look at what is known; counts are the caller's. */
  restore(txid: string, state: number, timestamp: number, amounts: PaymentAmounts, aged: boolean): void {
    const entry = this.table.insert(txid);
    this.entries.ensure(this.table.capacity);
    this.entries.states[entry] = state;
    this.entries.times[entry] = timestamp;
    this.entries.firstSats[entry] = amounts.firstSats;
    this.entries.secondSats[entry] = amounts.secondSats;
    this.entries.vouts[entry] = amounts.vouts;
    if (Number.isNaN(timestamp)) this.#untimed.push(entry);
    else if (aged) this.order.pushAged(entry);
    else this.order.push(entry);
    if (state !== ACTIVE) return;
    this.amountCount += this.entries.amountCount(entry);
    this.#announce(entry, true);
  }

  /** The time last heard of; NaN at first. */
  get lastTime(): number {
    return this.#lastTime;
  }

  set lastTime(time: number) {
    this.#lastTime = time;
  }

  get untimed(): readonly number[] {
    return this.#untimed;
  }

  #take(txid: string, state: number, timestamp: number): number {
    this.#hearTime(timestamp);
    const entry = this.table.insert(txid);
    this.entries.ensure(this.table.capacity);
    this.entries.states[entry] = state;
    this.entries.times[entry] = timestamp;
    this.entries.firstSats[entry] = 0;
    this.entries.secondSats[entry] = 0;
    if (!Number.isNaN(timestamp)) this.order.push(entry);
    this.counts.received++;
    return entry;
  }

  /**
   * Vacates the entry of an id that comes again, when it may: a removed payment, or one only seen by the filter so far.
   * It counts as received once, at its last coming.
   */
  #leave(entry: number, seenMayComeAgain: boolean): boolean {
    const state = this.entries.states[entry];
    if (state === REMOVED) this.counts.removed--;
    else if (state === SEEN && seenMayComeAgain) this.counts.filtered--;
    else return false;
    this.counts.received--;
    this.table.detach(entry);
    const untimed = this.#untimed.indexOf(entry);
    if (untimed >= 0) {
      this.#untimed.splice(untimed, 1);
      this.entries.states[entry] = FREE;
      this.table.release(entry);
    } else this.entries.states[entry] = VACATED;
    return true;
  }

  /** Frees an entry that has left the order. @returns whether its id was still remembered */
  #drop(entry: number): boolean {
    const vacated = this.entries.states[entry] === VACATED;
    if (!vacated) this.table.detach(entry);
    this.entries.states[entry] = FREE;
    this.table.release(entry);
    return !vacated;
  }

  #deactivate(entry: number, state: number): void {
    this.counts.active--;
    this.amountCount -= this.entries.amountCount(entry);
    this.entries.states[entry] = state;
    this.#announce(entry, false);
  }

  #announce(entry: number, entered: boolean): void {
    const time = this.entries.times[entry] as number;
    const first = this.entries.firstSats[entry] as number;
    const second = this.entries.secondSats[entry] as number;
    if (entered) {
      if (first > 0) this.#listener.add(first, time);
      if (second > 0) this.#listener.add(second, time);
    } else {
      if (first > 0) this.#listener.remove(first, time);
      if (second > 0) this.#listener.remove(second, time);
    }
  }

  #hearTime(time: number): void {
    if (Number.isNaN(time)) return;
    this.#lastTime = time;
    if (this.#untimed.length === 0) return;
    for (const entry of this.#untimed) {
      this.entries.times[entry] = time;
      this.order.push(entry);
    }
    this.#untimed = [];
  }
}
