import type { PriceEstimate, PriceSupport, RoundAmountEvidence } from "../contracts.ts";
import type { PaymentListener } from "../window/transaction-window.ts";

/**
 * Estimates the price from the amounts of the window. The estimate depends only on amounts, times
 * and `now`, not on the order of calls, so that a restored window gives the same next estimate.
 */
export interface PriceEngine extends PaymentListener {
  estimate(now: number): PriceEstimate;
  evidence(now: number): RoundAmountEvidence[];
  support(now: number): PriceSupport | null;
}
