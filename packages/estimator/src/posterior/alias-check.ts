import { SATS_PER_BTC } from "../amounts.ts";
import { binPosition, WIDE_AXIS } from "./log-histogram.ts";
import { log10PriceAt, PRICE_COUNT } from "./price-grid.ts";

/** Half widths of the box in which a peak's votes are counted, natural log; the one that shows the pattern best is used. */
const BOX_REACHES = [0.0015, 0.003, 0.007, 0.015, 0.03] as const;
/** How dense a peak may be against the average of the common ones. Nothing is assumed about which is denser. */
const DENSITY_FACTORS = [0.35, 0.7, 1.4, 2.8] as const;
/** Bounds of that average, over the background. */
const LEAST_DENSITY = 1;
const MOST_DENSITY = 16;
/** Probabilities that a round amount has no peak in a sample. */
const COMMON_ABSENT = 0.15;
const OCCASIONAL_ABSENT = 0.6;
const CONCEIVABLE_ABSENT = 0.85;
/** One round amount adds this much at most (nats): a flood of one amount is not a pattern … */
const MOST_PER_AMOUNT = 12;
/** … one that only some favour this much … */
const MOST_PER_OCCASIONAL = 6;
/** … and one that nobody was seen to favour this much. */
const MOST_PER_CONCEIVABLE = 3;
/** A round amount with so much evidence (nats) stands out. */
const STANDS_OUT = 1;
/** Relative error of the background, squared (as in the pattern model). */
const BACKGROUND_ERROR_SQUARED = 0.1 ** 2;
/** Two dollar amounts are the same place within this share. */
const SAME_PLACE = 0.005;
const LEADING_DIGITS = [1, 1.5, 2, 2.5, 3, 3.5, 4, 4.5, 5, 6, 7, 7.5, 8, 9] as const;
const DECADES = 6;

/** A dollar amount that people may send. */
interface Habit {
  readonly usd: number;
  /** Probability that a sample shows none of it. */
  readonly absent: number;
  /** Nats that it adds at most. */
  readonly most: number;
}

/** The habits and the factors by which a price can be mistaken for another. */
export interface AliasModel {
  readonly habits: readonly Habit[];
  readonly commonUsd: readonly number[];
  readonly factors: readonly number[];
}

export function aliasModel(commonUsd: readonly number[], occasionalUsd: readonly number[]): AliasModel {
  const known = [...commonUsd, ...occasionalUsd];
  const conceivable: number[] = [];
  for (let decade = 0; decade < DECADES; decade++) {
    for (const digit of LEADING_DIGITS) {
      const usd = digit * 10 ** decade;
      if (!known.some((other) => isSamePlace(usd, other))) conceivable.push(usd);
    }
  }
  const habits = [
    ...commonUsd.map((usd) => ({ usd, absent: COMMON_ABSENT, most: MOST_PER_AMOUNT })),
    ...occasionalUsd.map((usd) => ({ usd, absent: OCCASIONAL_ABSENT, most: MOST_PER_OCCASIONAL })),
    ...conceivable.map((usd) => ({ usd, absent: CONCEIVABLE_ABSENT, most: MOST_PER_CONCEIVABLE })),
  ];
  const factors: number[] = [];
  for (const one of commonUsd) {
    for (const other of commonUsd) {
      const factor = one / other;
      if (one !== other && !factors.some((found) => isSamePlace(factor, found))) factors.push(factor);
    }
  }
  return { habits, commonUsd, factors };
}

function isSamePlace(one: number, other: number): boolean {
  return Math.abs(Math.log(one / other)) < SAME_PLACE;
}

/** What the second opinion says about a price. */
export interface AliasOpinion {
  /** Probability that the price is itself and not one of its aliases, 0 to 1. */
  readonly unaliased: number;
  /** Common round amounts that stand out at the price. */
  readonly peaks: number;
}

