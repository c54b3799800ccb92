import type { RoundAmountEvidence } from "../contracts.ts";
import type { AmountCounts } from "./amount-counts.ts";
import { LOG_ROUND_AMOUNTS, UNITS_PER_NAT, voteKernel } from "./peak-likelihood.ts";
import { PEAK_STRENGTH } from "./peak-weights.ts";
import { TRACKING } from "./tracking-model.ts";

/** An output within this of a round dollar amount is counted as a vote for it. */
const VOTE_REACH = 0.003;
const { step, reach, background } = TRACKING.fine;
const kernel = voteKernel({ step, reach, spread: TRACKING.fine.spreads[1]!, background });

/** How each round dollar amount speaks for the price in the given slices of time. */
export function roundAmountEvidence(slices: readonly AmountCounts[], priceUsd: number): RoundAmountEvidence[] {
  const logPrice = Math.log(priceUsd);
  const votes = PEAK_STRENGTH.map(() => 0);
  const units = PEAK_STRENGTH.map(() => 0);
  for (const slice of slices)
    slice.forEach((valueSats) => {
      const origin = Math.log(valueSats) + logPrice;
      for (let amount = 0; amount < votes.length; amount++) {
        const distance = LOG_ROUND_AMOUNTS[amount]! - origin;
        const cell = Math.round(distance / step);
        if (Math.abs(cell) > kernel.reach) continue;
        units[amount]! += kernel.values[amount * (2 * kernel.reach + 1) + kernel.reach + cell]!;
        if (Math.abs(distance) <= VOTE_REACH) votes[amount]!++;
      }
    });
  return PEAK_STRENGTH.map(({ usd }, amount) => ({
    usd,
    votes: votes[amount]!,
    strength: units[amount]! / UNITS_PER_NAT,
  }));
}
