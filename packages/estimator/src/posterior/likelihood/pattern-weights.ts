/** The peak at one round dollar amount. */
export interface RoundAmountWeight {
  /** The round amount, US dollars. */
  readonly usd: number;
  /** Amounts in the peak per background amount in one unit of the natural logarithm there. */
  readonly excess: number;
}

/**
 * How the amounts of a peak lie around it, over x = ln(amount · price / round amount). The shares add up to 1; scales are
 * in the same unit as x.
 */
export interface PeakShape {
  /** Sharp Laplace core: wallets that read the price of the moment. */
  readonly coreShare: number;
  readonly coreScale: number;
  /** Broader Laplace shoulder: older prices, other markets. */
  readonly shoulderShare: number;
  readonly shoulderScale: number;
  /** Exponential tail to the right only: the round amount and a fee on top. */
  readonly feeShare: number;
  readonly feeScale: number;
}

/**
 * How far the 90 % interval reaches to each side: the root of floor² + (perSpread · spread)² + (perSamplingError · sampling
 * error)². Chosen so that it holds the exchange's average in 90 % of the windows of 10 minutes, 1 hour and 3 hours alike.
 */
export interface IntervalWeights {
  /** Natural log: what people pay is never the exchange's average to the last part. */
  readonly floor: number;
  readonly perSpread: number;
  readonly perSamplingError: number;
}

/** Everything that is fitted to real payments. */
export interface PatternWeights {
  /** Round amounts by whose peaks the price is placed: those that every sample of payments has. */
  readonly common: readonly RoundAmountWeight[];
  readonly shape: PeakShape;
  readonly interval: IntervalWeights;
}
