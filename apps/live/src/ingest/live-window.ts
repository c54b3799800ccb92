import {
  type AnalyzerStats,
  MempoolAnalyzer,
  type MempoolPoll,
  type PricePoint,
  type PriceSupport,
  type RoundAmountEvidence,
  type TimedAmounts,
} from "@utxoracle/estimator";
import type { Engine, PriceEstimate } from "@utxoracle/models";
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

/** The live window: takes raw transactions, counts each once, returns estimates and points. */
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

  /**
   * Whether a transaction is known: in the window, rejected by the filter, or expired and
   * remembered.
   */
  has(txid: string): boolean {
    return this.#analyzer.has(txid);
  }

  /** Remembers an id of the node's mempool that is older than the window. */
  rememberExpired(txid: string): void {
    this.#analyzer.rememberExpired(txid);
  }

  /** Starts a poll of the node's whole mempool, to compare it with the window. */
  pollMempool(): MempoolPoll {
    return this.#analyzer.pollMempool();
  }

  /** Unconfirmed payments of the window with their arrival times, Unix seconds. */
  unconfirmed(): Iterable<readonly [txid: string, timestamp: number]> {
    return this.#analyzer.unconfirmedTransactions();
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

  /** Removes payments older than the window at `now`, Unix seconds. */
  expire(now: number): void {
    this.#analyzer.expire(now);
  }

  estimatePrice(now: number): PriceEstimate {
    return this.#analyzer.estimatePrice(now);
  }

  /** Arrival times of the latest payments, Unix seconds, newest first. */
  latestArrivals(limit: number): number[] {
    return this.#analyzer.latestArrivals(limit);
  }

  stats(now: number): AnalyzerStats {
    return this.#analyzer.getStats(now);
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

  /** Amounts of the payments that arrived between two times, Unix seconds, both inclusive. */
  amountsBetween(from: number, to: number): TimedAmounts {
    return this.#analyzer.amountsBetween(from, to);
  }

  /**
   * How many forged payments could have made the price. Null without a price or with another
   * engine.
   */
  support(now: number): PriceSupport | null {
    return this.#analyzer.support(now);
  }

  evidence(now: number): RoundAmountEvidence[] {
    return this.#analyzer.evidence(now);
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
