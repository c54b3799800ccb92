import { firstAtLeast } from "../arrays.ts";
import type { Background } from "../likelihood/background.ts";
import { type LadderAmount, strengthOf } from "../likelihood/ladder.ts";
import type { DistinctAmounts } from "./distinct-amounts.ts";

/** Width of a cell of the local price axis, natural log: a fortieth of a percent. */
export const CELL = 0.00025;
const LOG_SATS_PER_BTC = Math.log(1e8);

/** The amounts around one round amount u as prices, u / amount. */
export interface PeakVotes {
  /** By cell. */
  readonly votes: Float64Array;
  /** Background votes per cell. */
  readonly background: number;
  /** Expected number of peak votes per background vote in one cell, with the fitted strengths. */
  readonly excess: number;
}

/**
 * Counts the prices that the amounts near each round amount imply, in cells of {@link CELL} around
 * a price.
 *
 * @param reachCells cells on either side of the center
 */
export function peakVotes(
  amounts: DistinctAmounts,
  background: Background,
  roundAmounts: readonly LadderAmount[],
  logPrice: number,
  reachCells: number,
): PeakVotes[] {
  const reach = (reachCells + 0.5) * CELL;
  return roundAmounts.map((roundAmount) => {
    const logCenter = Math.log(roundAmount.usd) + LOG_SATS_PER_BTC - logPrice;
    const first = firstAtLeast(amounts.sats, Math.exp(logCenter - reach));
    const end = firstAtLeast(amounts.sats, Math.exp(logCenter + reach));
    const votes = new Float64Array(2 * reachCells + 1);
    for (let i = first; i < end; i++) {
      const cell = Math.round((logCenter - Math.log(amounts.sats[i]!)) / CELL) + reachCells;
      votes[Math.min(2 * reachCells, Math.max(0, cell))]! += amounts.votes[i]!;
    }
    const level = background.densityAt(Math.exp(logCenter)) * CELL;
    return { votes, background: level, excess: strengthOf(roundAmount) / CELL };
  });
}
