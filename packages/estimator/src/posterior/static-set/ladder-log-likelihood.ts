import { sumOf } from "../arrays.ts";
import type { LadderAmount } from "../likelihood/ladder.ts";
import { CELLS_BELOW, FIRST, LAST, LEVELS, levelOf, ROW_CELLS, ROWS } from "../likelihood/ladder-table.ts";
import { BIN_COUNT, BIN_WIDTH, binPosition } from "../likelihood/log-histogram.ts";
import type { DistinctAmounts } from "./distinct-amounts.ts";
import { PRICE_COUNT, PRICE_STEP, placeOf } from "./price-grid.ts";

const LOG_SATS_PER_BTC = Math.log(1e8);
/** Minimum density of the background, share of all amounts per unit of the natural log. */
const LEAST_DENSITY = 1e-4;

/** Amounts on the axis of the price grid. */
interface BinnedAmounts {
  /** ln(satoshis) in steps of the price grid, rounded; occupied bins only. */
  readonly places: Int32Array;
  readonly votes: Float64Array;
  /** {@link levelOf} the background density there. */
  readonly levels: Float64Array;
}

/**
 * Scores prices by how well the ladder of round dollar amounts explains a set: S(P) = Σ log((b +
 * s·g) / b) over the amounts, with background density b, share s of a round amount, and peak shape
 * g. Distances of round amounts are constant on the log axis, so each amount adds one table row per
 * round amount.
 */
export class LadderScore {
  readonly #amounts: BinnedAmounts;
  /** Votes of all amounts. */
  readonly votes: number;

  /** @param background votes without a price per bin of the wide axis */
  constructor(amounts: DistinctAmounts, background: Float64Array) {
    this.votes = sumOf(amounts.votes);
    this.#amounts = binned(amounts, background, this.votes);
  }

  /**
   * Adds the score of each price of the grid, in nats.
   *
   * @param strength popularity of the round amounts relative to the fitted one
   */
  addTo(scores: Float64Array, ladder: readonly LadderAmount[], strength = 1): void {
    const { places, votes, levels } = this.#amounts;
    for (const { usd, share } of ladder) {
      const offset = Math.round(placeOf(Math.log(usd) + LOG_SATS_PER_BTC)) - CELLS_BELOW;
      const strongest = levelOf(share * strength);
      for (let i = 0; i < places.length; i++) {
        const level = Math.min(LEVELS - 1, Math.round(strongest - levels[i]!));
        if (level < 0) continue;
        const origin = offset - places[i]!;
        const to = LAST[level]!;
        if (origin < 0 || origin + to >= PRICE_COUNT) continue;
        const weight = votes[i]!;
        const row = level * ROW_CELLS;
        for (let cell = FIRST[level]!; cell <= to; cell++) scores[origin + cell]! += weight * ROWS[row + cell]!;
      }
    }
  }
}

function binned({ sats, votes }: DistinctAmounts, background: Float64Array, total: number): BinnedAmounts {
  const places = new Int32Array(sats.length);
  const sums = new Float64Array(sats.length);
  let count = 0;
  // Amounts are ascending, so those of one bin are neighbors.
  for (let i = 0; i < sats.length; i++) {
    const place = Math.round(Math.log(sats[i]!) / PRICE_STEP);
    if (count === 0 || places[count - 1] !== place) places[count++] = place;
    sums[count - 1]! += votes[i]!;
  }
  const unit = levelOf(1);
  const levels = Float64Array.from(places.subarray(0, count), (place) => {
    const bin = Math.min(BIN_COUNT - 1, Math.max(0, binPosition(Math.exp(place * PRICE_STEP)) | 0));
    return levelOf(Math.max(LEAST_DENSITY, background[bin]! / (BIN_WIDTH * total))) - unit;
  });
  return { places: places.subarray(0, count), votes: sums.subarray(0, count), levels };
}
