import type { RoundAmountEvidence } from "../../contracts.ts";
import { COMMON } from "../likelihood/ladder.ts";
import { COMMON_LOG_SATS, UNITS_PER_NAT } from "../likelihood/peak-kernel.ts";
import { LOCAL_MODEL } from "./local-price-filter.ts";
import type { MinutePayments } from "./minute-payments.ts";

/** Maximum distance at which an output counts as a vote for a round dollar amount. */
const VOTE_REACH = 0.003;
/** That of the middle speed. */
const kernel = LOCAL_MODEL.kernels[1]!;

/** Support of each round dollar amount for the price in the given minutes. */
export function roundAmountEvidence(
  minutes: readonly (MinutePayments | undefined)[],
  priceUsd: number,
): RoundAmountEvidence[] {
  const logPrice = Math.log(priceUsd);
  const votes = COMMON.map(() => 0);
  const units = COMMON.map(() => 0);
  for (const minute of minutes)
    minute?.amounts.forEach((valueSats) => {
      const origin = Math.log(valueSats) + logPrice;
      for (let amount = 0; amount < votes.length; amount++) {
        const distance = COMMON_LOG_SATS[amount]! - origin;
        const cell = Math.round(distance / kernel.step);
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
