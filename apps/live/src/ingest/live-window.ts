import { MempoolAnalyzer, type PricePoint } from "@utxoracle/estimator";
import type { Engine } from "@utxoracle/models";
import {
  type ExaminedTransaction,
  examineBlockTransactions,
  examineMempoolTransaction,
  type RejectionReason,
  type SeenTxids,
  TxParseError,
} from "@utxoracle/tx-parser";
import { budgets } from "../config/budgets.ts";

/** What happened to a delivered transaction. */
export type TransactionResult = "payment" | RejectionReason | "repeat" | "malformed";

export interface LiveWindowOptions {
  readonly windowSeconds: number;
  readonly engine: Engine;
  /**
   * Whether the window is compared with the node's mempool; default true. Otherwise more ids of
   * expired transactions are kept, because nothing reports which of them left the mempool.
   */
  readonly seesMempool?: boolean;
  /** Called once per delivered transaction. */
  readonly onTransaction?: (result: TransactionResult) => void;
  /** Called for bytes that are not a transaction or block; they are ignored. */
  readonly onMalformed?: (what: "transaction" | "block", error: TxParseError) => void;
}

/** The live window: takes raw transactions and blocks, and counts each payment once. */
export class LiveWindow {
  #analyzer: MempoolAnalyzer;
  readonly #options: LiveWindowOptions;

  /** Known ids for the filter's rule 6. `add` does nothing: `#count` registers the id. */
  readonly #seen: SeenTxids;
  /** Arrival count at the last call that returned points. */
  #pointsTakenUpTo = 0;

  constructor(options: LiveWindowOptions) {
    this.#options = options;
    this.#analyzer = createAnalyzer(options);
    this.#seen = { has: (txid) => this.#analyzer.seenTxids.has(txid), add: () => undefined };
  }

  /** Estimates and counts of the payments. Another one after {@link reset} and {@link restore}. */
  get analyzer(): MempoolAnalyzer {
    return this.#analyzer;
  }

  /** Clears the window, including counts and ids. */
  reset(): void {
    this.#analyzer = createAnalyzer(this.#options);
    this.#pointsTakenUpTo = 0;
  }

  /** Serializes the window. */
  save(): Uint8Array {
    return this.#analyzer.save();
  }

  /**
   * Replaces the window by a saved one.
   * @throws {EstimatorError} for damaged bytes; the window is unchanged then.
   */
  restore(saved: Uint8Array): void {
    this.#analyzer = MempoolAnalyzer.restore(saved);
    this.#pointsTakenUpTo = this.#analyzer.arrivalCount;
  }

  /** Counts a transaction. A repeat changes nothing. */
  transaction(rawBytes: Uint8Array, timestamp: number): TransactionResult {
    let examined: ExaminedTransaction;
    try {
      examined = examineMempoolTransaction({ rawBytes, timestamp, topic: "rawtx" }, this.#seen);
    } catch (error) {
      return this.#malformed("transaction", error);
    }
    return this.#count(examined, timestamp);
  }

  /** Confirms a block's transactions. Unknown ones count at the block's arrival. */
  block(rawBytes: Uint8Array, timestamp: number): void {
    for (const transaction of this.#examinedBlock(rawBytes, timestamp)) {
      this.#count(transaction, timestamp);
      this.#analyzer.confirmTransaction(transaction.txid);
    }
  }

  /**
   * Remembers the transactions of a block older than the window, so that they never count, even
   * after a reorganization.
   */
  oldBlock(rawBytes: Uint8Array, timestamp: number): void {
    for (const { txid } of this.#examinedBlock(rawBytes, timestamp)) {
      this.#analyzer.rememberExpired(txid);
      this.#analyzer.confirmTransaction(txid);
    }
  }

  /** The block's transactions; empty, and reported as malformed, if the bytes are not a block. */
  #examinedBlock(rawBytes: Uint8Array, timestamp: number): ExaminedTransaction[] {
    try {
      return examineBlockTransactions(rawBytes, this.#seen, timestamp);
    } catch (error) {
      this.#malformed("block", error);
      return [];
    }
  }

  /** Marks payments of a disconnected block as unconfirmed. */
  unconfirm(txids: Iterable<string>): void {
    for (const txid of txids) this.#analyzer.unconfirmTransaction(txid);
  }

  /** Removes a replaced or evicted transaction. @returns whether it was in the window. */
  remove(txid: string): boolean {
    return this.#analyzer.removeTransaction(txid);
  }

  /**
   * Points of the payments since the last call, for a price; at most the latest `limit`. Empty
   * without a price: the payments are then returned with the first price.
   */
  takeNewPoints(aroundUsd: number | null, limit: number): PricePoint[] {
    if (aroundUsd === null) return [];
    const points = this.#analyzer.pricePoints({ since: this.#pointsTakenUpTo, limit, aroundUsd });
    this.#pointsTakenUpTo = this.#analyzer.arrivalCount;
    return points;
  }

  /** The latest points of the whole window, for a price. */
  latestPoints(aroundUsd: number | null, limit: number): PricePoint[] {
    this.#pointsTakenUpTo = this.#analyzer.arrivalCount;
    return aroundUsd === null ? [] : this.#analyzer.pricePoints({ limit, aroundUsd });
  }

  #count(examined: ExaminedTransaction, timestamp: number): TransactionResult {
    const { transaction, txid, reason, vouts } = examined;
    const isNew =
      transaction === null
        ? this.#analyzer.rejectTransaction(txid, timestamp)
        : this.#analyzer.addTransaction({ ...transaction, vouts });
    const result = isNew ? (reason ?? "payment") : "repeat";
    this.#options.onTransaction?.(result);
    return result;
  }

  #malformed(what: "transaction" | "block", error: unknown): "malformed" {
    if (!(error instanceof TxParseError)) throw error;
    this.#options.onTransaction?.("malformed");
    this.#options.onMalformed?.(what, error);
    return "malformed";
  }
}

function createAnalyzer({ windowSeconds, engine, seesMempool = true }: LiveWindowOptions): MempoolAnalyzer {
  return new MempoolAnalyzer({
    windowSeconds,
    engine,
    maxExpiredIds: seesMempool ? budgets.mempoolIds.count : budgets.unseenIds.count,
    maxTransactions: budgets.windowTransactions.count,
  });
}
