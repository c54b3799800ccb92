import { LADDER } from "../likelihood/ladder.ts";
import type { AmountCounts } from "./amount-counts.ts";
import { FILTER } from "./filter-model.ts";

const { band, flankFrom, flankTo, leastOutputs, mostOutputs, sigmas, sharedAmounts } = FILTER.census;
const ROUND_USD = LADDER.filter(({ common }) => common).map(({ usd }) => usd);

/** Factors by which a wrong price could be off and still find round amounts where there are peaks: 2, 1/2, 10 … */
export const ALIAS_FACTORS: readonly number[] = aliasFactors();
/** Dollar values at the price that are round at the price or at an alias, ascending. */
const VALUES: Float64Array = Float64Array.from(
  new Set([1, ...ALIAS_FACTORS].flatMap((factor) => ROUND_USD.map((usd) => rounded(usd / factor)))),
).sort();
const LOG_VALUES: Float64Array = VALUES.map(Math.log);
/** For each factor, the first being 1, where the round amounts stand in VALUES. */
const PLACES = [1, ...ALIAS_FACTORS].map((factor) => ROUND_USD.map((usd) => VALUES.indexOf(rounded(usd / factor))));

/** Entries of a census: outputs near each value, outputs beside it, all amounts counted. */
export const CENSUS_SIZE: number = 2 * VALUES.length + 1;

/**
 * Counts the distinct amounts of a minute that are worth nearly, and those worth about, each of the values. Of a great
 * many amounts it looks at a part, always the same.
 */
export function takeCensus(amounts: AmountCounts, logPrice: number): Int32Array {
  const census = new Int32Array(CENSUS_SIZE);
  const logSatoshisPerBitcoin = Math.log(1e8);
  const oneOf = Math.ceil(amounts.distinct / mostOutputs);
  amounts.forEach((valueSats) => {
    if (oneOf > 1 && mixed(valueSats) % oneOf !== 0) return;
    census[CENSUS_SIZE - 1]!++;
    const logUsd = Math.log(valueSats) - logSatoshisPerBitcoin + logPrice;
    for (let place = firstAbove(logUsd - flankTo); place < LOG_VALUES.length; place++) {
      const distance = Math.abs(LOG_VALUES[place]! - logUsd);
      if (LOG_VALUES[place]! > logUsd + flankTo) break;
      if (distance <= band) census[place]!++;
      else if (distance >= flankFrom) census[VALUES.length + place]!++;
    }
  });
  return census;
}

export interface PeakCount {
  /** Round amounts with a significant peak at the price. */
  atPrice: number;
  /** The same at the best alias of the price. */
  atBestAlias: number;
  /** Outputs at round amounts of the price beyond those expected there. */
  outputsAtPrice: number;
  /** The same at the alias that has most of them. */
  outputsAtBestAlias: number;
  /** Distinct amounts counted. */
  amounts: number;
}

/**
 * How many of the round dollar amounts stand out at the price, and at the alias where most do. It takes no amount to be
 * more popular than another, so it holds for payers of other habits than the measured ones.
 */
export function countPeaks(census: Int32Array): PeakCount {
  const isPeak = Uint8Array.from(VALUES, (_, place) => (standsOut(census, place) ? 1 : 0));
  const excess = Float64Array.from(VALUES, (_, place) => census[place]! - expectedAt(census, place));
  const totals = (of: Uint8Array | Float64Array): number[] =>
    PLACES.map((places) => places.reduce((sum, place) => sum + of[place]!, 0));
  const [peaks, ...aliasPeaks] = totals(isPeak);
  const [outputs, ...aliasOutputs] = totals(excess);
  return {
    atPrice: peaks!,
    atBestAlias: Math.max(...aliasPeaks),
    outputsAtPrice: outputs!,
    outputsAtBestAlias: Math.max(...aliasOutputs),
    amounts: census[CENSUS_SIZE - 1]!,
  };
}

function standsOut(census: Int32Array, place: number): boolean {
  const near = census[place]!;
  const expected = expectedAt(census, place) + 0.5;
  return near >= leastOutputs && near - expected >= sigmas * Math.sqrt(expected);
}

/** Outputs near a value if as many lay there as beside it. */
function expectedAt(census: Int32Array, place: number): number {
  return (census[VALUES.length + place]! * band) / (flankTo - flankFrom);
}

/** Spreads amounts evenly over all whole numbers of 32 bits. */
function mixed(valueSats: number): number {
  const once = Math.imul(valueSats ^ (valueSats / 0x100000000), 0x85ebca6b);
  return Math.imul(once ^ (once >>> 13), 0xc2b2ae35) >>> 3;
}

function firstAbove(logUsd: number): number {
  let low = 0;
  let high = LOG_VALUES.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (LOG_VALUES[middle]! < logUsd) low = middle + 1;
    else high = middle;
  }
  return low;
}

function aliasFactors(): number[] {
  const ratios = ROUND_USD.flatMap((a) => ROUND_USD.map((b) => a / b));
  // Rounding only tells equal ratios apart: a rounded 1/3 times 30 would not be 10.
  const factors = new Map(ratios.map((ratio) => [rounded(ratio), ratio]));
  factors.delete(1);
  const shared = (factor: number) => ROUND_USD.filter((usd) => ROUND_USD.includes(rounded(usd * factor))).length;
  return [...factors.values()].filter((factor) => shared(factor) >= sharedAmounts);
}

/** So that 15/10 and 30/20 are one number. */
function rounded(value: number): number {
  return Number(value.toPrecision(9));
}
