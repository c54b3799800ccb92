import { examineBlockAmounts, type SeenIdPrefixes } from "@utxoracle/tx-parser";
import type { TxidBlocks } from "./txid-blocks.ts";

/** Bytes of a transaction id. */
const ID_BYTES = 32;

/** Marks a payment none of whose inputs spends from a known block. */
const NO_PARENT = -1;

/** A payment of a block. */
export interface BlockPayment {
  readonly txid: string;
  /** Time in the block's header, Unix seconds. */
  readonly timestamp: number;
  /** Amounts of its two outputs that are in range, BTC. */
  readonly amounts: readonly number[];
  /** Output index of each amount. */
  readonly vouts: readonly number[];
}

/** The parsed payments of a block. */
interface ParsedPayments {
  readonly transactionCount: number;
  /** Ids of the payments, 32 bytes each; null if only the amounts are kept. */
  readonly txids: Buffer | null;
  /** Time in the block's header, Unix seconds. */
  readonly time: number;
  /** BTC, two per payment: outputs 0 and 1. NaN if the amount is out of range. */
  readonly amountsBtc: Float64Array;
  /** Number of the newest block that each payment spends from. */
  readonly newestParents: Int32Array;
}

/**
 * The payments of a block by rules 1 to 5 of the filter, each with the newest known block that it
 * spends from. Rule 6 requires that block to lie before the window. Storing it serves windows of
 * any length.
 */
export class BlockPayments {
  readonly #parsed: ParsedPayments;

  private constructor(parsed: ParsedPayments) {
    this.#parsed = parsed;
  }

  /**
   * Parses a block.
   * @param time in its header, Unix seconds.
   * @param blocks known ids. The ids of this block are added under `number`, unless this throws.
   * @param keeps whether the payments' ids are kept, or only the amounts.
   * @throws {TxParseError} if the bytes are not a block.
   */
  static read(
    rawBlock: Uint8Array,
    time: number,
    blocks: TxidBlocks,
    { number, oldestKept }: { readonly number: number; readonly oldestKept: number },
    keeps: "transactions" | "amounts",
  ): BlockPayments {
    const parents = new NewestParents();
    const seen: SeenIdPrefixes = {
      has: (high, low) => parents.record(blocks.get(high, low)),
      add: (high, low) => {
        parents.next();
        blocks.set(high, low, number, oldestKept);
      },
    };
    const { transactionCount, transactionIndexes, amountsBtc, txids } = examineBlockAmounts(rawBlock, seen);
    return new BlockPayments({
      ...{ transactionCount, time, amountsBtc },
      txids: keeps === "transactions" ? Buffer.from(txids.buffer) : null,
      newestParents: parents.of(transactionIndexes),
    });
  }

  /** Number of transactions of the block. */
  get transactionCount(): number {
    return this.#parsed.transactionCount;
  }

  /** Ids of the payments by rules 1 to 5; empty if only the amounts are kept. */
  get txids(): string[] {
    const { txids } = this.#parsed;
    if (txids === null) return [];
    return Array.from({ length: txids.length / ID_BYTES }, (_, index) => txidAt(txids, index));
  }

  /**
   * The payments in a window that starts with block `firstBlock`; empty if only the amounts are
   * kept.
   */
  *within(firstBlock: number): Generator<BlockPayment> {
    const { txids, time: timestamp, amountsBtc, newestParents } = this.#parsed;
    if (txids === null) return;
    for (let index = 0; index < newestParents.length; index++) {
      if ((newestParents[index] as number) >= firstBlock) continue;
      const vouts = [0, 1].filter((vout) => !Number.isNaN(amountsBtc[2 * index + vout]));
      const amounts = vouts.map((vout) => amountsBtc[2 * index + vout] as number);
      yield { txid: txidAt(txids, index), timestamp, amounts, vouts };
    }
  }

  /** Number of payments in a window that starts with block `firstBlock`. */
  countWithin(firstBlock: number): number {
    return this.#parsed.newestParents.reduce((count, parent) => count + Number(parent < firstBlock), 0);
  }

  /** Appends the amounts of these payments, BTC, to a list. */
  amountsWithin(firstBlock: number, into: number[]): void {
    const { amountsBtc, newestParents } = this.#parsed;
    for (let index = 0; index < newestParents.length; index++) {
      if ((newestParents[index] as number) >= firstBlock) continue;
      const first = amountsBtc[2 * index] as number;
      const second = amountsBtc[2 * index + 1] as number;
      if (!Number.isNaN(first)) into.push(first);
      if (!Number.isNaN(second)) into.push(second);
    }
  }
}

/** The id at an index of a list, in hex. */
const txidAt = (txids: Buffer, index: number): string =>
  txids.toString("hex", ID_BYTES * index, ID_BYTES * (index + 1));

/**
 * Collects the newest block that each transaction spends from. The parser looks up each input, then
 * adds the transaction's own id.
 */
class NewestParents {
  readonly #ofAll: number[] = [];
  #newest = NO_PARENT;

  /**
   * Records that an input spends from a block.
   * @returns false, so that the filter does not apply rule 6 yet.
   */
  record(block: number): false {
    if (block > this.#newest) this.#newest = block;
    return false;
  }

  /** Ends a transaction. */
  next(): void {
    this.#ofAll.push(this.#newest);
    this.#newest = NO_PARENT;
  }

  /** For each of these positions in the block, the newest parent of its transaction. */
  of(places: ArrayLike<number>): Int32Array {
    const parents = new Int32Array(places.length);
    for (let index = 0; index < places.length; index++) parents[index] = this.#ofAll[places[index] as number] as number;
    return parents;
  }
}
