import { FirstAmountsCheck } from "../amount-unit.ts";
import { type AnalyzerOptions, checkedOptions, type Engine } from "../analyzer-options.ts";
import type { AnalyzerStats, PriceEstimate, PricePoint, PriceSupport, RoundAmountEvidence } from "../contracts.ts";
import { checkOptionsObject, describeValue, EstimatorError } from "../estimator-error.ts";
import { checkPrice } from "../points/payment-points.ts";
import { windowPoints } from "../points/window-points.ts";
import { createLiveFilter } from "../posterior/filter/live-filter.ts";
import {
  activeAmountsBetween,
  activeAmountsSats,
  latestArrivals,
  type TimedAmounts,
  unconfirmedPayments,
} from "../window/active-payments.ts";
import type { MempoolPoll } from "../window/mempool-looks.ts";
import { readSavedWindow, type SavedWindow, writeSavedWindow } from "../window/saved-window.ts";
import { checkTimestamp, checkTransaction, checkTxid, type WindowTransaction } from "../window/transaction-check.ts";
import { TransactionWindow } from "../window/transaction-window.ts";
import type { PriceEngine } from "./price-engine.ts";
import { ReferenceEngine } from "./reference-engine.ts";

/** For the payment filter: ids held in the window, accepted or refused (rule 6 of the algorithm). */
export interface WindowTxids {
  /** Whether the window holds the id, accepted or refused. */
  has(txid: string): boolean;
  /** Holds an id as refused until `addTransaction` accepts it. */
  add(txid: string): void;
}

/** Which points to give, and around which price. */
export interface PricePointOptions {
  /**
   * Only payments that came after this many others: an earlier value of `arrivalCount`. At most 16,384 back. After
   * {@link MempoolAnalyzer.restore} those of the saved window count as come in the order of their times.
   */
  since?: number;
  /** Most points to return, the latest. Default 500. */
  limit?: number;
  /** The price to look around, US dollars per bitcoin. Default: the price last estimated; without one no points. */
  aroundUsd?: number;
}

const DEFAULT_POINT_LIMIT = 500;

/**
 * The live window: payments in, price out. It keeps each transaction once, forgets what is older than the window, counts
 * everything, and estimates the price now.
 *
 * It has no clock: times are Unix seconds, and `now` is given. Every method that refuses its input throws an
 * {@link EstimatorError} that names the field, and has changed nothing.
 *
 * @example
 * const analyzer = new MempoolAnalyzer();
 * for (const payment of payments) analyzer.addTransaction(payment);
 * const { price, interval, status } = analyzer.estimatePrice(now);
 */
export class MempoolAnalyzer {
  /** For `processMempoolTransaction` of the transaction parser. */
  readonly seenTxids: WindowTxids;
  readonly #options: Required<AnalyzerOptions>;
  readonly #window: TransactionWindow;
  readonly #engine: PriceEngine;
  readonly #firstAmounts = new FirstAmountsCheck();
  #lastPriceUsd: number | null = null;

  /** @throws {EstimatorError} `invalid_option` */
  constructor(options: AnalyzerOptions = {}) {
    this.#options = checkedOptions(options);
    this.#engine = this.#createEngine();
    this.#window = new TransactionWindow(this.#options, this.#engine);
    this.seenTxids = {
      has: (txid) => this.#window.isInWindow(txid),
      add: (txid) => {
        checkTxid(txid);
        this.#window.see(txid);
      },
    };
  }

  /** How long a payment counts, in seconds. */
  get windowSeconds(): number {
    return this.#options.windowSeconds;
  }

  /** The engine that estimates. */
  get engine(): Engine {
    return this.#options.engine;
  }

  /** Payments taken in so far; for the `since` of {@link pricePoints}. */
  get arrivalCount(): number {
    return this.#window.recent.count;
  }

