/**
 * The US dollar price of bitcoin from output amounts alone, with an honest error bar.
 *
 * @module @utxoracle/estimator
 */

export { MempoolAnalyzer, type PricePointOptions, type WindowTxids } from "./analyzer/mempool-analyzer.ts";
export type { AnalyzerOptions, Engine } from "./analyzer-options.ts";
export type {
  AnalyzerStats,
  EngineStatus,
  PriceEstimate,
  PriceInterval,
  PricePoint,
  PriceSupport,
  ProcessedTransaction,
  ReferenceEstimate,
  ReferenceFailure,
  RoundAmountEvidence,
} from "./contracts.ts";
export { ESTIMATOR_ERROR_CODES, EstimatorError, type EstimatorErrorCode } from "./estimator-error.ts";
export { pricePointsOf } from "./points/payment-points.ts";
export {
  estimatePricePath,
  type PricePath,
  type PricePathOptions,
  type PricePathPoint,
} from "./posterior/smoother/estimate-price-path.ts";
export { estimatePosterior } from "./posterior/static-set/estimate-posterior.ts";
export type { PosteriorOptions } from "./posterior/static-set/posterior-options.ts";
export { estimateReference, type ReferenceOptions } from "./reference/estimate-reference.ts";
export type { TimedAmounts } from "./window/active-payments.ts";
export type { MempoolPoll } from "./window/mempool-polls.ts";
export type { WindowTransaction } from "./window/transaction-check.ts";
