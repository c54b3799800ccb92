import { firstAtLeast, sumOf } from "../arrays.ts";
import { COMMON } from "../likelihood/ladder.ts";
import { FILTER } from "./filter-model.ts";
import type { MinutePayments } from "./minute-payments.ts";

const { band, flankFrom, flankTo, leastOutputs, mostOutputs, sigmas, sharedAmounts } = FILTER.census;
const { popularity, mostAgainst, mostBackground } = FILTER.rivals;
const { leadShare, nats: missingNats } = FILTER.alias;
const ROUND_USD = COMMON.map(({ usd }) => usd);

/**
 * Ratios of a wrong price to the true one at which round amounts coincide with peaks: 2, 1/2, 10 …
 */
export const ALIAS_FACTORS: readonly number[] = aliasFactors();
/** Dollar values at the price that are round at it or at an alias, ascending. */
const VALUES: Float64Array = Float64Array.from(
  new Set([1, ...ALIAS_FACTORS].flatMap((factor) => ROUND_USD.map((usd) => rounded(usd / factor)))),
).sort();
const LOG_VALUES: Float64Array = VALUES.map(Math.log);
/** For each factor, the first being 1, the indexes of its round amounts in VALUES. */
const PLACES = [1, ...ALIAS_FACTORS].map((factor) => ROUND_USD.map((usd) => VALUES.indexOf(rounded(usd / factor))));
const LN_10 = Math.LN10;

/**
 * Parts of a census: outputs near each value, outputs below and above it, payments with two round
 * outputs, all amounts.
 */
const BELOW = VALUES.length;
const ABOVE = 2 * VALUES.length;
const TWICE = 3 * VALUES.length;
const ALL = TWICE + PLACES.length;
export const CENSUS_SIZE: number = ALL + 1;

/**
 * Counts the distinct amounts of a minute in a peak of each value and on its flanks, and the
 * payments with two outputs in peaks. Of very many amounts it examines a fixed sample.
 */
export function takeCensus({ amounts, twins }: MinutePayments, logPrice: number): Int32Array {
  const census = new Int32Array(CENSUS_SIZE);
  const oneOf = Math.ceil(amounts.distinct / mostOutputs);
  const isCounted = (valueSats: number): boolean => oneOf <= 1 || mixed(valueSats) % oneOf === 0;
  amounts.forEach((valueSats) => {
    if (!isCounted(valueSats)) return;
    census[ALL]!++;
    const logUsd = logDollars(valueSats, logPrice);
    for (let place = firstAtLeast(LOG_VALUES, logUsd - flankTo); place < LOG_VALUES.length; place++) {
      const distance = logUsd - LOG_VALUES[place]!;
      if (distance < -flankTo) break;
      if (Math.abs(distance) <= band) census[place]!++;
      else if (distance <= -flankFrom) census[BELOW + place]!++;
      else if (distance >= flankFrom) census[ABOVE + place]!++;
    }
  });
  twins.forEach((firstSats, secondSats) => {
    if (!isCounted(firstSats) || !isCounted(secondSats)) return;
    const first = placesAt(logDollars(firstSats, logPrice));
    const second = placesAt(logDollars(secondSats, logPrice));
    if (first.length === 0 || second.length === 0) return;
    PLACES.forEach((places, view) => {
      const isRound = (place: number): boolean => places.includes(place);
      if (first.some(isRound) && second.some(isRound)) census[TWICE + view]!++;
    });
  });
  return census;
}

function logDollars(valueSats: number, logPrice: number): number {
  return Math.log(valueSats) - 8 * LN_10 + logPrice;
}

/** Values in whose peak an amount is. */
function placesAt(logUsd: number): number[] {
  const places: number[] = [];
  for (let place = firstAtLeast(LOG_VALUES, logUsd - band); LOG_VALUES[place]! <= logUsd + band; place++)
    places.push(place);
  return places;
}

/** What a census says of a price and its aliases. */
export interface PeakCount {
  /** Number of round amounts with a significant peak at the price. */
  atPrice: number;
  /** The same at the best alias. */
  atBestAlias: number;
  /** Minimum number of forged payments that could make this price lead a true alias. */
  forgeable: number;
  /** Assumed maximum number of forged payments. */
  forged: number;
}

/**
 * The number of round dollar amounts that stand out at the price and at its best alias, and how
 * hard it would be to forge its lead. Counts peaks without popularities, so it also holds for other
 * habits than the measured ones.
 *
 * @param filled see {@link assumedForgeries}
 */
