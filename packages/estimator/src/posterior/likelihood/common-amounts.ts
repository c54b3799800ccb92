import { LADDER, type LadderAmount } from "./ladder.ts";

/**
 * The amounts that every set of payments has. They place the price, give that of a minute, and
 * their absence counts.
 */
export const COMMON: readonly LadderAmount[] = LADDER.filter(({ common }) => common);
export const COMMON_LOG_USD: readonly number[] = COMMON.map(({ usd }) => Math.log(usd));
/** Share of payments of these amounts. */
export const COMMON_SHARE: number = COMMON.reduce((sum, { share }) => sum + share, 0);
