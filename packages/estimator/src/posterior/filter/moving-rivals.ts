import { median, sumOf } from "../arrays.ts";
import { COMMON, COMMON_SHARE } from "../likelihood/common-amounts.ts";
import { FILTER } from "./filter-model.ts";
import {
  type Amounts,
  besideAt,
  centerOf,
  countOf,
  fittedAt,
  foundAt,
  mostAt,
  quietRatio,
  shareNear,
} from "./round-amount-sums.ts";
import { COARSE_CELLS, coarseCell, coarseLogPrice } from "./time-slice.ts";

const { step } = FILTER.coarse;
const { popularity } = FILTER.rivals;
const model = FILTER.movingRivals;
const REACH = Math.round(model.reach / step);

/** A slice of time with the price that was published for it. */
export interface PricedSlice {
  readonly own: Amounts;
  /** Its amounts and those of a few earlier slices, which show the background. */
  readonly pooled: Amounts;
  /** ln of the price; null if it is uncertain which price it is. */
  readonly logPrice: number | null;
}

/**
 * Prices to which the true one may have moved since the published price was last true, if at most
 * `forged` payments are forged. For each cell the filter keeps the evidence against the likeliest
 * path to it. A path leaves the published price and moves as fast as that did; the evidence against
 * it is that its own payments are missing. Evidence for it is ignored.
 *
 * @param slices from the oldest to the newest
 * @returns ln of the prices
 */
export function movingRivals(slices: readonly PricedSlice[], forged: number): number[] {
  const path = slices.map((_, index) =>
    median(slices.slice(Math.max(0, index - 1), index + 2).flatMap(({ logPrice }) => logPrice ?? [])),
  );
  const excess = slices.map(excessAtPrice);
  const rate = sumOf(excess) / (COMMON_SHARE * Math.max(1, sumOf(slices.map(({ own }) => countOf(own)))));
  const usualRate = Math.min(1, Math.max(model.leastRate, model.rateShare * rate));
  const usualCount = median(slices.flatMap(({ own }) => (countOf(own) > 0 ? countOf(own) : []))) ?? 0;
  const limit = model.nats + model.forgedWeight * 2 * forged * usualRate * (1 - model.late) * COMMON_SHARE;

  const against = new Float64Array(COARSE_CELLS).fill(Number.POSITIVE_INFINITY);
  const left = new Set<number>();
  for (let index = firstForgeable(excess, forged); index < slices.length; index++) {
    letMove(against, step / Math.max(model.slowest, speedAt(path, index)));
    const slice = slices[index]!;
    if (slice.logPrice !== null && countOf(slice.own) > 0) {
      const payments = usualRate * Math.min(countOf(slice.own), usualCount);
      const center = coarseCell(slice.logPrice);
      for (let cell = 0; cell < COARSE_CELLS; cell++) {
        if (Math.abs(cell - center) > REACH) against[cell] = Number.POSITIVE_INFINITY;
        else if (against[cell]! < Number.POSITIVE_INFINITY)
          against[cell] = Math.max(0, against[cell]! + missing(slice, coarseLogPrice(cell), payments));
      }
    }
    const published = path[index];
    if (published !== undefined) against[coarseCell(published)] = 0;
    if (index < slices.length - model.heldSlices) continue;
    for (let cell = 0; cell < COARSE_CELLS; cell++) if (against[cell]! < limit) left.add(cell);
  }
  return [...left].map(coarseLogPrice);
}

/** The earliest slice from which on forged payments alone can have made the price. */
function firstForgeable(excess: readonly number[], forged: number): number {
  let made = 0;
  let index = excess.length;
  while (index > 0 && made <= 2 * forged) made += Math.max(0, excess[--index]!);
  return index;
}

/**
 * Log-likelihood ratio, nats, of the payments at a price: false, with a share of its payments late,
 * against true.
 *
 * @param payments genuine payments of the slice
 */
function missing({ own, pooled, logPrice }: PricedSlice, logRival: number, payments: number): number {
  const ratio = quietRatio(pooled, logRival);
  let found = 0;
  let expected = 0.05;
  let share = 0;
  for (let index = 0; index < COMMON.length; index++) {
    const center = centerOf(index, logRival);
    if (center === null) continue;
    const other = shareNear(index, logRival, logPrice!);
    if (other >= popularity * COMMON[index]!.share) continue;
    found += foundAt(own, center);
    expected += backgroundAt(index, center, own, pooled, ratio) + countOf(own) * other;
    share += COMMON[index]!.share;
  }
  const ifTrue = expected + payments * share;
  const ifFalse = expected + payments * share * model.late;
  return ifTrue - ifFalse - found * Math.log(ifTrue / ifFalse);
}

/** Number of amounts at the price of a slice above the expected number. */
function excessAtPrice({ own, pooled, logPrice }: PricedSlice): number {
  if (logPrice === null || countOf(own) === 0) return 0;
  const ratio = quietRatio(pooled, logPrice);
  let excess = 0;
  for (let index = 0; index < COMMON.length; index++) {
    const center = centerOf(index, logPrice);
    if (center !== null) excess += foundAt(own, center) - backgroundAt(index, center, own, pooled, ratio);
  }
  return excess;
}

/**
 * Background of a common amount: the density beside it in the pooled slices, and the fitted one
 * with the weight of a slice.
 */
function backgroundAt(index: number, center: number, own: Amounts, pooled: Amounts, ratio: number): number {
  const shown = besideAt(pooled, center) * ratio + fittedAt(index, countOf(own));
  return Math.min((shown * countOf(own)) / (countOf(pooled) + countOf(own)), mostAt(index, countOf(own))) + 0.01;
}

/** Mean movement of the price between the last slices, natural log. */
function speedAt(path: readonly (number | undefined)[], last: number): number {
  const moves: number[] = [];
  for (let index = Math.max(1, last - model.speedSlices + 1); index <= last; index++) {
    const [before, after] = [path[index - 1], path[index]];
    if (before !== undefined && after !== undefined) moves.push(Math.abs(after - before));
  }
  return moves.length < 3 ? 0 : sumOf(moves) / moves.length;
}

/** A move to another cell costs `slope` nats per cell. */
function letMove(against: Float64Array, slope: number): void {
  for (let cell = 1; cell < COARSE_CELLS; cell++) against[cell] = Math.min(against[cell]!, against[cell - 1]! + slope);
  for (let cell = COARSE_CELLS - 2; cell >= 0; cell--)
    against[cell] = Math.min(against[cell]!, against[cell + 1]! + slope);
}
