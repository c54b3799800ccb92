import type { AnalyzerOptions } from "../analyzer-options.ts";
import { ArrivalOrder } from "./arrival-order.ts";
import { MempoolPolls } from "./mempool-polls.ts";
import { RecentArrivals } from "./recent-arrivals.ts";
import { RememberedTxids } from "./remembered-txids.ts";
import { TxidTable } from "./txid-table.ts";
import { ACTIVE, FREE, REJECTED, REMOVED, SEEN, VACATED, WindowEntries } from "./window-entries.ts";

/**
 * Share of a full window that is kept: many entries are dropped at once, because sorting is
 * expensive.
 */
const KEPT_WHEN_FULL = 0.99;

/**
 * Receives the amounts of each payment that enters or leaves the window, in satoshis; 0: no amount.
 */
export interface PaymentListener {
  add(firstSats: number, secondSats: number, timestamp: number): void;
  remove(firstSats: number, secondSats: number, timestamp: number): void;
}

/** Usable amounts of a payment in satoshis; 0: no amount. */
export interface PaymentAmounts {
  firstSats: number;
  secondSats: number;
  /** Output index of the first amount in bit 0, of the second in bit 1. */
  vouts: number;
}

/** Counts of distinct transactions: received = filtered + active + expired + removed. */
export interface WindowCounts {
  received: number;
  filtered: number;
  active: number;
  expired: number;
  removed: number;
}

/**
 * The transactions that count now. Each id counts once. A transaction leaves when it is older than
 * the window or removed. Expired ids are remembered, so that their block does not add them again.
 */
export class TransactionWindow {
  readonly counts: WindowCounts = { received: 0, filtered: 0, active: 0, expired: 0, removed: 0 };
  /** Usable amounts of the active payments. */
  amountCount = 0;
  /** Remembered ids dropped because of `maxExpiredIds`. */
  forgotten = 0;
  /** Transactions dropped early because of `maxTransactions`. */
  displaced = 0;
  /** Ids of the window. No id is both here and remembered. */
  readonly table = new TxidTable();
  readonly entries = new WindowEntries();
  readonly order = new ArrivalOrder((entry) => this.entries.time(entry));
  readonly remembered = new RememberedTxids();
  readonly polls = new MempoolPolls(this);
  readonly recent = new RecentArrivals();
  readonly #windowSeconds: number;
  readonly #maxExpiredIds: number;
  readonly #maxTransactions: number;
  readonly #listener: PaymentListener;
  /** The latest time received, used for ids that arrive without a time; NaN at first. */
  #lastTime = Number.NaN;
  /** Ids that arrived before any time was known. */
  #untimed: number[] = [];

  constructor(
    {
      windowSeconds,
      maxExpiredIds,
      maxTransactions,
    }: Pick<Required<AnalyzerOptions>, "windowSeconds" | "maxExpiredIds" | "maxTransactions">,
    listener: PaymentListener,
  ) {
    this.#windowSeconds = windowSeconds;
    this.#maxExpiredIds = maxExpiredIds;
    this.#maxTransactions = maxTransactions;
    this.#listener = listener;
  }