/**
 * The probability that the price is itself and not one of its aliases (2, 10, 1/2 … times it), by a second opinion that
 * knows only which amounts are round, not how strong their peaks are: peaks that only the price explains speak for it,
 * peaks that only the alias explains against it, and so do round amounts without a peak.
 *
 * @param sums running sums of the histogram of amounts
 * @param background votes per bin that carry no price
 */
export function aliasOpinion(
  sums: Float64Array,
  background: Float64Array,
  logPrice: number,
  model: AliasModel,
): AliasOpinion {
  const price = Math.exp(logPrice);
  let own = Number.NEGATIVE_INFINITY;
  let peaks = 0;
  let evidenceOf = (_: number): number => 0;
  for (const reach of BOX_REACHES) {
    const boxes = new Boxes(sums, background, reach);
    const density = boxes.averageDensity(model.commonUsd, price);
    const evidence = (usdPerBtc: number): number => {
      let nats = 0;
      for (const habit of model.habits) nats += boxes.evidence(habit, usdPerBtc, density);
      return nats;
    };
    const found = evidence(price);
    const standing = model.habits.filter((habit) => {
      return habit.most === MOST_PER_AMOUNT && boxes.evidence(habit, price, density) >= STANDS_OUT;
    });
    peaks = Math.max(peaks, standing.length);
    if (found > own) {
      own = found;
      evidenceOf = evidence;
    }
  }
  let rivals = 0;
  for (const factor of model.factors) {
    const log10Rival = Math.log10(price * factor);
    if (log10Rival < log10PriceAt(0) || log10Rival > log10PriceAt(PRICE_COUNT - 1)) continue;
    rivals += Math.exp(evidenceOf(price * factor) - own);
  }
  return { unaliased: 1 / (1 + rivals), peaks };
}

/** Counts votes in boxes of one width around round amounts. */
class Boxes {
  readonly #sums: Float64Array;
  readonly #background: Float64Array;
  readonly #halfWidth: number;

  constructor(sums: Float64Array, background: Float64Array, reach: number) {
    this.#sums = sums;
    this.#background = background;
    this.#halfWidth = reach / WIDE_AXIS.binWidth;
  }

  /** Votes beyond the background over the background, in the boxes of all the amounts together. */
  averageDensity(usdAmounts: readonly number[], price: number): number {
    let votes = 0;
    let expected = 0;
    for (const usd of usdAmounts) {
      const position = this.#position(usd, price);
      votes += this.#votes(position);
      expected += this.#expected(position);
    }
    return Math.min(MOST_DENSITY, Math.max(LEAST_DENSITY, expected > 0 ? votes / expected - 1 : 0));
  }

  /** Log-likelihood ratio of "a peak, or none" against "none" at one round amount. */
  evidence({ usd, absent, most }: Habit, price: number, density: number): number {
    const position = this.#position(usd, price);
    const expected = this.#expected(position);
    if (expected === 0) return 0;
    const votes = this.#votes(position);
    const discount = 1 / (1 + BACKGROUND_ERROR_SQUARED * expected);
    let peak = 0;
    for (const factor of DENSITY_FACTORS) {
      const nats = (votes * Math.log1p(factor * density) - expected * factor * density) * discount;
      peak += Math.exp(Math.min(nats, most)) / DENSITY_FACTORS.length;
    }
    return Math.log(absent + (1 - absent) * peak);
  }

  #position(usd: number, price: number): number {
    return binPosition((usd / price) * SATS_PER_BTC, WIDE_AXIS);
  }

  #expected(position: number): number {
    if (position - this.#halfWidth < 0 || position + this.#halfWidth >= WIDE_AXIS.binCount) return 0;
    return this.#background[position | 0]! * 2 * this.#halfWidth;
  }

  #votes(position: number): number {
    if (position - this.#halfWidth < 0 || position + this.#halfWidth >= WIDE_AXIS.binCount) return 0;
    return this.#before(position + this.#halfWidth) - this.#before(position - this.#halfWidth);
  }

  #before(position: number): number {
    const bin = position | 0;
    return this.#sums[bin]! + (position - bin) * (this.#sums[bin + 1]! - this.#sums[bin]!);
  }
}
