import { peakKernel, pileKernel, UNITS_PER_NAT } from "../likelihood/peak-kernel.ts";
import { SHARP_SHAPE } from "../likelihood/peak-shape.ts";
import { Votes } from "../likelihood/votes.ts";
import { AmountCounts } from "./amount-counts.ts";
import { FILTER } from "./filter-model.ts";
import { Amounts } from "./round-amount-sums.ts";

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
const wideKernel = pileKernel(backgroundStep, background);

/** What the amounts of one slice of time say. */
export class TimeSlice {
  /** Number of minutes of the slice in which each amount occurs. */
  readonly #minutesWith = new AmountCounts();
  /** Votes, and what as many amounts without a peak would add, on wider cells. */
  readonly #votes = new Votes([kernel, wideKernel], LOG_MIN, [COARSE_CELLS, WIDE_CELLS]);
  #amounts: Amounts | undefined;

  get isEmpty(): boolean {
    return this.#minutesWith.distinct === 0;
  }

  /** @param sign 1: a minute of the slice now has the amount, -1: it no longer has it */
  vote(valueSats: number, sign: 1 | -1): void {
    this.#amounts = undefined;
    if (this.#minutesWith.change(valueSats, sign) <= FILTER.coarse.repeats) this.#votes.push(valueSats, sign);
  }

  /** The distinct amounts, for {@link RivalPrices}. */
  get amounts(): Amounts {
    this.#amounts ??= Amounts.from((visit) => this.#minutesWith.forEach(visit));
    return this.#amounts;
  }

  /** Log-likelihood ratio of each price of $100 to $10,000,000 against no price, nats. */
  logLikelihood(): Float64Array {
    const [votes, expected] = this.#votes.grids as [Int32Array, Int32Array];
    const nats = new Float64Array(COARSE_CELLS);
    for (let cell = 0; cell < COARSE_CELLS; cell++) {
      const wide = Math.floor(cell / WIDE_RATIO);
      const part = cell / WIDE_RATIO - wide;
      const without = expected[wide]! + part * (expected[wide + 1]! - expected[wide]!);
      nats[cell] = (votes[cell]! - without) / UNITS_PER_NAT;
    }
    return nats;
  }
}
