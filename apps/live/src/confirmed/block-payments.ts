import { examineBlockTransactions, type ProcessedTransaction, type SeenTxids } from "@utxoracle/tx-parser";
import type { TxidBlocks } from "./txid-blocks.ts";

/** No input spends a transaction of a known block. */
const NO_PARENT = -1;

/**
 * The payments of a block by rules 1 to 5 of the filter, each with the newest of the known blocks whose transactions
 * it spends: rule 6 asks that this block lies before the window, so one reading serves windows of any length.
 */
export class BlockPayments {
  /** Transactions of the block. */
  readonly transactionCount: number;
  /** Null when only the amounts are kept. */
  readonly #transactions: readonly ProcessedTransaction[] | null;
  /** BTC; two neighbours for a payment, NaN where an amount is out of range. */
  readonly #amountsBtc: Float64Array;
  /** For each payment the number of the newest block that it spends from. */
  readonly #newestParents: Int32Array;

  private constructor(
    transactionCount: number,
    payments: readonly ProcessedTransaction[],
    newestParents: readonly number[],
    keepsTransactions: boolean,
  ) {
    this.transactionCount = transactionCount;
    this.#transactions = keepsTransactions ? payments : null;
    this.#newestParents = Int32Array.from(newestParents);
    this.#amountsBtc = new Float64Array(2 * payments.length).fill(Number.NaN);
    for (const [index, { amounts }] of payments.entries()) this.#amountsBtc.set(amounts, 2 * index);
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
    const newestParents: number[] = [];
    let newestParent = NO_PARENT;
    // The filter asks for the inputs of a payment, then adds the payment's own id. Rule 6 is left to whoever knows the window.
    const seen: SeenTxids = {
      has: (txid) => {
        newestParent = Math.max(newestParent, blocks.get(txid));
        return false;
      },
      add: (txid) => {
        newestParents.push(newestParent);
        newestParent = NO_PARENT;
        blocks.set(txid, number, oldestKept);
      },
    };
    const examined = examineBlockTransactions(rawBlock, seen, time);
    const payments: ProcessedTransaction[] = [];
    const parentsOfPayments: number[] = [];
    examined.forEach(({ transaction }, index) => {
      if (transaction === null) return;
      payments.push(transaction);
      parentsOfPayments.push(newestParents[index] as number);
    });
    return new BlockPayments(examined.length, payments, parentsOfPayments, keeps === "transactions");
  }

  /** Ids of the payments by rules 1 to 5. */
  get txids(): string[] {
    return (this.#transactions ?? []).map(({ txid }) => txid);
  }

  /** The payments of a window that begins with the block of that number; empty when only the amounts are kept. */
  within(firstBlock: number): ProcessedTransaction[] {
    return (this.#transactions ?? []).filter((_, index) => (this.#newestParents[index] as number) < firstBlock);
  }

  /** How many payments there are in a window that begins with the block of that number. */
  countWithin(firstBlock: number): number {
    return this.#newestParents.reduce((count, parent) => count + Number(parent < firstBlock), 0);
  }

  /** Their amounts, BTC, added to a list. */
  amountsWithin(firstBlock: number, into: number[]): void {
    for (let index = 0; index < this.#newestParents.length; index++) {
      if ((this.#newestParents[index] as number) >= firstBlock) continue;
      for (const amount of [this.#amountsBtc[2 * index] as number, this.#amountsBtc[2 * index + 1] as number])
        if (!Number.isNaN(amount)) into.push(amount);
    }
  }
}
