import {
  examineBlockAmounts,
  examineBlockTransactions,
  type ProcessedTransaction,
  type SeenIdStarts,
  type SeenTxids,
} from "@utxoracle/tx-parser";
import type { TxidBlocks } from "./txid-blocks.ts";

/** No input spends a transaction of a known block. */
const NO_PARENT = -1;

/** What a reading of a block gives. */
interface Reading {
  readonly transactionCount: number;
  /** Null when only the amounts are kept. */
  readonly transactions: readonly ProcessedTransaction[] | null;
  /** BTC; two neighbours for a payment, NaN where an amount is out of range. */
  readonly amountsBtc: Float64Array;
  /** For each payment the number of the newest block that it spends from. */
  readonly newestParents: Int32Array;
}

/**
 * The payments of a block by rules 1 to 5 of the filter, each with the newest of the known blocks whose transactions
 * it spends: rule 6 asks that this block lies before the window, so one reading serves windows of any length.
 */
export class BlockPayments {
  readonly #reading: Reading;

  private constructor(reading: Reading) {
    this.#reading = reading;
  }

  /**
   * Reads a block.
   * @param time of its header, Unix seconds.
   * @param blocks known ids, those of this block are added under `number`; unchanged when this throws.
   * @param keeps whether the payments' ids are wanted later, or their amounts only.
   * @throws {TxParseError} when the bytes are no block.
   */
  static read(
    rawBlock: Uint8Array,
    time: number,
    blocks: TxidBlocks,
    { number, oldestKept }: { readonly number: number; readonly oldestKept: number },
    keeps: "transactions" | "amounts",
  ): BlockPayments {
    const parents = new NewestParents();
    if (keeps === "amounts") {
      const seen: SeenIdStarts = {
        has: (high, low) => parents.meet(blocks.getByStart(high, low)),
        add: (high, low) => {
          parents.next();
          blocks.setByStart(high, low, number, oldestKept);
        },
      };
      const { transactionCount, places, amountsBtc } = examineBlockAmounts(rawBlock, seen);
      return new BlockPayments({ transactionCount, transactions: null, amountsBtc, newestParents: parents.of(places) });
    }
    const seen: SeenTxids = {
      has: (txid) => parents.meet(blocks.get(txid)),
      add: (txid) => {
        parents.next();
        blocks.set(txid, number, oldestKept);
      },
    };
    const examined = examineBlockTransactions(rawBlock, seen, time);
    const places = examined.flatMap(({ transaction }, place) => (transaction === null ? [] : [place]));
    const transactions = examined.flatMap(({ transaction }) => transaction ?? []);
    const amountsBtc = new Float64Array(2 * transactions.length).fill(Number.NaN);
    for (const [index, { amounts }] of transactions.entries()) amountsBtc.set(amounts, 2 * index);
    const newestParents = parents.of(places);
    return new BlockPayments({ transactionCount: examined.length, transactions, amountsBtc, newestParents });
  }

  /** Transactions of the block. */
  get transactionCount(): number {
    return this.#reading.transactionCount;
  }

  /** Ids of the payments by rules 1 to 5. */
  get txids(): string[] {
    return (this.#reading.transactions ?? []).map(({ txid }) => txid);
  }

  /** The payments of a window that begins with the block of that number; empty when only the amounts are kept. */
  within(firstBlock: number): ProcessedTransaction[] {
    const { transactions, newestParents } = this.#reading;
    return (transactions ?? []).filter((_, index) => (newestParents[index] as number) < firstBlock);
  }

  /** How many payments there are in a window that begins with the block of that number. */
  countWithin(firstBlock: number): number {
    return this.#reading.newestParents.reduce((count, parent) => count + Number(parent < firstBlock), 0);
  }

  /** Their amounts, BTC, added to a list. */
  amountsWithin(firstBlock: number, into: number[]): void {
    const { amountsBtc, newestParents } = this.#reading;
    for (let index = 0; index < newestParents.length; index++) {
      if ((newestParents[index] as number) >= firstBlock) continue;
      const first = amountsBtc[2 * index] as number;
      const second = amountsBtc[2 * index + 1] as number;
      if (!Number.isNaN(first)) into.push(first);
      if (!Number.isNaN(second)) into.push(second);
    }
  }
}

/**
 * The newest block that each transaction of a block spends from. The filter asks for the inputs of a payment, then adds
 * the transaction's own id; rule 6 is left to whoever knows the window.
 */
class NewestParents {
  readonly #ofAll: number[] = [];
  #newest = NO_PARENT;

  /** An input spends from that block. @returns false: it does not count against the payment here. */
  meet(block: number): false {
    if (block > this.#newest) this.#newest = block;
    return false;
  }

  /** All inputs of a transaction were met. */
  next(): void {
    this.#ofAll.push(this.#newest);
    this.#newest = NO_PARENT;
  }

  /** Of the transactions at some places. */
  of(places: ArrayLike<number>): Int32Array {
    const parents = new Int32Array(places.length);
    for (let index = 0; index < places.length; index++) parents[index] = this.#ofAll[places[index] as number] as number;
    return parents;
  }
}
