import { median } from "../arrays.ts";
import { COMMON } from "../likelihood/common-amounts.ts";
import { FILTER } from "./filter-model.ts";
import { movingRivals, type PricedSlice } from "./moving-rivals.ts";
import { ALIAS_FACTORS, assumedForgeries } from "./round-amount-census.ts";
import {
  type Amounts,
  addAmounts,
  BIN,
  besideAt,
  centerOf,
  countOf,
  foundAt,
  logMedian,
  mostAt,
  noAmounts,
  quietRatio,
  shareNear,
} from "./round-amount-sums.ts";
import { COARSE_CELLS, coarseLogPrice } from "./time-slice.ts";

const { mostAgainst, near, spans, medianReach, usualMedianUsd, popularity, nats } = FILTER.rivals;
const movingModel = FILTER.movingRivals;
const { sameLevel } = FILTER.coarse;

const LOG_USUAL_MEDIAN_USD = Math.log(usualMedianUsd);
const LOG_MEDIAN_REACH = Math.log(medianReach);
const LOG_ALIAS_FACTORS = ALIAS_FACTORS.map(Math.log);

/** A slice of time as the level filter reads it. */
interface ReadSlice {
  readonly amounts: Amounts;
  /** US dollars; null if it is uncertain which price it is. */
  readonly price: number | null;
}

/**
 * The other prices that the payments of some slices do not rule out. Payments can be forged but not
 * hidden: if another price were true, its own payments would be there. A price that stood still is
 * ruled out if its payments are missing in one of several spans that end now; for a price that
 * moved see {@link movingRivals}. A forged payment has two outputs.
 */
export class RivalPrices {
  readonly firstSlice: number;
  readonly endSlice: number;
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

  /** @param endSlice the first slice that does not count, because it is still filling */
  constructor(firstSlice: number, endSlice: number, read: (slice: number) => ReadSlice) {
    this.firstSlice = firstSlice;
    this.endSlice = endSlice;
    const slices = Array.from({ length: endSlice - firstSlice }, (_, index) => read(firstSlice + index));
    const all = noAmounts();
    let oldest = slices.length;
    for (const length of spans) {
      while (oldest > Math.max(0, slices.length - length)) addAmounts(all, slices[--oldest]!.amounts);
      this.#spans.push(all.slice());
      if (oldest === 0) break;
    }
    this.#forged = assumedForgeries(countOf(all));
    const logMedianBtc = logMedian(all);
    for (let cell = 0; cell < COARSE_CELLS; cell++) {
      const rival = coarseLogPrice(cell);
      // Forged payments do not move the median payment, so its value is about the usual one.
      if (Math.abs(logMedianBtc + rival - LOG_USUAL_MEDIAN_USD) > LOG_MEDIAN_REACH) continue;
      if (!this.#isMissing(rival, null)) this.#candidates.push(rival);
    }
    const logPrices = slices.map(({ price }) => (price === null ? null : Math.log(price)));
    const level = median(logPrices.flatMap((logPrice) => logPrice ?? []));
    const pooled = noAmounts();
    const priced = slices.map(({ amounts }, index): PricedSlice => {
      addAmounts(pooled, amounts);
      if (index >= movingModel.pooledSlices) addAmounts(pooled, slices[index - movingModel.pooledSlices]!.amounts, -1);
      const logPrice = logPrices[index]!;
      const isRead = logPrice !== null && Math.abs(logPrice - level!) <= sameLevel;
      return { own: amounts, pooled: pooled.slice(), logPrice: isRead ? logPrice : null };
    });
    this.#moving = movingRivals(priced, this.#forged);
  }

  /** Whether it depends on a slice. */
  reads(slice: number): boolean {
    return slice >= this.firstSlice && slice < this.endSlice;
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
  const honest = countOf(span) - 2 * forged;
  if (honest <= 0) return 0;
  const ratio = quietRatio(span, logRival);
  let nats = 0;
  for (let index = 0; index < COMMON.length; index++) {
    const center = centerOf(index, logRival);
    if (center === null) continue;
    const share = popularity * COMMON[index]!.share;
    const other = logPrice === null ? 0 : shareNear(index, logRival, logPrice);
    if (other >= share) continue;
    const background = Math.min(besideAt(span, center) * ratio, mostAt(index, countOf(span))) + 0.2;
    const ifTrue = background + honest * share;
    const ifFalse = background + honest * other;
    nats += Math.max(-mostAgainst, ifTrue - ifFalse + foundAt(span, center) * Math.log(ifFalse / ifTrue));
  }
  return nats;
}
