import { median, sumOf } from "../arrays.ts";
import { COMMON, COMMON_SHARE } from "../likelihood/ladder.ts";
import { FILTER } from "./filter-model.ts";
import { Amounts, centerOf, fittedAt, mostAt, shareNear } from "./round-amount-sums.ts";
import { COARSE_CELLS, coarseCell, coarseLogPrice } from "./time-slice.ts";

const { step } = FILTER.coarse;
const { popularity } = FILTER.rivals;
const model = FILTER.movingRivals;
const REACH = Math.round(model.reach / step);

/** A slice of time with the price that was published for it. */
export interface PricedSlice {
  readonly amounts: Amounts;
  /** ln of the price; null if it is uncertain which price it is. */
  readonly logPrice: number | null;
}

/** With its amounts and those of a few earlier slices, which show the background. */
interface PooledSlice extends PricedSlice {
  readonly pooled: Amounts;
}

/**
 * Prices to which the true one may have moved since the published price was last true, if at most
 * `forged` payments are forged. For each cell the filter keeps the evidence against the likeliest
 * path to it. A path leaves the published price and moves as fast as that did; the evidence against
 * it is that its own payments are missing. Evidence for it is ignored.
 *
 * @param priced slices from the oldest to the newest
 * @returns ln of the prices
 */
export function movingRivals(priced: readonly PricedSlice[], forged: number): number[] {
  const pooled = new Amounts();
  const slices = priced.map((slice, index): PooledSlice => {
    pooled.add(slice.amounts);
    if (index >= model.pooledSlices) pooled.add(priced[index - model.pooledSlices]!.amounts, -1);
    return { ...slice, pooled: pooled.copy() };
  });
  const path = slices.map((_, index) =>
    median(slices.slice(Math.max(0, index - 1), index + 2).flatMap(({ logPrice }) => logPrice ?? [])),
  );
  const excess = slices.map(excessAtPrice);
  const counts = slices.map(({ amounts }) => amounts.count);
  const rate = sumOf(excess) / (COMMON_SHARE * Math.max(1, sumOf(counts)));
  const usualRate = Math.min(1, Math.max(model.leastRate, model.rateShare * rate));
  const usualCount = median(counts.filter((count) => count > 0)) ?? 0;
  const limit = model.nats + model.forgedWeight * 2 * forged * usualRate * (1 - model.late) * COMMON_SHARE;

  const against = new Float64Array(COARSE_CELLS).fill(Number.POSITIVE_INFINITY);
  const left = new Set<number>();
  for (let index = firstForgeable(excess, forged); index < slices.length; index++) {
    letMove(against, step / Math.max(model.slowest, speedAt(path, index)));
    const slice = slices[index]!;
    if (slice.logPrice !== null && counts[index]! > 0) {
      const payments = usualRate * Math.min(counts[index]!, usualCount);
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
function missing(slice: PooledSlice, logRival: number, payments: number): number {
  let found = 0;
  let expected = 0.05;
  let share = 0;
  forEachPeak(slice, logRival, (index, inPeak, background) => {
    const other = shareNear(index, logRival, slice.logPrice!);
    if (other >= popularity * COMMON[index]!.share) return;
    found += inPeak;
    expected += background + slice.amounts.count * other;
    share += COMMON[index]!.share;
  });
  const ifTrue = expected + payments * share;
  const ifFalse = expected + payments * share * model.late;
  return ifTrue - ifFalse - found * Math.log(ifTrue / ifFalse);
}

/** Number of amounts at the price of a slice above the expected number. */
function excessAtPrice(slice: PooledSlice): number {
  let excess = 0;
  if (slice.logPrice !== null && slice.amounts.count > 0)
    forEachPeak(slice, slice.logPrice, (_, found, background) => {
      excess += found - background;
    });
  return excess;
}

/**
 * Visits the peaks of a slice at a price. The background of a peak is the density beside it in the
 * pooled slices, and the fitted one with the weight of a slice.
 */
function forEachPeak(
  { amounts, pooled }: PooledSlice,
  logPrice: number,
  visit: (index: number, found: number, background: number) => void,
): void {
  const { count } = amounts;
  const ratio = pooled.quietRatio(logPrice);
  for (let index = 0; index < COMMON.length; index++) {
    const center = centerOf(index, logPrice);
    if (center === null) continue;
    const beside = pooled.besideAt(center) * ratio + fittedAt(index, count);
    const background = Math.min((beside * count) / (pooled.count + count), mostAt(index, count)) + 0.01;
    visit(index, amounts.foundAt(center), background);
  }
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
