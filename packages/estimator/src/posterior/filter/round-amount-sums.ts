import { COMMON, COMMON_LOG_USD } from "../likelihood/common-amounts.ts";
import { LADDER } from "../likelihood/ladder.ts";
import { FILTER } from "./filter-model.ts";

const { band, flankFrom, flankTo, mostBackground } = FILTER.rivals;

/** Bin of the axis of ln(satoshis). */
export const BIN = 0.001;
const BINS = Math.ceil(Math.log(1e10) / BIN);
const LOG_FIRST = Math.log(1e3);
const LOG_SATS_PER_BTC = Math.log(1e8);
const BAND = Math.round(band / BIN);
const FLANK_FROM = Math.round(flankFrom / BIN);
const FLANK_TO = Math.round(flankTo / BIN);
const PEAK_BINS = 2 * BAND + 1;
const FLANKS_BINS = 2 * (FLANK_TO - FLANK_FROM + 1);

const LOG_USD_FIRST = Math.log(0.1);
/** Share of the ladder's payments within a peak's width, by bins from ln($0.1). */
const SHARES = new Float64Array(Math.ceil(Math.log(1e6) / BIN));
for (const { usd, share } of LADDER) {
  const center = Math.round((Math.log(usd) - LOG_USD_FIRST) / BIN);
  for (let away = -2 * BAND; away <= 2 * BAND; away++)
    SHARES[center + away]! += share * Math.min(1, (2 * BAND + 1 - Math.abs(away)) / (BAND + 1));
}

/**
 * Distinct amounts of one or more slices: running sums over bins, so the last one is their number.
 */
export type Amounts = Int32Array;

export function noAmounts(): Amounts {
  return new Int32Array(BINS + 1);
}

/** @param forEach visits each amount in satoshis */
export function amountsOf(forEach: (visit: (valueSats: number) => void) => void): Amounts {
  const sums = noAmounts();
  forEach((valueSats) => {
    const bin = Math.round((Math.log(valueSats) - LOG_FIRST) / BIN);
    sums[Math.min(BINS - 1, Math.max(0, bin)) + 1]!++;
  });
  for (let bin = 0; bin < BINS; bin++) sums[bin + 1]! += sums[bin]!;
  return sums;
}

/** Adds amounts (1) or removes them (-1). */
export function addAmounts(into: Amounts, amounts: Amounts, sign: 1 | -1 = 1): void {
  for (let bin = 1; bin <= BINS; bin++) into[bin]! += sign * amounts[bin]!;
}

export function countOf(amounts: Amounts): number {
  return amounts[BINS]!;
}

/** ln of the median in bitcoin. */
export function logMedian(amounts: Amounts): number {
  const bin = amounts.findIndex((below, index) => index > 0 && 2 * below >= countOf(amounts)) - 1;
  return LOG_FIRST + BIN * bin - LOG_SATS_PER_BTC;
}

/** Bin of a common amount at a price; null if it is off the axis. */
export function centerOf(index: number, logPrice: number): number | null {
  const center = Math.round((COMMON_LOG_USD[index]! - logPrice + LOG_SATS_PER_BTC - LOG_FIRST) / BIN);
  return center - FLANK_TO < 0 || center + FLANK_TO + 1 > BINS ? null : center;
}

/** Number of amounts in a peak. */
export function foundAt(sums: Amounts, center: number): number {
  return sums[center + BAND + 1]! - sums[center - BAND]!;
}

function below(sums: Amounts, center: number): number {
  return sums[center - FLANK_FROM + 1]! - sums[center - FLANK_TO]!;
}

function above(sums: Amounts, center: number): number {
  return sums[center + FLANK_TO + 1]! - sums[center + FLANK_FROM]!;
}

/**
 * Ratio of the amounts in a peak to those on its flanks, from the flank with fewer: piles at a near
 * price raise the other.
 */
export function quietRatio(amounts: Amounts, logPrice: number): number {
  let allBelow = 0;
  let allAbove = 0;
  for (let index = 0; index < COMMON.length; index++) {
    const center = centerOf(index, logPrice);
    if (center === null) continue;
    allBelow += below(amounts, center);
    allAbove += above(amounts, center);
  }
  const all = allBelow + allAbove;
  return all === 0 ? 0 : ((2 * Math.min(allBelow, allAbove)) / all) * (PEAK_BINS / FLANKS_BINS);
}

export function besideAt(amounts: Amounts, center: number): number {
  return below(amounts, center) + above(amounts, center);
}

/** Expected number of amounts in a peak by the fitted background. */
export function fittedAt(index: number, count: number): number {
  return COMMON[index]!.background * PEAK_BINS * BIN * count;
}

/** The maximum background of a peak: the rest may be forged. */
export function mostAt(index: number, count: number): number {
  return mostBackground * fittedAt(index, count);
}

/** Share of the ladder's payments within a peak's width of a dollar value. */
export function shareNear(index: number, logRival: number, logPrice: number): number {
  return SHARES[Math.round((COMMON_LOG_USD[index]! - logRival + logPrice - LOG_USD_FIRST) / BIN)] ?? 0;
}
