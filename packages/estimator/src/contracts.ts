/**
 * The contracts of this package, declared here because it has no dependencies. A type test keeps
 * them equal to those of `@utxoracle/models`.
 */

/**
 * A payment: a transaction that passed the payment filter (two outputs, at most five inputs, …).
 */
export interface ProcessedTransaction {
  /** Transaction id: any non-empty string. 64 lower-case hex digits need the least memory. */
  txid: string;
  /** Output amounts in BTC strictly between 1e-5 and 1e5: 0 to 2 entries. */
  amounts: number[];
  /** Arrival, Unix seconds. */
  timestamp: number;
  /** Fee rate in sat/vB; null when the inputs' amounts are unknown. */
  feeRate: number | null;
  /** 1 to 5. */
  inputCount: number;
  outputCount: 2;
}

/** How far a price can be relied on: see the table of statuses in the README. */
export type EngineStatus = "ok" | "low_confidence" | "no_estimate";

/** A range of prices in US dollars, `low <= high`. */
export interface PriceInterval {
  low: number;
  high: number;
}

/** A price with its uncertainty. */
export interface PriceEstimate {
  /** US dollars per bitcoin, now; null without evidence (status `no_estimate`). */
  price: number | null;
  /** 90 % interval of the true price; null without a price and with the engine `reference`. */
  interval: PriceInterval | null;
  /** Probability, 0 to 1, that the price is within 3 % of the truth; 0 without a price. */
  confidence: number;
  status: EngineStatus;
  /** Average price over the whole window or set, US dollars; null without a price. */
  windowPrice: number | null;
}

/** Why the engine `reference` has no price. */
export type ReferenceFailure = "no_amounts" | "no_rough_price" | "no_price_points";

/**
 * All intermediate results of the engine `reference`. Without a price all but the counts are null.
 */
export interface ReferenceEstimate {
  /** The exact price (step 11), US dollars; equals `centralPriceUsd`. */
  price: number | null;
  failure: ReferenceFailure | null;
  /** Number of amounts strictly between 1e-5 and 1e5 BTC. */
  outputs: number;
  /** Slide of the best stencil position, -141 to 200. */
  bestSlide: number | null;
  bestSlideScore: number | null;
  /** Sum of the scores of all slides. */
  totalScore: number | null;
  /** Step 9, whole US dollars. */
  roughPriceUsd: number | null;
  /** Number of price points from step 10. */
  pricePoints: number;
  centralPriceUsd: number | null;
  /**
   * Spread of the points: median distance from their center over the width of the ±10 % band (0 to
   * 0.5).
   */
  deviationPct: number | null;
  /** Lower and upper end of the price axis of the plot, US dollars. */
  axisLowUsd: number | null;
  axisHighUsd: number | null;
}

/** How one round dollar amount supports the price, to explain the price to people. */
export interface RoundAmountEvidence {
  /** The round amount, US dollars. */
  usd: number;
  /** Outputs worth this amount at the price. One exact amount counts once a minute. */
  votes: number;
  /** Log-likelihood of these outputs at the price; negative: they contradict it. */
  strength: number;
}

/** How hard it would be to forge the payments behind a price. */
export interface PriceSupport {
  /**
   * Fewest forged payments, with one or two false outputs each, that could make this price out of a
   * true price that is an alias of it (2, 1/2, 10 … times).
   */
  forgeablePayments: number;
  /** The price is not `ok` if fewer suffice. */
  requiredPayments: number;
  /** Other prices that are not ruled out, US dollars; empty if the price is `ok`. */
  otherPrices: number[];
}

/** One output of a payment as a price: a point of the chart. */
export interface PricePoint {
  /** Arrival of the payment, Unix seconds. */
  timestamp: number;
  /** The nearest round dollar amount divided by the output's amount, US dollars per bitcoin. */
  price: number;
  txid: string;
  /** Which of the payment's two outputs. */
  vout: number;
  /** BTC. */
  amount: number;
}

/** Counts of a window. received = filtered + active + expired + removed. */
export interface AnalyzerStats {
  /** Payments in the window. */
  activeTxCount: number;
  /** Usable amounts of these payments. */
  activeAmountCount: number;
  /** Distinct transaction ids received. */
  totalReceived: number;
  /** Transactions that the filter rejected. */
  totalFiltered: number;
  /** Payments that became older than the window. */
  totalExpired: number;
  /** Payments removed because they were replaced or evicted. */
  totalRemoved: number;
  /** Remembered ids of expired transactions, which are not added again. */
  rememberedIds: number;
  /** Remembered ids dropped because of `maxExpiredIds`. */
  forgottenIds: number;
  /** Transactions dropped early because of `maxTransactions`; payments count as expired. */
  displacedTransactions: number;
}