export function countPeaks(census: Int32Array, filled: number): PeakCount {
  const totals = (scoreOf: (place: number) => number): number[] => PLACES.map((places) => sumOf(places.map(scoreOf)));
  const [peaks, ...aliasPeaks] = totals((place) => (standsOut(census, place) ? 1 : 0));
  const excess = totals((place) => census[place]! - quietlyExpectedAt(census, place));
  // One payment counts once, whatever its outputs.
  const [payments, ...aliasPayments] = excess.map((outputs, view) => outputs - census[TWICE + view]!);
  const forged = assumedForgeries(census[ALL]!, filled);
  const forgeable = aliasPayments.map((atAlias, alias) => {
    const toLead = forgeableLead(payments! - atAlias, census[ALL]!);
    // An alias whose own payments are missing cannot be true, however many are forged.
    return missingAt(census, alias + 1, forged) >= missingNats ? Math.max(forged, toLead) : toLead;
  });
  return {
    atPrice: peaks!,
    atBestAlias: Math.max(...aliasPeaks),
    forgeable: Math.max(0, Math.floor(Math.min(...forgeable))),
    forged,
  };
}

/**
 * Number of forged payments that lead a true alias by `lead`. Genuine payments would give the true
 * price a lead of at least `leadShare` of their number, which forged ones must overcome first.
 */
function forgeableLead(lead: number, amounts: number): number {
  return (lead + leadShare * amounts) / (1 + leadShare);
}

/**
 * Assumed maximum number of forged payments among this many amounts. A young window is forged with
 * as many as a full one, and a true alias has not shown all of its lead yet.
 *
 * @param filled part of the window that was observed, above 0: `observedShare`
 */
export function assumedForgeries(amounts: number, filled = 1): number {
  const { forgedPayments, forgedShare } = FILTER.rivals;
  const { young } = FILTER.alias;
  const least = forgedPayments + young.payments * (1 - filled);
  const share = (forgedShare + young.share * (1 - filled)) / filled;
  return Math.ceil(Math.max(least, share * amounts));
}

/**
 * Log-likelihood ratio against an alias, from its own payments at amounts that are not round at the
 * price. Forged payments cannot remove them.
 */
function missingAt(census: Int32Array, view: number, forged: number): number {
  const amounts = census[ALL]!;
  const honest = amounts - 2 * forged;
  if (honest <= 0) return 0;
  let nats = 0;
  PLACES[view]!.forEach((place, index) => {
    if (PLACES[0]!.includes(place)) return;
    const { share, background } = COMMON[index]!;
    const beside = Math.min(quietlyExpectedAt(census, place), mostBackground * background * 2 * band * amounts) + 0.2;
    const ifTrue = beside + honest * popularity * share;
    nats += Math.max(-mostAgainst, ifTrue - beside - census[place]! * Math.log(ifTrue / beside));
  });
  return nats;
}

function standsOut(census: Int32Array, place: number): boolean {
  const near = census[place]!;
  const expected = expectedAt(census, place) + 0.5;
  return near >= leastOutputs && near - expected >= sigmas * Math.sqrt(expected);
}

/** Expected number of outputs in a peak, from both flanks. */
function expectedAt(census: Int32Array, place: number): number {
  return ((census[BELOW + place]! + census[ABOVE + place]!) * band) / (flankTo - flankFrom);
}

/** The same from the flank with fewer outputs: a pile, real or forged, raises one flank. */
function quietlyExpectedAt(census: Int32Array, place: number): number {
  return (2 * Math.min(census[BELOW + place]!, census[ABOVE + place]!) * band) / (flankTo - flankFrom);
}

/** Spreads amounts evenly over all whole numbers of 32 bits. */
function mixed(valueSats: number): number {
  const once = Math.imul(valueSats ^ (valueSats / 0x100000000), 0x85ebca6b);
  return Math.imul(once ^ (once >>> 13), 0xc2b2ae35) >>> 3;
}

function aliasFactors(): number[] {
  const ratios = ROUND_USD.flatMap((a) => ROUND_USD.map((b) => a / b));
  // Only the keys are rounded: a rounded 1/3 times 30 would not be 10.
  const factors = new Map(ratios.map((ratio) => [rounded(ratio), ratio]));
  factors.delete(1);
  const shared = (factor: number) => ROUND_USD.filter((usd) => ROUND_USD.includes(rounded(usd * factor))).length;
  return [...factors.values()].filter((factor) => shared(factor) >= sharedAmounts);
}

/** Rounded, so that 15/10 and 30/20 are equal. */
function rounded(value: number): number {
  return Number(value.toPrecision(9));
}
