import { FirstAmountsCheck } from "../amount-unit.ts";
import { type AnalyzerOptions, checkedOptions, type Engine } from "../analyzer-options.ts";
import type { AnalyzerStats, PriceEstimate, PricePoint, PriceSupport, RoundAmountEvidence } from "../contracts.ts";
import { checkOptionsObject, describeValue, EstimatorError } from "../estimator-error.ts";
import { checkPrice } from "../points/payment-points.ts";
import { windowPoints } from "../points/window-points.ts";
import { LiveFilter } from "../posterior/filter/live-filter.ts";
import {
  activeAmountsBetween,
  activeAmountsSats,
  latestArrivals,
  type TimedAmounts,
  unconfirmedPayments,
} from "../window/active-payments.ts";
import type { MempoolPoll } from "../window/mempool-polls.ts";
import { readSavedWindow, type SavedWindow, writeSavedWindow } from "../window/saved-window.ts";
import { checkTimestamp, checkTransaction, checkTxid, type WindowTransaction } from "../window/transaction-check.ts";
import { TransactionWindow } from "../window/transaction-window.ts";
import type { PriceEngine } from "./price-engine.ts";
import { ReferenceEngine } from "./reference-engine.ts";

/** Ids in the window, accepted or rejected, for rule 6 of the payment filter. */
export interface WindowTxids {
  /** Whether the id is in the window, accepted or rejected. */
  has(txid: string): boolean;
  /** Adds an id. It counts as rejected until `addTransaction` accepts it. */
  add(txid: string): void;
}

/** Selects price points. */
export interface PricePointOptions {
  /**
   * Only payments added after this value of `arrivalCount`, at most 16,384 payments back. After
   * {@link MempoolAnalyzer.restore} the saved payments count as added in the order of their times.
   */
  since?: number;
  /** Maximum number of points, the latest ones. Default 500. */
  limit?: number;
  /**
   * Price to search around, US dollars per bitcoin. Default: the last estimate; without one there
   * are no points.
   */
  aroundUsd?: number;
}

const DEFAULT_POINT_LIMIT = 500;

/**
 * The live window. Counts each transaction once, drops what is older than the window, and estimates
 * the price now.
 *
 * It has no clock: the caller passes times and `now` in Unix seconds. A method that rejects its
 * input throws an {@link EstimatorError} with the field's name and changes nothing.
 *
 * @example
 * const analyzer = new MempoolAnalyzer();
 * for (const payment of payments) analyzer.addTransaction(payment);
 * const { price, interval, status } = analyzer.estimatePrice(now);
 */
export class MempoolAnalyzer {
  /**
   * `{ has, add }` for `processMempoolTransaction` of `@utxoracle/tx-parser`: ids in the window. An
   * added id counts as rejected until {@link addTransaction} accepts it.
   */
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

  /** How long a payment counts, seconds. */
  get windowSeconds(): number {
    return this.#options.windowSeconds;
  }

  /** The engine in use. */
  get engine(): Engine {
    return this.#options.engine;
  }

  /** Number of payments added so far; for the `since` of {@link pricePoints}. */
  get arrivalCount(): number {
    return this.#window.recent.count;
  }

  /**
   * Adds a payment `{ txid, timestamp, amounts }`. Its `vouts` say which outputs the amounts are.
   *
   * @returns false, without a change, if its id is known: in the window, rejected by
   *   {@link rejectTransaction}, or expired and remembered. A removed payment may be added again.
   * @throws {EstimatorError} `invalid_transaction`, `invalid_txid`, `invalid_timestamp`,
   *   `invalid_amount`
   */
  addTransaction(transaction: WindowTransaction): boolean {
    const amounts = checkTransaction(transaction);
    this.#firstAmounts.add(transaction.amounts);
    return this.#window.accept(transaction.txid, transaction.timestamp, amounts);
  }

  /**
   * Counts a transaction that the filter rejected. Its id is kept, so that repeats do not count and
   * spends are detected.
   *
   * @param timestamp its arrival, Unix seconds
   * @returns false if its id is known
   * @throws {EstimatorError} `invalid_txid`, `invalid_timestamp`
   */
  rejectTransaction(txid: string, timestamp: number): boolean {
    checkTxid(txid);
    checkTimestamp(timestamp, "timestamp");
    return this.#window.reject(txid, timestamp);
  }

  /** Removes a payment that was replaced or evicted. @returns false if it is not in the window */
  removeTransaction(txid: string): boolean {
    checkTxid(txid);
    return this.#window.remove(txid);
  }

  /**
   * Marks a payment as confirmed by a block. It counts until it expires, although the mempool no
   * longer has it.
   *
   * @returns false if it is not in the window
   */
  confirmTransaction(txid: string): boolean {
    checkTxid(txid);
    return this.#window.setConfirmed(txid, true);
  }

