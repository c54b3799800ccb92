import type { ArrivalOrder } from "./arrival-order.ts";
import type { RememberedTxids } from "./remembered-txids.ts";
import { checkTimestamp } from "./transaction-check.ts";
import type { TxidTable } from "./txid-table.ts";
import { ACTIVE, REMOVED, type WindowEntries } from "./window-entries.ts";

/** The number of a poll is stored in a byte. */
const LARGEST_NUMBER = 255;

/**
 * One poll of a node's mempool. After {@link add} was called for each of its ids, it finds what is
 * in the window but not in the mempool. It needs one byte per id. The next poll ends it.
 */
export interface MempoolPoll {
  /**
   * Adds an id of the mempool.
   *
   * @returns whether it is known: accepted, rejected, or expired and remembered
   * @throws {EstimatorError} `invalid_txid`
   */
  add(txid: string): boolean;
  /**
   * Unconfirmed active payments that are not in the mempool.
   *
   * @param cameBefore excludes payments that arrived at this time or later, Unix seconds: the start
   *   of the poll
   * @throws {EstimatorError} `invalid_timestamp`
   */
  vanished(cameBefore: number): string[];
  /**
   * Forgets remembered ids that are not in the mempool: their transactions cannot arrive again.
   *
   * @param mayComeAgain called for each of them; those for which it returns true are kept
   * @returns the number of forgotten ids
   */
  forgetExpired(mayComeAgain?: (txid: string) => boolean): number;
}

/** What a poll is compared with: the window's ids, entries and order, and the remembered ids. */
interface KnownTransactions {
  readonly table: TxidTable;
  readonly entries: WindowEntries;
  readonly order: ArrivalOrder;
  readonly remembered: RememberedTxids;
}

/** Numbers the polls and marks each id with the number of the last poll that contained it. */
export class MempoolPolls {
  readonly #window: KnownTransactions;
  #number = 0;
  /**
   * During a poll, entries that leave the window count as seen: they may have arrived after their
   * place was read.
   */
  #isUnderWay = false;

  constructor(window: KnownTransactions) {
    this.#window = window;
  }

  /** Number of the last poll; 0 before the first. */
  get current(): number {
    return this.#number;
  }

  /** Mark for an entry that leaves the window. */
  markOfAged(entry: number): number {
    return this.#isUnderWay ? this.#number : this.#window.entries.poll(entry);
  }

  begin(): MempoolPoll {
    if (this.#number === LARGEST_NUMBER) {
      this.#window.entries.forgetPolls();
      this.#window.remembered.forgetPolls();
      this.#number = 0;
    }
    this.#number++;
    this.#isUnderWay = true;
    return {
      add: (txid) => this.#see(txid),
      vanished: (cameBefore) => this.#vanished(cameBefore),
      forgetExpired: (mayComeAgain = () => false) => {
        this.#isUnderWay = false;
        return this.#window.remembered.filter(mayComeAgain, this.#number);
      },
    };
  }

  #see(txid: string): boolean {
    const { table, entries, remembered } = this.#window;
    const entry = table.find(txid);
    if (entry < 0) return remembered.see(txid, this.#number);
    entries.setPoll(entry, this.#number);
    return entries.state(entry) !== REMOVED;
  }

  #vanished(cameBefore: number): string[] {
    checkTimestamp(cameBefore, "cameBefore");
    const { table, entries, order } = this.#window;
    const vanished: string[] = [];
    order.sort();
    order.forEach((entry) => {
      if (entries.state(entry) !== ACTIVE || entries.isConfirmed(entry)) return;
      if (entries.poll(entry) !== this.#number && entries.time(entry) < cameBefore) vanished.push(table.txid(entry));
    });
    return vanished;
  }
}