  /**
   * Takes a payment in.
   *
   * @returns false, and changes nothing, when its id is known: held, refused by {@link rejectTransaction}, or expired and
   *   remembered. A removed payment may come back.
   * @throws {EstimatorError} `invalid_transaction`, `invalid_txid`, `invalid_timestamp`, `invalid_amount`
   */
  addTransaction(transaction: WindowTransaction): boolean {
    const amounts = checkTransaction(transaction);
    this.#firstAmounts.add(transaction.amounts);
    return this.#window.accept(transaction.txid, transaction.timestamp, amounts);
  }

  /**
   * Counts a transaction that the filter refused, and holds its id for repeats and for spends of it.
   *
   * @param timestamp its arrival, Unix seconds
   * @returns false when its id is known
   * @throws {EstimatorError} `invalid_txid`, `invalid_timestamp`
   */
  rejectTransaction(txid: string, timestamp: number): boolean {
    checkTxid(txid);
    checkTimestamp(timestamp, "timestamp");
    return this.#window.reject(txid, timestamp);
  }

  /** Takes a payment out that was replaced or evicted. @returns false when no such payment is in the window */
  removeTransaction(txid: string): boolean {
    checkTxid(txid);
    return this.#window.remove(txid);
  }

  /** A block has confirmed a payment: it counts on until it expires, also when the mempool has it no more. @returns false when no such payment is in the window */
  confirmTransaction(txid: string): boolean {
    checkTxid(txid);
    return this.#window.setConfirmed(txid, true);
  }

  /** The block that had confirmed a payment was undone. @returns false when no such payment is in the window */
  unconfirmTransaction(txid: string): boolean {
    checkTxid(txid);
    return this.#window.setConfirmed(txid, false);
  }

