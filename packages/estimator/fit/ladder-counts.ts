import type { LadderAmount } from "../src/posterior/likelihood/ladder.ts";
import { distinctAmounts } from "../src/posterior/static-set/distinct-amounts.ts";
import { LadderScore } from "../src/posterior/static-set/ladder-log-likelihood.ts";
import { logPriceAt, PRICE_COUNT, placeOf } from "../src/posterior/static-set/price-grid.ts";
import type { AmountSet } from "./corpus-set.ts";

/** The round amounts that every set has: the fourteen of UTXOracle's list between $5 and $1,000. */
export const COMMON_USD: readonly number[] = [5, 10, 15, 20, 25, 30, 40, 50, 100, 150, 200, 300, 500, 1000];
/** Dollar amounts that are tried: whole dollars, then steps of $5 and $100. */
export const CANDIDATES_USD: readonly number[] = [
  ...range(1, 100, 1),
  2.5,
  ...range(105, 1000, 5),
  ...range(1100, 10_000, 100),
].sort((a, b) => a - b);
/** Amounts within this of a candidate are in its peak, natural log … */
export const PEAK_REACH = 0.004;
/** … those between these two around it are its background … */
const SIDE_FROM = 0.007;
const SIDE_TO = 0.035;
/** … but for those in the peak of one that stands out by so many standard deviations. */
const STANDS_OUT = 5;
const STEP = 0.0005;

/** Payments of one moment and the price that the exchanges paid. */
export interface PricedSet {
  readonly name: string;
  readonly sats: AmountSet;
  readonly priceUsd: number;
  /** How far off that price may be, natural log. */
  readonly tolerance: number;
}

/** What a set shows around each of {@link CANDIDATES_USD}. */
export interface LadderCounts {
  /** Distinct amounts of the set. */
  readonly amounts: number;
  readonly inPeak: readonly number[];
  readonly expected: readonly number[];
}

export function ladderCounts(sets: readonly PricedSet[]): LadderCounts[] {
  const logUsd = sets.map(amountsInDollars);
  const all = CANDIDATES_USD.map((usd) => {
    const counts = logUsd.map((amounts) => count(amounts, usd, []));
    const inPeak = counts.reduce((sum, [near]) => sum + near, 0);
    const expected = counts.reduce((sum, [, side]) => sum + side, 0);
    return (inPeak - expected) / Math.sqrt(expected + 1);
  });
  const strong = CANDIDATES_USD.filter((_, i) => all[i]! > STANDS_OUT);
  return logUsd.map((amounts) => {
    const counts = CANDIDATES_USD.map((usd) => count(amounts, usd, strong));
    return {
      amounts: amounts.length,
      inPeak: counts.map(([near]) => near),
      expected: counts.map(([, side]) => side),
    };
  });
}

/**
 * ln of the dollars that each amount is worth, at the price within the tolerance that the common
 * amounts fit best.
 */
function amountsInDollars({ sats, priceUsd, tolerance }: PricedSet): number[] {
  const amounts = distinctAmounts(sats);
  const even: LadderAmount[] = COMMON_USD.map((usd) => ({ usd, share: 0.006, background: 0.15, common: true }));
  const scores = new Float64Array(PRICE_COUNT);
  new LadderScore(amounts).addTo(scores, even);
  const from = Math.ceil(placeOf(Math.log(priceUsd) - tolerance));
  const to = Math.floor(placeOf(Math.log(priceUsd) + tolerance));
  let best = from;
  for (let place = from; place <= to; place++) if (scores[place]! > scores[best]!) best = place;
  return Array.from(amounts.sats, (value) => Math.log(value / 1e8) + logPriceAt(best));
}

/** Amounts in the peak, and those expected there without one. */
function count(logUsd: readonly number[], usd: number, masked: readonly number[]): [number, number] {
  const center = Math.log(usd);
  const isMasked = (value: number): boolean =>
    masked.some((other) => other !== usd && Math.abs(value - Math.log(other)) < PEAK_REACH);
  let near = 0;
  let side = 0;
  for (const value of logUsd) {
    const distance = Math.abs(value - center);
    if (distance < PEAK_REACH) near++;
    else if (distance > SIDE_FROM && distance < SIDE_TO && !isMasked(value)) side++;
  }
  let width = 0;
  for (let distance = SIDE_FROM; distance < SIDE_TO; distance += STEP)
    for (const sign of [-1, 1]) if (!isMasked(center + sign * distance)) width += STEP;
  return [near, (side * 2 * PEAK_REACH) / Math.max(width, PEAK_REACH)];
}

function range(from: number, to: number, step: number): number[] {
  return Array.from({ length: Math.floor((to - from) / step) + 1 }, (_, i) => from + i * step);
}