  /** Adds a payment. @returns false if its id is known */
  accept(txid: string, timestamp: number, amounts: PaymentAmounts): boolean {
    if (!this.#mayCome(txid, true)) return false;
    const entry = this.#take(txid, ACTIVE, timestamp);
    this.entries.setAmounts(entry, amounts.firstSats, amounts.secondSats, amounts.vouts);
    this.entries.setArrival(entry, this.recent.push(entry));
    this.counts.active++;
    this.amountCount += this.entries.amountCount(entry);
    this.#announce(entry, true);
    return true;
  }

  /** Adds the id of a rejected transaction. @returns false if it is known */
  reject(txid: string, timestamp: number): boolean {
    if (!this.#mayCome(txid, true)) return false;
    this.#take(txid, REJECTED, timestamp);
    this.counts.filtered++;
    return true;
  }

  /**
   * Adds an id that the filter has seen. It counts as rejected until it is accepted. No effect if
   * it is known.
   */
  see(txid: string): void {
    if (!this.#mayCome(txid, false)) return;
    const entry = this.#take(txid, SEEN, this.#lastTime);
    if (Number.isNaN(this.#lastTime)) this.#untimed.push(entry);
    this.counts.filtered++;
  }

  /** Remembers an id as expired without counting it. @returns false if it is known */
  rememberExpired(txid: string): boolean {
    if (this.holds(txid)) return false;
    this.remembered.add(txid, false, this.polls.current);
    this.#boundRemembered();
    return true;
  }

  /** Removes a payment that was replaced or evicted. @returns false if it is not active */
  remove(txid: string): boolean {
    const entry = this.#activeEntry(txid);
    if (entry < 0) return false;
    this.#deactivate(entry, REMOVED);
    this.counts.removed++;
    return true;
  }

  /** Marks a payment as confirmed, or as unconfirmed again. @returns false if it is not active */
  setConfirmed(txid: string, confirmed: boolean): boolean {
    const entry = this.#activeEntry(txid);
    if (entry < 0) return false;
    this.entries.setConfirmed(entry, confirmed);
    // It is back in the mempool from now on, whatever a poll says that started earlier.
    if (!confirmed) this.entries.setPoll(entry, this.polls.current);
    return true;
  }

  /** Whether a repeat of this id would be ignored. */
  isKnown(txid: string): boolean {
    const entry = this.table.find(txid);
    if (entry >= 0) return this.entries.state(entry) !== REMOVED;
    return this.remembered.find(txid) === "remembered";
  }

  /** Whether the id is in the window, accepted or rejected. */
  isInWindow(txid: string): boolean {
    const entry = this.table.find(txid);
    return entry >= 0 && this.entries.state(entry) !== REMOVED;
  }

  /** Whether the id is in the window or remembered. */
  holds(txid: string): boolean {
    return this.table.find(txid) >= 0 || this.remembered.find(txid) !== "unknown";
  }

  /** Drops what is older than the window at `now`. @returns the number of dropped payments */
  expire(now: number): number {
    this.#hearTime(now);
    const oldestKept = now - this.#windowSeconds;
    this.order.sort();
    let left = 0;
    for (let entry = this.order.oldest(); entry >= 0; entry = this.order.oldest()) {
      if (this.entries.time(entry) >= oldestKept) break;
      if (this.#dropOldest(entry)) left++;
    }
    this.#boundRemembered();
    return left;
  }

  /** Forgets the remembered ids for which the predicate is false. @returns how many */
  forgetExpired(isStillInMempool: (txid: string) => boolean): number {
    return this.remembered.filter(isStillInMempool);
  }

  /** Number of remembered ids. */
  get rememberedIds(): number {
    return this.remembered.count;
  }

  /**
   * Adds a saved transaction without checking whether it is known. The caller restores the counts.
   */
  restore(txid: string, state: number, timestamp: number, amounts: PaymentAmounts, confirmed: boolean): void {
    const entry = this.table.insert(txid);
    this.entries.ensure(this.table.capacity);
    this.entries.begin(entry, state, timestamp);
    this.entries.setAmounts(entry, amounts.firstSats, amounts.secondSats, amounts.vouts);
    this.entries.setConfirmed(entry, confirmed);
    if (Number.isNaN(timestamp)) this.#untimed.push(entry);
    else this.order.push(entry);
    if (state !== ACTIVE) return;
    this.entries.setArrival(entry, this.recent.push(entry));
    this.amountCount += this.entries.amountCount(entry);
    this.#announce(entry, true);
  }

  /** Adds a saved remembered id. */
  restoreRemembered(txid: string, mayReturn: boolean): void {
    this.remembered.add(txid, mayReturn, 0);
  }

  /** The latest time received; NaN at first. */
  get lastTime(): number {
    return this.#lastTime;
  }

  set lastTime(time: number) {
    this.#lastTime = time;
  }

  get untimed(): readonly number[] {
    return this.#untimed;
  }

  /** Drops the oldest entry. @returns whether it was a payment */
  #dropOldest(entry: number): boolean {
    this.order.dropOldest();
    const state = this.entries.state(entry);
    if (state === ACTIVE) {
      this.#deactivate(entry, FREE);
      this.counts.expired++;
    }
    if (state !== VACATED) {
      this.remembered.take(this.table, entry, state === REMOVED, this.polls.markOfAged(entry));
      this.table.detach(entry);
    }
    this.#free(entry);
    return state === ACTIVE;
  }

  /** Drops the oldest entries early if the window is full. */
  #makeRoom(): void {
    if (this.order.size < this.#maxTransactions) return;
    this.order.sort();
    const kept = Math.floor(this.#maxTransactions * KEPT_WHEN_FULL);
    for (let entry = this.order.oldest(); entry >= 0 && this.order.size > kept; entry = this.order.oldest()) {
      this.#dropOldest(entry);
      this.displaced++;
    }
    this.#boundRemembered();
  }

  #take(txid: string, state: number, timestamp: number): number {
    this.#makeRoom();
    this.#hearTime(timestamp);
    const entry = this.table.insert(txid);
    this.entries.ensure(this.table.capacity);
    this.entries.begin(entry, state, timestamp);
    if (!Number.isNaN(timestamp)) this.order.push(entry);
    this.counts.received++;
    return entry;
  }

  /** The entry of an active payment, or -1. */
  #activeEntry(txid: string): number {
    const entry = this.table.find(txid);
    return entry >= 0 && this.entries.state(entry) === ACTIVE ? entry : -1;
  }

  /**
   * Whether an id may be added: it is new, or its payment was removed, or only the filter has seen
   * it. In the latter two cases its old entry is released, so that it counts as received once, at
   * its last arrival.
   */
  #mayCome(txid: string, seenMayComeAgain: boolean): boolean {
    const entry = this.table.find(txid);
    if (entry >= 0) return this.#leave(entry, seenMayComeAgain);
    const memory = this.remembered.find(txid);
    if (memory === "remembered") return false;
    if (memory === "may_return") {
      this.remembered.release(txid);
      this.counts.removed--;
      this.counts.received--;
    }
    return true;
  }

  /** Vacates the entry of an id that may be added again. */
  #leave(entry: number, seenMayComeAgain: boolean): boolean {
    const state = this.entries.state(entry);
    if (state === REMOVED) this.counts.removed--;
    else if (state === SEEN && seenMayComeAgain) this.counts.filtered--;
    else return false;
    this.counts.received--;
    this.table.detach(entry);
    const untimed = this.#untimed.indexOf(entry);
    if (untimed >= 0) {
      this.#untimed.splice(untimed, 1);
      this.#free(entry);
    } else this.entries.setState(entry, VACATED);
    return true;
  }

  /** Releases a detached entry that has left the order. */
  #free(entry: number): void {
    this.entries.setState(entry, FREE);
    this.table.release(entry);
  }

  #boundRemembered(): void {
    while (this.remembered.count > this.#maxExpiredIds) if (this.remembered.dropOldest()) this.forgotten++;
  }

  #deactivate(entry: number, state: number): void {
    this.counts.active--;
    this.amountCount -= this.entries.amountCount(entry);
    this.entries.setState(entry, state);
    this.#announce(entry, false);
  }

  #announce(entry: number, entered: boolean): void {
    const time = this.entries.time(entry);
    const first = this.entries.firstSats(entry);
    const second = this.entries.secondSats(entry);
    if (first === 0 && second === 0) return;
    if (entered) this.#listener.add(first, second, time);
    else this.#listener.remove(first, second, time);
  }

  #hearTime(time: number): void {
    if (Number.isNaN(time)) return;
    this.#lastTime = time;
    if (this.#untimed.length === 0) return;
    for (const entry of this.#untimed) {
      this.entries.setTime(entry, time);
      this.order.push(entry);
    }
    this.#untimed = [];
  }
}
