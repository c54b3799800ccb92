import fitted from "./weights.json" with { type: "json" };

/**
 * Distribution of a peak's amounts over x = ln(amount · price / round amount). The shares add up to
 * 1; scales have the unit of x.
 */
export interface PeakShape {
  /** Sharp Laplace core: wallets that use the current price. */
  readonly coreShare: number;
  readonly coreScale: number;
  /** Broader Laplace shoulder: older prices, other markets. */
  readonly shoulderShare: number;
  readonly shoulderScale: number;
  /** Exponential tail to the right: the round amount plus a fee. */
  readonly feeShare: number;
  readonly feeScale: number;
}

/**
 * Half width of the 90 % interval: the root of floor² + (perSpread · spread)² + (perSamplingError ·
 * sampling error)². Fitted so that it holds the exchange's average in 90 % of the windows of 10
 * minutes, 1 hour and 3 hours.
 */
export interface IntervalWeights {
  /** Natural log; what people pay always differs a little from the exchange's average. */
  readonly floor: number;
  readonly perSpread: number;
  readonly perSamplingError: number;
}

/** All weights that are fitted to real payments. */
export interface PatternWeights {
  readonly shape: PeakShape;
  readonly interval: IntervalWeights;
}

/** Fitted by fit/posterior.ts to the days that the file names. */
export const WEIGHTS: PatternWeights = fitted.weights;
