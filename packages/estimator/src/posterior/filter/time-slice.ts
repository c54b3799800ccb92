import {
  addKernel,
  expectedVotes,
  gaussian,
  LOG_ROUND_AMOUNTS,
  peakKernel,
  ROUND_AMOUNTS,
  strengthOf,
  UNITS_PER_NAT,
} from "../likelihood/peak-kernel.ts";
import { SHARP_SHAPE } from "../likelihood/peak-shape.ts";
import { AmountCounts } from "./amount-counts.ts";
import { FILTER } from "./filter-model.ts";
import { PendingAmounts } from "./pending-amounts.ts";

const { step, reach, spread, background, backgroundStep } = FILTER.coarse;
const LOG_MIN = Math.log(FILTER.minPriceUsd);
/** Number of cells of the coarse grid: $100 to $10,000,000. */
export const COARSE_CELLS: number = Math.round((Math.log(FILTER.maxPriceUsd) - LOG_MIN) / step) + 1;

export function coarseLogPrice(cell: number): number {
  return LOG_MIN + cell * step;
}

/** The cell of a price, clamped to the grid. */
export function coarseCell(logPrice: number): number {
  return Math.min(COARSE_CELLS - 1, Math.max(0, Math.round((logPrice - LOG_MIN) / step)));
}

const kernel = peakKernel({ step, reach, spread, background: 0, peakShape: SHARP_SHAPE });
const WIDE_RATIO = Math.round(backgroundStep / step);
const WIDE_CELLS = Math.ceil(COARSE_CELLS / WIDE_RATIO) + 2;
const WIDE_REACH = Math.round((2.5 * background) / backgroundStep);
const wideValues = new Int32Array((2 * WIDE_REACH + 1) * ROUND_AMOUNTS.length);
ROUND_AMOUNTS.forEach((roundAmount, amount) => {
  const expected = expectedVotes(strengthOf(roundAmount), background);
  for (let cell = -WIDE_REACH; cell <= WIDE_REACH; cell++)
    wideValues[amount * (2 * WIDE_REACH + 1) + cell + WIDE_REACH] = Math.round(
      expected * gaussian(cell * backgroundStep, background) * UNITS_PER_NAT,
    );
});

/** Likelihood of each price between $100 and $10,000,000 from the amounts of one slice of time. */
export class TimeSlice {
  readonly #votes = new Int32Array(COARSE_CELLS);
  /** What as many amounts without a peak would add, on wider cells. */
  readonly #expected = new Int32Array(WIDE_CELLS);

  /** Number of minutes of the slice in which each amount occurs. */
  readonly #minutesWith = new AmountCounts();
  readonly #queue = new PendingAmounts((valueSats, sign) => this.#count(valueSats, sign));

  get isEmpty(): boolean {
    return this.#minutesWith.distinct === 0;
  }

  /** @param sign 1: a minute of the slice now has the amount, -1: it no longer has it */
  vote(valueSats: number, sign: 1 | -1): void {
    const minutes = sign === 1 ? this.#minutesWith.add(valueSats) : this.#minutesWith.remove(valueSats) + 1;
    if (minutes <= FILTER.coarse.repeats) this.#queue.push(valueSats, sign);
  }

  #count(valueSats: number, sign: 1 | -1): void {
    const logSats = Math.log(valueSats);
    for (let amount = 0; amount < LOG_ROUND_AMOUNTS.length; amount++) {
      const position = (LOG_ROUND_AMOUNTS[amount]! - logSats - LOG_MIN) / step;
      addKernel(this.#votes, kernel.values, kernel.reach, amount, Math.round(position), sign);
      addKernel(this.#expected, wideValues, WIDE_REACH, amount, Math.round(position / WIDE_RATIO), sign);
    }
  }

  /** Visits each distinct amount, in no particular order. */
  forEachAmount(visit: (valueSats: number) => void): void {
    this.#minutesWith.forEach(visit);
  }

  /** Adds the votes (nats) for the cells from `firstCell` on, including background. */
  addVotes(firstCell: number, into: Float64Array): void {
    this.#queue.settle();
    for (let i = 0; i < into.length; i++) into[i]! += (this.#votes[firstCell + i] ?? 0) / UNITS_PER_NAT;
  }

  /** Log-likelihood ratio of each price against no price, nats. */
  logLikelihood(into: Float64Array): void {
    this.#queue.settle();
    const votes = this.#votes;
    const expected = this.#expected;
    for (let cell = 0; cell < COARSE_CELLS; cell++) {
      const wide = Math.floor(cell / WIDE_RATIO);
      const part = cell / WIDE_RATIO - wide;
      const without = expected[wide]! + part * (expected[wide + 1]! - expected[wide]!);
      into[cell] = (votes[cell]! - without) / UNITS_PER_NAT;
    }
  }
}
