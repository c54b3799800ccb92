import { sumOf } from "../arrays.ts";
import { Background } from "../likelihood/background.ts";
import type { LadderAmount } from "../likelihood/ladder.ts";
import { CELLS_BELOW, FIRST, LAST, LEVELS, levelOf, ROW_CELLS, ROWS } from "../likelihood/ladder-table.ts";
import type { DistinctAmounts } from "./distinct-amounts.ts";
import { PRICE_COUNT, PRICE_STEP, placeOf } from "./price-grid.ts";

const LOG_SATS_PER_BTC = Math.log(1e8);
/** Minimum density of the background, share of all amounts per unit of the natural log. */
const LEAST_DENSITY = 1e-4;

/**
 * Scores prices by how well the ladder of round dollar amounts explains a set: S(P) = Σ log((b +
 * s·g) / b) over the amounts, with background density b, share s of a round amount, and peak shape
 * g. Distances of round amounts are constant on the log axis, so each amount adds one table row per
 * round amount.
 */
export class LadderScore {
  /** Votes of all amounts. */
  readonly votes: number;
  readonly background: Background;
  /** ln(satoshis) in steps of the price grid, rounded: the occupied bins, with their votes. */
  readonly #places: Int32Array;
  readonly #votes: Float64Array;
  /** {@link levelOf} the background density in each bin. */
  readonly #levels: Float64Array;

  constructor(amounts: DistinctAmounts) {
    const { sats, votes } = amounts;
    this.votes = sumOf(votes);
    this.background = new Background(amounts);
    const places = new Int32Array(sats.length);
    const sums = new Float64Array(sats.length);
    let count = 0;
    // Amounts are ascending, so those of one bin are neighbors.
    for (let i = 0; i < sats.length; i++) {
      const place = Math.round(Math.log(sats[i]!) / PRICE_STEP);
      if (count === 0 || places[count - 1] !== place) places[count++] = place;
      sums[count - 1]! += votes[i]!;
    }
    this.#places = places.subarray(0, count);
    this.#votes = sums.subarray(0, count);
    const unit = levelOf(1);
    this.#levels = Float64Array.from(this.#places, (place) => {
      const density = this.background.densityAt(Math.exp(place * PRICE_STEP)) / this.votes;
      return levelOf(Math.max(LEAST_DENSITY, density)) - unit;
    });
  }

  /**
   * Adds the score of each price of the grid, in nats.
   *
   * @param strength popularity of the round amounts relative to the fitted one
   */
  addTo(scores: Float64Array, ladder: readonly LadderAmount[], strength = 1): void {
    const places = this.#places;
    const votes = this.#votes;
    const levels = this.#levels;
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