  /**
   * Marks a payment as unconfirmed after its block was disconnected.
   * @returns false if it is not in the window
   */
  unconfirmTransaction(txid: string): boolean {
    checkTxid(txid);
    return this.#window.setConfirmed(txid, false);
  }

  /** Unconfirmed payments in the window with their arrival, Unix seconds, oldest first. */
  unconfirmedTransactions(): Array<readonly [txid: string, timestamp: number]> {
    return unconfirmedPayments(this.#window);
  }

  /**
   * Starts a comparison of the window with a node's mempool: `add(txid)` for each id, then
   * `vanished(cameBefore)` lists the unconfirmed payments that are gone, and `forgetExpired()`
   * forgets older ids that are gone.
   */
  pollMempool(): MempoolPoll {
    const poll = this.#window.polls.begin();
    return {
      ...poll,
      add: (txid) => {
        checkTxid(txid);
        return poll.add(txid);
      },
    };
  }

  /** Whether the id is known: accepted, rejected, or expired and remembered. */
  has(txid: string): boolean {
    checkTxid(txid);
    return this.#window.isKnown(txid);
  }

  /**
   * Drops what is older than the window, as `estimatePrice` does. The ids are remembered, so that
   * their block does not bring them back.
   *
   * @param now Unix seconds
   * @returns the number of dropped payments
   * @throws {EstimatorError} `invalid_timestamp`
   */
  expire(now: number): number {
    checkTimestamp(now, "now");
    return this.#window.expire(now);
  }

  /**
   * Remembers an id as expired, without counting it. For transactions in the node's mempool that
   * are older than the window at the start, so that their block does not add them.
   *
   * @returns false if it is known
   * @throws {EstimatorError} `invalid_txid`
   */
  rememberExpired(txid: string): boolean {
    checkTxid(txid);
    return this.#window.rememberExpired(txid);
  }

  /**
   * Forgets remembered ids of transactions that have left the node's mempool and so cannot arrive
   * again.
   *
   * @param isStillInMempool called once per remembered id
   * @returns the number of forgotten ids
   */
  forgetExpired(isStillInMempool: (txid: string) => boolean): number {
    if (typeof isStillInMempool !== "function")
      throw new EstimatorError("invalid_option", "isStillInMempool must be a function of a transaction id");
    return this.#window.forgetExpired(isStillInMempool);
  }

  /**
   * Estimates the price now from the payments of the window that ends now.
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
   * How strongly each round dollar amount supports the price. Empty without a price and with the
   * engine `reference`.
   *
   * @param now Unix seconds
   */
  evidence(now: number): RoundAmountEvidence[] {
    this.expire(now);
    return this.#engine.evidence(now);
  }

  /**
   * How many forged payments could have made the price, and which other prices are not ruled out.
   * Null with the engine `reference`.
   *
   * @param now Unix seconds
   */
  support(now: number): PriceSupport | null {
    this.expire(now);
    return this.#engine.support(now);
  }

  /**
   * Counts of the window, at `now` (Unix seconds) if given: older payments are dropped first.
   * Received are the filtered, active, expired and removed ones.
   */
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
   * Arrival times of the latest payments, Unix seconds, newest first: the age of the evidence.
   *
   * @param limit maximum number of arrivals
   * @throws {EstimatorError} `invalid_option`
   */
  latestArrivals(limit: number): number[] {
    if (!Number.isSafeInteger(limit) || limit < 1) refuse("limit", limit, 1);
    return latestArrivals(this.#window, limit);
  }

  /**
   * Amounts and times of the payments that arrived in a span of time, for `estimatePricePath`.
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
   * The latest outputs near a round dollar amount as prices, for a chart: in order of time, or with
   * `since` in order of arrival.
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

  /** The whole state as bytes, for {@link restore}. */
  save(): Uint8Array {
    return writeSavedWindow(this.#window, {
      ...this.#options,
      lastPriceUsd: this.#lastPriceUsd,
    });
  }

  /**
   * Restores a saved analyzer. Its next estimate is identical to that of the saved one.
   *
   * @throws {EstimatorError} `invalid_saved_state` for damaged bytes and bytes not written by
   *   {@link save}
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
    if (this.#options.engine === "posterior") return new LiveFilter(this.#options.windowSeconds);
    return new ReferenceEngine(() => activeAmountsSats(this.#window));
  }
}

function refuse(option: string, value: unknown, least = 0): never {
  throw new EstimatorError(
    "invalid_option",
    `${option} is ${describeValue(value)}: it must be a whole number from ${least} up`,
  );
}
