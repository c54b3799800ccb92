import { COMMON } from "../likelihood/ladder.ts";
import { FILTER } from "./filter-model.ts";
import { movingRivals, type PricedSlice } from "./moving-rivals.ts";
import { ALIAS_FACTORS, assumedForgeries } from "./round-amount-census.ts";
import { Amounts, BIN, centerOf, mostAt, shareNear } from "./round-amount-sums.ts";
import { COARSE_CELLS, coarseLogPrice } from "./time-slice.ts";

const { mostAgainst, near, spans, medianReach, usualMedianUsd, popularity, nats } = FILTER.rivals;
const movingModel = FILTER.movingRivals;

const LOG_USUAL_MEDIAN_USD = Math.log(usualMedianUsd);
const LOG_MEDIAN_REACH = Math.log(medianReach);
const LOG_ALIAS_FACTORS = ALIAS_FACTORS.map(Math.log);

/**
 * The other prices that the payments of some slices do not rule out. Payments can be forged but not
 * hidden: if another price were true, its own payments would be there. A price that stood still is
 * ruled out if its payments are missing in one of several spans that end now; for a price that
 * moved see {@link movingRivals}. A forged payment has two outputs.
 */
export class RivalPrices {
  /** Amounts of the newest slices. */
  readonly #spans: Amounts[] = [];
  readonly #forged: number;
  /**
   * Prices whose payments are not clearly missing; all others are ruled out for any published
   * price.
   */
  readonly #candidates: number[] = [];
  readonly #moving: readonly number[];
  /** Prices that are not ruled out, for all published prices of one bin. */
  #remaining: readonly number[] = [];
  #bin = Number.NaN;

  /** @param slices from the oldest to the newest that does not fill any more */
  constructor(slices: readonly PricedSlice[]) {
    const all = new Amounts();
    let oldest = slices.length;
    for (const length of spans) {
      while (oldest > Math.max(0, slices.length - length)) all.add(slices[--oldest]!.amounts);
      this.#spans.push(all.copy());
      if (oldest === 0) break;
    }
    const { count, logMedian } = all;
    this.#forged = assumedForgeries(count);
    for (let cell = 0; cell < COARSE_CELLS; cell++) {
      const rival = coarseLogPrice(cell);
      // Forged payments do not move the median payment, so its value is about the usual one.
      if (Math.abs(logMedian + rival - LOG_USUAL_MEDIAN_USD) > LOG_MEDIAN_REACH) continue;
      if (!this.#isMissing(rival, null)) this.#candidates.push(rival);
    }
    this.#moving = movingRivals(slices, this.#forged);
  }

  /** @returns ln of each price, farther than `near` away, that is not ruled out */
  remaining(logPrice: number): readonly number[] {
    const bin = Math.round(logPrice / BIN);
    if (bin !== this.#bin) {
      this.#bin = bin;
      this.#remaining = this.#remainingAt(bin * BIN);
    }
    return this.#remaining;
  }

  #remainingAt(logPrice: number): number[] {
    const still = this.#candidates.filter(
      (rival) => Math.abs(rival - logPrice) > near && !this.#isMissing(rival, logPrice),
    );
    const moved = this.#moving.filter((rival) => Math.abs(rival - logPrice) > movingModel.near);
    return [...new Set([...still, ...moved])].filter(
      (rival) => !LOG_ALIAS_FACTORS.some((factor) => Math.abs(rival - logPrice - factor) <= near),
    );
  }

  #isMissing(rival: number, logPrice: number | null): boolean {
    return this.#spans.some((span) => missing(span, rival, logPrice, this.#forged) >= nats);
  }
}

/**
 * Log-likelihood ratio, nats, of the payments at a rival's dollar amounts: false against true.
 *
 * @param logPrice the price that explains some of these payments; null: none
 */
function missing(span: Amounts, logRival: number, logPrice: number | null, forged: number): number {
  const honest = span.count - 2 * forged;
  if (honest <= 0) return 0;
  const ratio = span.quietRatio(logRival);
  let nats = 0;
  for (let index = 0; index < COMMON.length; index++) {
    const center = centerOf(index, logRival);
    if (center === null) continue;
    const share = popularity * COMMON[index]!.share;
    const other = logPrice === null ? 0 : shareNear(index, logRival, logPrice);
    if (other >= share) continue;
    const background = Math.min(span.besideAt(center) * ratio, mostAt(index, span.count)) + 0.2;
    const ifTrue = background + honest * share;
    const ifFalse = background + honest * other;
    nats += Math.max(-mostAgainst, ifTrue - ifFalse + span.foundAt(center) * Math.log(ifFalse / ifTrue));
  }
  return nats;
}
