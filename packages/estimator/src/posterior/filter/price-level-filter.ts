import { median, sumOf } from "../arrays.ts";
import { likelihoods } from "../likelihood/clarity.ts";
import { FilterChain } from "../transition/filter-chain.ts";
import { addLaplaceSpread } from "../transition/laplace-spread.ts";
import { updated } from "../transition/local-model.ts";
import { FILTER } from "./filter-model.ts";
import { RivalPrices } from "./rival-prices.ts";
import { Amounts } from "./round-amount-sums.ts";
import { COARSE_CELLS, coarseLogPrice, TimeSlice } from "./time-slice.ts";

const model = FILTER.coarse;

/** The level of the price at the time of the estimate. */
export interface PriceLevel {
  /** Probability of each price of the whole range. */
  readonly posterior: Float64Array;
  /** Average price of the slices with a known price, US dollars; null if there are none. */
  readonly windowPrice: number | null;
  /**
   * Mean movement of the price in half an hour over the last three hours, natural log; null if too
   * few slices have a price.
   */
  readonly movement: number | null;
  /** ln of the other prices that the finished slices do not rule out, given the price. */
  rivalsOf(logPrice: number): readonly number[];
}

interface SliceState {
  readonly posterior: Float64Array;
  /** ln of the mean price; null if it is uncertain which price it is. */
  readonly logPrice: number | null;
}

/**
 * Decides which price it is, over the whole range: a hidden Markov model over slices of three
 * minutes (shorter ones in a window of less than half an hour). Results of past slices are kept
 * until one of their amounts changes.
 */
export class PriceLevelFilter {
  readonly #slices = new Map<number, TimeSlice>();
  readonly #chain: FilterChain<Float64Array, SliceState> = new FilterChain(
    (before) => this.#predict(before),
    (predicted, slice) => this.#observe(predicted, slice),
  );
  readonly #sliceMinutes: number;
  /** Of the slices from `first` to before `end`. */
  #rivals: { readonly first: number; readonly end: number; readonly prices: RivalPrices } | undefined;

  /** @param sliceMinutes length of a slice */
  constructor(sliceMinutes: number) {
    this.#sliceMinutes = sliceMinutes;
  }

  /** Adds an amount to a minute of the slice (1) or removes it (-1). */
  vote(slice: number, valueSats: number, sign: 1 | -1): void {
    const evidence = this.#slices.get(slice) ?? new TimeSlice();
    evidence.vote(valueSats, sign);
    if (evidence.isEmpty) this.#slices.delete(slice);
    else this.#slices.set(slice, evidence);
    this.#chain.forget(slice);
    if (this.#rivals && slice >= this.#rivals.first && slice < this.#rivals.end) this.#rivals = undefined;
  }

  /** The level in the last slice, from the slices since `first`. */
  at(first: number, last: number): PriceLevel {
    const { posterior } = this.#chain.at(first, last);
    const path = this.#path(first, last);
    const known = path.filter((logPrice) => logPrice !== null);
    return {
      posterior,
      windowPrice: known.length === 0 ? null : sumOf(known.map(Math.exp)) / known.length,
      movement: this.#movement(path),
      rivalsOf: (logPrice) => this.#rivalsIn(first, last, path).remaining(logPrice),
    };
  }

  /** @param end the first slice that does not count, because it is still filling */
  #rivalsIn(first: number, end: number, path: readonly (number | null)[]): RivalPrices {
    if (this.#rivals?.first !== first || this.#rivals.end !== end) {
      const slices = path.slice(0, -1).map((logPrice, index) => {
        return { amounts: this.#slices.get(first + index)?.amounts ?? new Amounts(), logPrice };
      });
      this.#rivals = { first, end, prices: new RivalPrices(slices) };
    }
    return this.#rivals.prices;
  }

  #movement(path: readonly (number | null)[]): number | null {
    const moveSlices = Math.round(FILTER.interval.moveMinutes / this.#sliceMinutes);
    const slices = Math.round(FILTER.interval.memoryMinutes / this.#sliceMinutes) + moveSlices;
    const known = path.slice(-slices).filter((logPrice) => logPrice !== null);
    const moves = known.slice(moveSlices).map((logPrice, index) => Math.abs(logPrice - known[index]!));
    return moves.length === 0 ? null : sumOf(moves) / moves.length;
  }

  /** ln of the price of each slice; null without payments, if uncertain, or at an alias. */
  #path(first: number, last: number): (number | null)[] {
    const path: (number | null)[] = [];
    for (let slice = first; slice <= last; slice++)
      path.push(this.#slices.has(slice) ? this.#chain.at(first, slice).logPrice : null);
    const middle = median(path.filter((logPrice) => logPrice !== null))!;
    return path.map((logPrice) =>
      logPrice !== null && Math.abs(logPrice - middle) <= model.sameLevel ? logPrice : null,
    );
  }

  #predict(before: SliceState | undefined): Float64Array {
    const predicted = new Float64Array(COARSE_CELLS);
    if (before === undefined) return predicted.fill(1 / COARSE_CELLS);
    // The length of a slice in units of ten minutes; the movement grows with its square root.
    const share = (this.#sliceMinutes * FILTER.minuteSeconds) / 600;
    const pace = Math.sqrt(share);
    predicted.fill((model.uniform * share) / COARSE_CELLS);
    addLaplaceSpread(predicted, before.posterior, (model.near * pace) / model.step, 1 - model.farShare);
    addLaplaceSpread(predicted, before.posterior, (model.far * pace) / model.step, model.farShare);
    return predicted;
  }

  #observe(predicted: Float64Array, slice: number): SliceState {
    const nats = this.#slices.get(slice)?.logLikelihood();
    const likelihood = nats && likelihoods([nats], model.temper, model.clarity);
    const posterior = updated([predicted], likelihood)[0]!;
    return { posterior, logPrice: meanLogPrice(posterior) };
  }
}

/** ln of the most probable price. */
export function modeOf(posterior: Float64Array): number {
  return coarseLogPrice(modeCell(posterior));
}

function modeCell(posterior: Float64Array): number {
  let best = 0;
  for (let cell = 1; cell < posterior.length; cell++) if (posterior[cell]! > posterior[best]!) best = cell;
  return best;
}

const MEAN_REACH = Math.round(0.02 / model.step);

/**
 * ln of the mean within ±2 % of the most probable price; null if the price is more likely
 * elsewhere.
 */
function meanLogPrice(posterior: Float64Array): number | null {
  const mode = modeCell(posterior);
  let mass = 0;
  let sum = 0;
  for (let cell = Math.max(0, mode - MEAN_REACH); cell <= Math.min(COARSE_CELLS - 1, mode + MEAN_REACH); cell++) {
    mass += posterior[cell]!;
    sum += posterior[cell]! * cell;
  }
  return mass < 0.5 ? null : coarseLogPrice(sum / mass);
}
