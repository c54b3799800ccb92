import { firstAtLeast } from "../arrays.ts";
import { binPosition, WIDE_AXIS } from "../likelihood/log-histogram.ts";
import type { RoundAmountWeight } from "../likelihood/pattern-weights.ts";
import type { DistinctAmounts } from "./distinct-amounts.ts";

/** Width of a cell of the local price axis, natural log: a fortieth of a percent. */
export const CELL = 0.00025;
const LOG_SATS_PER_BTC = Math.log(1e8);

/** The amounts around one round amount u as prices, u / amount. */
export interface PeakVotes {
  /** Cells with votes, ascending, as offsets from the first cell. */
  readonly cells: Int32Array;
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
  background: Float64Array,
  roundAmounts: readonly RoundAmountWeight[],
  logPrice: number,
  reachCells: number,
): PeakVotes[] {
  const reach = (reachCells + 0.5) * CELL;
  return roundAmounts.map(({ usd, excess }) => {
    const logCenter = Math.log(usd) + LOG_SATS_PER_BTC - logPrice;
    const first = firstAtLeast(amounts.sats, Math.exp(logCenter - reach));
    const end = firstAtLeast(amounts.sats, Math.exp(logCenter + reach));
    const histogram = new Float64Array(2 * reachCells + 1);
    for (let i = first; i < end; i++) {
      const cell = Math.round((logCenter - Math.log(amounts.sats[i]!)) / CELL) + reachCells;
      histogram[Math.min(2 * reachCells, Math.max(0, cell))]! += amounts.votes[i]!;
    }
    const bin = Math.floor(binPosition(Math.exp(logCenter), WIDE_AXIS));
    const level = bin >= 0 && bin < WIDE_AXIS.binCount ? background[bin]! : 0;
    return { ...occupied(histogram), background: level * (CELL / WIDE_AXIS.binWidth), excess: excess / CELL };
  });
}

function occupied(histogram: Float64Array): { cells: Int32Array; votes: Float64Array } {
  const cells: number[] = [];
  const votes: number[] = [];
  histogram.forEach((count, cell) => {
    if (count > 0) {
      cells.push(cell);
      votes.push(count);
    }
  });
  return { cells: Int32Array.from(cells), votes: Float64Array.from(votes) };
}
