import {
  type AnalyzerStats,
  MempoolAnalyzer,
  type MempoolLook,
  type PricePoint,
  type RoundAmountEvidence,
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

/** What became of one delivered transaction. */
export type Reception = "payment" | RejectionReason | "repeat" | "malformed";

export interface LiveWindowOptions {
  readonly windowSeconds: number;
  readonly engine: Engine;
  /**
   * Whether the window is compared with a node's mempool; default true. If not, nobody tells which of the ids beyond the
   * window can be let go of.
   */
  readonly seesMempool?: boolean;
  /** Told once per delivered transaction. */
  readonly onReception?: (reception: Reception) => void;
  /** Told of bytes that are no transaction or block: they are left out. */
  readonly onMalformed?: (what: "transaction" | "block", error: TxParseError) => void;
}

/** The mempool side: raw transactions in, each counted once, estimates and points out. */
export class LiveWindow {
  #analyzer: MempoolAnalyzer;
  readonly #options: LiveWindowOptions;

  /** For the filter's rule 6; registering the id is left to the two ways of counting it. */
  readonly #seen: SeenTxids;
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

  /** Everything that the next estimate depends on, as bytes. */
  save(): Uint8Array {
    return this.#analyzer.save();
  }

  /**
   * Replaces the content by a saved one.
   * @throws {EstimatorError} for damaged bytes; then nothing has changed.
   */
  restore(saved: Uint8Array): void {
    this.#analyzer = MempoolAnalyzer.restore(saved);
    this.#pointsTakenUpTo = this.#analyzer.arrivalCount;
  }

  /** Whether a transaction needs no fetching: it is held, was rejected, or has expired. */
  has(txid: string): boolean {
    return this.#analyzer.has(txid);
  }

  /** Remembers an id of the node's mempool that is older than the window. */
  rememberExpired(txid: string): void {
    this.#analyzer.rememberExpired(txid);
  }

  /** Begins a look at all of the node's mempool, for a comparison. */
  lookAtMempool(): MempoolLook {
    return this.#analyzer.lookAtMempool();
  }

  /** Payments of the window that no block has confirmed, each with its arrival. */
  unconfirmed(): Iterable<readonly [txid: string, timestamp: number]> {
    return this.#analyzer.unconfirmedTransactions();
  }

  /** A transaction as it came, at its first sight; repeats change nothing. */
  transaction(rawBytes: Uint8Array, timestamp: number): Reception {
    let examined: ExaminedTransaction;
    try {
      examined = examineMempoolTransaction({ rawBytes, timestamp, topic: "rawtx" }, this.#seen);
    } catch (error) {
      return this.#malformed("transaction", error);
    }
    return this.#count(examined, timestamp);
  }

  /** A block's transactions: those never seen count at the block's arrival. */
  block(rawBytes: Uint8Array, timestamp: number): void {
    for (const transaction of this.#examinedBlock(rawBytes, timestamp)) {
      this.#count(transaction, timestamp);
      this.#analyzer.confirmTransaction(transaction.txid);
    }
  }

  /** A block that is older than the window: nothing of it counts, be it that a reorganisation publishes it once more. */
  oldBlock(rawBytes: Uint8Array, timestamp: number): void {
    for (const { txid } of this.#examinedBlock(rawBytes, timestamp)) {
      this.#analyzer.rememberExpired(txid);
      this.#analyzer.confirmTransaction(txid);
    }
  }

  /** The block's transactions; none, and that is reported, when the bytes are no block. */
  #examinedBlock(rawBytes: Uint8Array, timestamp: number): ExaminedTransaction[] {
    try {
      return examineBlockTransactions(rawBytes, this.#seen, timestamp);
    } catch (error) {
      this.#malformed("block", error);
      return [];
    }
  }

  /** A block was disconnected: its payments stand in the mempool again, or nowhere. */
  unconfirm(txids: Iterable<string>): void {
    for (const txid of txids) this.#analyzer.unconfirmTransaction(txid);
  }

  /** A transaction that was replaced or evicted. */
  remove(txid: string): boolean {
    return this.#analyzer.removeTransaction(txid);
  }

  /** Lets go of what is older than the window at `now`, Unix seconds. */
  expire(now: number): void {
    this.#analyzer.expire(now);
  }

  estimatePrice(now: number): PriceEstimate {
    return this.#analyzer.estimatePrice(now);
  }

  /** Arrivals of the latest payments, Unix seconds, newest first. */
  latestArrivals(limit: number): number[] {
    return this.#analyzer.latestArrivals(limit);
  }

  stats(now: number): AnalyzerStats {
    return this.#analyzer.getStats(now);
  }

  /**
   * Points of the payments that came since the last call, read around a price; at most the latest `limit`. Without a
   * price there are none, and the payments wait for the first one.
   */
  takeNewPoints(aroundUsd: number | null, limit: number): PricePoint[] {
    if (aroundUsd === null) return [];
    const points = this.#analyzer.pricePoints({ since: this.#pointsTakenUpTo, limit, aroundUsd });
    this.#pointsTakenUpTo = this.#analyzer.arrivalCount;
    return points;
  }

  /** The latest points of all payments of the window, read around a price. */
  latestPoints(aroundUsd: number | null, limit: number): PricePoint[] {
    this.#pointsTakenUpTo = this.#analyzer.arrivalCount;
    return aroundUsd === null ? [] : this.#analyzer.pricePoints({ limit, aroundUsd });
  }

  evidence(now: number): RoundAmountEvidence[] {
    return this.#analyzer.evidence(now);
  }

  #count(examined: ExaminedTransaction, timestamp: number): Reception {
    const { transaction, txid, reason, vouts } = examined;
    const isNew =
      transaction === null
        ? this.#analyzer.rejectTransaction(txid, timestamp)
        : this.#analyzer.addTransaction({ ...transaction, vouts });
    const reception = isNew ? (reason ?? "payment") : "repeat";
    this.#options.onReception?.(reception);
    return reception;
  }

  #malformed(what: "transaction" | "block", error: unknown): "malformed" {
    if (!(error instanceof TxParseError)) throw error;
    this.#options.onReception?.("malformed");
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