  /** Payments of the window that no block has confirmed, in the order of time, each with its arrival in Unix seconds. */
  unconfirmedTransactions(): Array<readonly [txid: string, timestamp: number]> {
    return unconfirmedPayments(this.#window);
  }

  /** Begins a comparison of the window with a node's mempool. */
  pollMempool(): MempoolPoll {
    const look = this.#window.looks.begin();
    return {
      ...look,
      add: (txid) => {
        checkTxid(txid);
        return look.add(txid);
      },
    };
  }

  /** Whether the id is known: held, refused, or expired and remembered. */
  has(txid: string): boolean {
    checkTxid(txid);
    return this.#window.isKnown(txid);
  }

  /**
   * Moves out what is older than the window.
   *
   * @param now Unix seconds
   * @returns how many payments left
   * @throws {EstimatorError} `invalid_timestamp`
   */
  expire(now: number): number {
    checkTimestamp(now, "now");
    return this.#window.expire(now);
  }

  /**
   * Remembers an id as if its transaction had expired, e.g. of an old one in the node's mempool at the start: its block
   * will not bring it in. It counts nowhere.
   *
   * @returns false when it is known
   * @throws {EstimatorError} `invalid_txid`
   */
  rememberExpired(txid: string): boolean {
    checkTxid(txid);
    return this.#window.rememberExpired(txid);
  }

  /**
   * Forgets ids older than the window of transactions that have left the node's mempool: they cannot come again.
   *
   * @param isStillInMempool asked once for each remembered id
   * @returns how many were forgotten
   */
  forgetExpired(isStillInMempool: (txid: string) => boolean): number {
    if (typeof isStillInMempool !== "function")
      throw new EstimatorError("invalid_option", "isStillInMempool must be a function of a transaction id");
    return this.#window.forgetExpired(isStillInMempool);
  }

  /**
   * The price now, from the payments of the window that ends now; older ones leave first.
   *
   * @param now Unix seconds
   * @throws {EstimatorError} `invalid_timestamp`
   */
  estimatePrice(now: number): PriceEstimate {
    this.expire(now);
    const estimate = this.#engine.estimate(now);
    this.#lastPriceUsd = estimate.price;
    return estimate;
  }

  /**
   * Which round dollar amounts spoke for the price, and how strongly. Empty without a price, and with the engine
   * `reference`, which does not weigh them singly.
   *
   * @param now Unix seconds
   */
  evidence(now: number): RoundAmountEvidence[] {
    this.expire(now);
    return this.#engine.evidence(now);
  }

  /**
   * How many forged payments could have made the price, and which other prices the payments leave. Null with the engine
   * `reference`, which does not know.
   *
   * @param now Unix seconds
   */
  support(now: number): PriceSupport | null {
    this.expire(now);
    return this.#engine.support(now);
  }

  /** What the window holds at `now` (Unix seconds; older payments leave first) or, without it, as it stands. */
  getStats(now?: number): AnalyzerStats {
    if (now !== undefined) this.expire(now);
    const { received, filtered, active, expired, removed } = this.#window.counts;
    return {
      activeTxCount: active,
      activeAmountCount: this.#window.amountCount,
      totalReceived: received,
      totalFiltered: filtered,
      totalExpired: expired,
      totalRemoved: removed,
      rememberedIds: this.#window.rememberedIds,
      forgottenIds: this.#window.forgotten,
      displacedTransactions: this.#window.displaced,
    };
  }

  /**
   * Arrivals of the latest payments of the window, Unix seconds, newest first: how old the evidence behind a price is.
   *
   * @param limit most arrivals to return
   * @throws {EstimatorError} `invalid_option`
   */
  latestArrivals(limit: number): number[] {
    if (!Number.isSafeInteger(limit) || limit < 1) refuse("limit", limit, 1);
    return latestArrivals(this.#window, limit);
  }

  /**
   * The amounts of the window's payments that arrived in a span of time, for `estimatePricePath`.
   *
   * @param from Unix seconds, inclusive
   * @param to Unix seconds, inclusive
   * @throws {EstimatorError} `invalid_timestamp`
   */
  amountsBetween(from: number, to: number): TimedAmounts {
    checkTimestamp(from, "from");
    checkTimestamp(to, "to");
    return activeAmountsBetween(this.#window, from, to);
  }

  /**
   * The latest outputs near a round dollar amount, read as prices, for the picture: in the order of time, or with
   * `since` in the order of their coming.
   *
   * @throws {EstimatorError} `invalid_option`
   */
  pricePoints(options: PricePointOptions = {}): PricePoint[] {
    checkOptionsObject(options, ["since", "limit", "aroundUsd"]);
    const { since, limit = DEFAULT_POINT_LIMIT, aroundUsd = this.#lastPriceUsd } = options;
    if (!Number.isSafeInteger(limit) || limit < 0) refuse("limit", limit);
    if (since !== undefined && (!Number.isSafeInteger(since) || since < 0)) refuse("since", since);
    if (aroundUsd === null || limit === 0) return [];
    checkPrice(aroundUsd, "aroundUsd");
    return windowPoints(this.#window, aroundUsd, limit, since);
  }

  /** Everything that the next estimate and the counters depend on, as bytes for {@link restore}. */
  save(): Uint8Array {
    return writeSavedWindow(this.#window, {
      ...this.#options,
      lastPriceUsd: this.#lastPriceUsd,
    });
  }

  /**
   * An analyzer that continues where the saved one stood: its next estimate is the same to the last bit.
   *
   * @throws {EstimatorError} `invalid_saved_state` for bytes that are damaged or were not made by {@link save}
   */
  static restore(saved: Uint8Array): MempoolAnalyzer {
    const state: SavedWindow = readSavedWindow(saved);
    const { lastPriceUsd, ...options } = state.settings;
    const analyzer = new MempoolAnalyzer(options);
    analyzer.#lastPriceUsd = lastPriceUsd;
    state.fill(analyzer.#window);
    return analyzer;
  }

  #createEngine(): PriceEngine {
    if (this.#options.engine === "posterior") return createLiveFilter({ windowSeconds: this.#options.windowSeconds });
    return new ReferenceEngine(() => activeAmountsSats(this.#window));
  }
}

function refuse(option: string, value: unknown, least = 0): never {
  throw new EstimatorError(
    "invalid_option",
    `${option} is ${describeValue(value)}: it must be a whole number from ${least} up`,
  );
}
