import fitted from "./ladder.json" with { type: "json" };

/** A round dollar amount that people send. */
export interface LadderAmount {
  readonly usd: number;
  /** Share of all distinct amounts of payments. */
  readonly share: number;
  /** Density of other amounts there: share of all distinct amounts per unit of ln(amount). */
  readonly background: number;
  /** Whether every set of payments has it; others may be missing. */
  readonly common: boolean;
}

/** Fitted by fit/ladder.ts. */
export const LADDER: readonly LadderAmount[] = fitted.amounts;

/** The blocks and the mempool that the shares were fitted to. */
export const FITTED_SETS: readonly string[] = fitted.sets;

/**
 * The amounts that every set of payments has. They place the price, give that of a minute, and
 * their absence counts.
 */
export const COMMON: readonly LadderAmount[] = LADDER.filter(({ common }) => common);
export const COMMON_LOG_USD: readonly number[] = COMMON.map(({ usd }) => Math.log(usd));
/** Share of payments of these amounts. */
export const COMMON_SHARE: number = COMMON.reduce((sum, { share }) => sum + share, 0);

/**
 * Density of a peak's amounts per unit of its shape, over the density of the other amounts there.
 */
export function strengthOf({ share, background }: LadderAmount): number {
  return share / background;
}
