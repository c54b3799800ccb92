import type { ArrivalOrder } from "./arrival-order.ts";
import type { RememberedTxids } from "./remembered-txids.ts";
import type { TxidTable } from "./txid-table.ts";
import { ACTIVE, REMOVED, type WindowEntries } from "./window-entries.ts";

/** A byte holds the number of a look. */
const LARGEST_NUMBER = 255;

/**
 * One poll of a node's mempool: its ids are given with {@link add}, then what the window holds and the mempool has
 * not can be found. It keeps one byte for each id instead of the ids. A later look ends it.
 */
export interface MempoolPoll {
  /**
   * An id that the mempool holds.
   *
   * @returns whether it is known: held, refused, or expired and remembered
   * @throws {EstimatorError} `invalid_txid`
   */
  add(txid: string): boolean;
  /**
   * The active payments that neither a block has confirmed nor the mempool holds.
   *
   * @param cameBefore those that came at that time or later are left out, Unix seconds: when the look began
   */
  vanished(cameBefore: number): string[];
  /**
   * Forgets ids older than the window that the mempool does not hold: their transactions cannot come again.
   *
   * @param mayComeAgain asked for each of them; those for which it is true are kept
   * @returns how many were forgotten
   */
  forgetExpired(mayComeAgain?: (txid: string) => boolean): number;
}

/** What a look is compared with: the window's ids, what is known of them, their order, and the ids that outlived it. */
interface KnownTransactions {
  readonly table: TxidTable;
  readonly entries: WindowEntries;
  readonly order: ArrivalOrder;
  readonly remembered: RememberedTxids;
}

/** Numbers the looks at the mempool and marks with their numbers what they saw. */
export class MempoolLooks {
  readonly #window: KnownTransactions;
  #number = 0;
  /** While a look is running, what leaves the window counts as seen: it may have come after its place was read. */
  #isUnderWay = false;

  constructor(window: KnownTransactions) {
    this.#window = window;
  }

  /** The number of the last look; 0 before the first. */
  get current(): number {
    return this.#number;
  }

  /** The mark of an entry that leaves the window. */
  markOfAged(entry: number): number {
    return this.#isUnderWay ? this.#number : this.#window.entries.look(entry);
  }

  begin(): MempoolPoll {
    if (this.#number === LARGEST_NUMBER) {
      this.#window.entries.forgetLooks();
      this.#window.remembered.forgetLooks();
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
    entries.setLook(entry, this.#number);
    return entries.state(entry) !== REMOVED;
  }

  #vanished(cameBefore: number): string[] {
    const { table, entries, order } = this.#window;
    const vanished: string[] = [];
    order.sort();
    order.forEach((entry) => {
      if (entries.state(entry) !== ACTIVE || entries.isConfirmed(entry)) return;
      if (entries.look(entry) !== this.#number && entries.time(entry) < cameBefore) vanished.push(table.txid(entry));
    });
    return vanished;
  }
}
