import {
  type ExaminedTransaction,
  examineBlockAmounts,
  examineBlockTransactions,
  type SeenIdPrefixes,
  type SeenTxids,
} from "@utxoracle/tx-parser";
import { PackedTxids } from "./packed-txids.ts";
import type { TxidBlocks } from "./txid-blocks.ts";

/** No input spends a transaction of a known block. */
const NO_PARENT = -1;

/** A payment of a block. */
export interface BlockPayment {
  readonly txid: string;
  /** Of the block's header, Unix seconds. */
  readonly timestamp: number;
  /** BTC; those of its two outputs that are in range. */
  readonly amounts: readonly number[];
  /** Which output each amount is. */
  readonly vouts: readonly number[];
}

/** What a reading of a block gives. */
interface Reading {
  readonly transactionCount: number;
  /** Of the payments; null when only the amounts are kept. */
  readonly txids: PackedTxids | null;
  /** Of the block's header, Unix seconds. */
  readonly time: number;
  /** BTC; two neighbours for a payment, its outputs 0 and 1, NaN where an amount is out of range. */
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
      const seen: SeenIdPrefixes = {
        has: (high, low) => parents.meet(blocks.getByStart(high, low)),
        add: (high, low) => {
          parents.next();
          blocks.setByStart(high, low, number, oldestKept);
        },
      };
      const { transactionCount, transactionIndexes, amountsBtc } = examineBlockAmounts(rawBlock, seen);
      return new BlockPayments({
        transactionCount,
        txids: null,
        time,
        amountsBtc,
        newestParents: parents.of(transactionIndexes),
      });
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
    const payments = places.map((place) => examined[place] as ExaminedTransaction);
    const newestParents = parents.of(places);
    const txids = PackedTxids.of(payments.map(({ txid }) => txid));
    const amountsBtc = amountsOf(payments);
    return new BlockPayments({ transactionCount: examined.length, txids, time, amountsBtc, newestParents });
  }

  /** Transactions of the block. */
  get transactionCount(): number {
    return this.#reading.transactionCount;
  }

  /** Ids of the payments by rules 1 to 5. */
  get txids(): string[] {
    const { txids } = this.#reading;
    return txids === null ? [] : Array.from({ length: txids.length }, (_, index) => txids.at(index));
  }

  /** The payments of a window that begins with the block of that number; none when only the amounts are kept. */
  *within(firstBlock: number): Generator<BlockPayment> {
    const { txids, time: timestamp, amountsBtc, newestParents } = this.#reading;
    if (txids === null) return;
    for (let index = 0; index < newestParents.length; index++) {
      if ((newestParents[index] as number) >= firstBlock) continue;
      const vouts = [0, 1].filter((vout) => !Number.isNaN(amountsBtc[2 * index + vout]));
      const amounts = vouts.map((vout) => amountsBtc[2 * index + vout] as number);
      yield { txid: txids.at(index), timestamp, amounts, vouts };
    }
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

/** Amounts of payments in BTC, each at the place of its output; NaN elsewhere. */
function amountsOf(payments: readonly ExaminedTransaction[]): Float64Array {
  const amountsBtc = new Float64Array(2 * payments.length).fill(Number.NaN);
  for (const [index, { transaction, vouts }] of payments.entries())
    for (const [place, amount] of (transaction?.amounts ?? []).entries())
      amountsBtc[2 * index + (vouts[place] as number)] = amount;
  return amountsBtc;
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
