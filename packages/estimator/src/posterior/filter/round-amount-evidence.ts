import type { RoundAmountEvidence } from "../../contracts.ts";
import { COMMON } from "../likelihood/common-amounts.ts";
import { COMMON_LOG_SATS, LIVE_SHAPE, peakKernel, UNITS_PER_NAT } from "../likelihood/peak-kernel.ts";
import type { AmountCounts } from "./amount-counts.ts";
import { FILTER } from "./filter-model.ts";

/** Maximum distance at which an output counts as a vote for a round dollar amount. */
const VOTE_REACH = 0.003;
const { step, reach, background } = FILTER.fine;
const kernel = peakKernel({ step, reach, spread: FILTER.fine.spreads[1]!, background, peakShape: LIVE_SHAPE });

/** Support of each round dollar amount for the price in the given minutes. */
export function roundAmountEvidence(minutes: readonly AmountCounts[], priceUsd: number): RoundAmountEvidence[] {
  const logPrice = Math.log(priceUsd);
  const votes = COMMON.map(() => 0);
  const units = COMMON.map(() => 0);
  for (const minute of minutes)
    minute.forEach((valueSats) => {
      const origin = Math.log(valueSats) + logPrice;
      for (let amount = 0; amount < votes.length; amount++) {
        const distance = COMMON_LOG_SATS[amount]! - origin;
        const cell = Math.round(distance / step);
        if (Math.abs(cell) > kernel.reach) continue;
        units[amount]! += kernel.values[amount * (2 * kernel.reach + 1) + kernel.reach + cell]!;
        if (Math.abs(distance) <= VOTE_REACH) votes[amount]!++;
      }
    });
  return COMMON.map(({ usd }, amount) => ({
    usd,
    votes: votes[amount]!,
    strength: units[amount]! / UNITS_PER_NAT,
  }));
}
