import { isCurrent } from "../state/status.ts";
import type { HindsightPrice, PublishedRow } from "./published-row.ts";

/** Levels of the intervals whose coverage is counted. */
export const LEVELS = [0.5, 0.8, 0.9, 0.95] as const;

const LN_10 = Math.log(10);

/** A published price compared with its hindsight price. */
export interface Judgment {
  /** Published price over hindsight price less 1. */
  readonly difference: number;
  /**
   * For each of {@link LEVELS}, whether the interval holds the hindsight price; null without an
   * interval.
   */
  readonly held: readonly boolean[] | null;
}

/** Whether a published price claims to be current. */
export const claimsPrice = ({ price, status }: PublishedRow): boolean => price !== null && isCurrent(status);

/** Compares a published price with its hindsight price; null for a row without a current price. */
export function judged(row: PublishedRow, hindsight: HindsightPrice): Judgment | null {
  const { price, low, high } = row;
  if (!claimsPrice(row) || price === null) return null;
  const difference = price / hindsight.price - 1;
  if (low === null || high === null) return { difference, held: null };
  // The published interval stands for a two-sided exponential around the price, as in
  // bench:accuracy.
  const distance = Math.log(hindsight.price / price);
  const scale = distance < 0 ? Math.log(price / low) / LN_10 : Math.log(high / price) / LN_10;
  return {
    difference,
    held: LEVELS.map((level) => Math.abs(distance) <= scale * -Math.log(1 - level) + 1e-12),
  };
}
