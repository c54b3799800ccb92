/**
 * The package's own declaration of the contracts it keeps (it depends on nothing). A type test proves that they equal
 * those of `@utxoracle/models`.
 */

/** A payment: a transaction that passed the filter of the algorithm (two outputs, at most five inputs, …). */
export interface ProcessedTransaction {
  /** Transaction id. Any non-empty string is kept exactly; 64 lower-case hex digits are kept compactly. */
  txid: string;
  /** Output amounts in BTC that lie strictly between 1e-5 and 1e5: 0 to 2 entries. */
  amounts: number[];
  /** Arrival, Unix seconds. */
  timestamp: number;
  /** Fee rate in sat/vB; null when the inputs' amounts are unknown. */
  feeRate: number | null;
  /** 1 to 5. */
  inputCount: number;
  outputCount: 2;
}

/** What a price is worth: see the table of statuses in the README. */
export type EngineStatus = "ok" | "low_confidence" | "no_estimate";

/** A range of prices in US dollars, `low <= high`. */
export interface PriceInterval {
  low: number;
  high: number;
}

/** A price with what is known of its error. */
export interface PriceEstimate {
  /** US dollars per bitcoin, now; null without evidence (status `no_estimate`). */
  price: number | null;
  /** Holds the true price in 90 % of cases; null without a price and from the engine `reference`, which has none. */
  interval: PriceInterval | null;
  /** 0 to 1: the probability that the price is within 3 % of the truth; 0 without a price. */
  confidence: number;
  status: EngineStatus;
  /** The average price over the whole window or set, US dollars; null without one. */
  windowPrice: number | null;
}

/** Why the engine `reference` has no price. */
export type ReferenceFailure = "no_amounts" | "no_rough_price" | "no_price_points";

/** Every intermediate result of the engine `reference`. All null but the counts where `failure` says why. */
export interface ReferenceEstimate {
  /** The exact price (step 11), US dollars: the same number as `centralPriceUsd`. */
  price: number | null;
  failure: ReferenceFailure | null;
  /** Amounts used: those given that lie strictly between 1e-5 and 1e5 BTC. */
  outputs: number;
  /** Slide of the best stencil position, -141 to 200. */
  bestSlide: number | null;
  bestSlideScore: number | null;
  /** Sum of the scores of all slides. */
  totalScore: number | null;
  /** Step 9, whole US dollars. */
  roughPriceUsd: number | null;
  /** How many price points step 10 gives. */
  pricePoints: number;
  centralPriceUsd: number | null;
  /** Spread of the points: median distance from their center over the width of the ±10 % band (0 to 0.5). */
  deviationPct: number | null;
  /** Lower and upper end of the price axis of the plot, US dollars. */
  axisLowUsd: number | null;
  axisHighUsd: number | null;
}

/** How one round dollar amount supports the price: what a page shows to explain the number. */
export interface RoundAmountEvidence {
  /** The round amount, US dollars. */
  usd: number;
  /** Outputs that are worth this amount at the price, near the peak; one exact amount counts once a minute. */
  votes: number;
  /** Log-likelihood that these outputs add at the price; negative: against it. */
  strength: number;
}

/** How well the payments of a window support its price against forgers. */
export interface PriceSupport {
  /**
   * The fewest forged payments, of one or two outputs, that could have made an alias of the true price (2, 1/2, 10 … times
   * it) look like this price.
   */
  forgeablePayments: number;
  /** A price is not `ok` where fewer could. */
  requiredPayments: number;
  /** Other prices, US dollars, whose own payments are not missing: none where the price is `ok`. */
  otherPrices: number[];
}

/** One output of a payment, read as a price: a point of the picture. */
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

/** What the window holds and has held. received = filtered + active + expired + removed, always. */
export interface AnalyzerStats {
  /** Payments in the window. */
  activeTxCount: number;
  /** Their usable amounts. */
  activeAmountCount: number;
  /** Distinct transaction ids seen. */
  totalReceived: number;
  /** Those that the filter refused. */
  totalFiltered: number;
  /** Payments that grew older than the window. */
  totalExpired: number;
  /** Payments taken out because they were replaced or evicted. */
  totalRemoved: number;
  /** Ids older than the window that are remembered, so that they are not taken in again. */
  rememberedIds: number;
  /** Remembered ids given up because there were more than `maxExpiredIds`. */
  forgottenIds: number;
  /** Transactions moved out before they were old enough because there were `maxTransactions`; payments count as expired. */
  displacedTransactions: number;
}
