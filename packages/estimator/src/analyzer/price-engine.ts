import type { PriceEstimate, PriceSupport, RoundAmountEvidence } from "../contracts.ts";
import type { PaymentListener } from "../window/transaction-window.ts";

/**
 * What turns the amounts of the window into a price. Its answer depends on the amounts and times it holds and on `now`
 * alone, not on the order of the calls: then a restored window gives the same next estimate.
 */
export interface PriceEngine extends PaymentListener {
  estimate(now: number): PriceEstimate;
  evidence(now: number): RoundAmountEvidence[];
  support(now: number): PriceSupport | null;
}
