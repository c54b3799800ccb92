import { median, sumOf } from "../arrays.ts";
import { likelihoodInPlace } from "../likelihood/clarity.ts";
import { FilterChain } from "../transition/filter-chain.ts";
import { addLaplaceSpread } from "../transition/laplace-spread.ts";
import { FILTER } from "./filter-model.ts";
import { RivalPrices } from "./rival-prices.ts";
import { noAmounts } from "./round-amount-sums.ts";
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
  /** Mean price, US dollars; null if it is uncertain which price it is. */
  readonly price: number | null;
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
  #rivals: RivalPrices | undefined;

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
    if (this.#rivals?.reads(slice)) this.#rivals = undefined;
  }

  /** The level in the last slice, from the slices since `firstSlice`. */
  at(firstSlice: number, lastSlice: number): PriceLevel {
    const { posterior } = this.#chain.at(firstSlice, lastSlice);
    const path = this.#logPath(firstSlice, firstSlice, lastSlice);
    const windowPrice = path.length === 0 ? null : sumOf(path.map(Math.exp)) / path.length;
    return {
      posterior,
      windowPrice,
      movement: this.#movement(firstSlice, lastSlice),
      rivalsOf: (logPrice) => this.#rivalsIn(firstSlice, lastSlice).remaining(logPrice),
    };
  }

  #rivalsIn(firstSlice: number, endSlice: number): RivalPrices {
    if (this.#rivals?.firstSlice !== firstSlice || this.#rivals.endSlice !== endSlice)
      this.#rivals = new RivalPrices(firstSlice, endSlice, (slice) => ({
        amounts: this.#slices.get(slice)?.amounts ?? noAmounts(),
        price: this.#chain.at(firstSlice, slice).price,
      }));
    return this.#rivals;
  }

  #movement(firstSlice: number, lastSlice: number): number | null {
    const moveSlices = Math.round(FILTER.interval.moveMinutes / this.#sliceMinutes);
    const slices = Math.round(FILTER.interval.memoryMinutes / this.#sliceMinutes) + moveSlices;
    const path = this.#logPath(Math.max(firstSlice, lastSlice - slices + 1), firstSlice, lastSlice);
    const moves = path.slice(moveSlices).map((logPrice, index) => Math.abs(logPrice - path[index]!));
    return moves.length === 0 ? null : sumOf(moves) / moves.length;
  }

  /** ln of the known prices of slices, without those at an alias. */
  #logPath(from: number, firstSlice: number, lastSlice: number): number[] {
    const path: number[] = [];
    for (let slice = from; slice <= lastSlice; slice++) {
      const { price } = this.#chain.at(firstSlice, slice);
      if (price !== null && this.#slices.has(slice)) path.push(Math.log(price));
    }
    const middle = median(path)!;
    return path.filter((logPrice) => Math.abs(logPrice - middle) <= model.sameLevel);
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
    const posterior = this.#slices.get(slice)?.logLikelihood();
    if (posterior === undefined) return { posterior: predicted, price: meanPrice(predicted) };
    let highest = 0;
    for (let cell = 0; cell < COARSE_CELLS; cell++) {
      posterior[cell]! *= model.temper;
      if (posterior[cell]! > highest) highest = posterior[cell]!;
    }
    likelihoodInPlace(posterior, highest, model.clarity);
    let total = 0;
    for (let cell = 0; cell < COARSE_CELLS; cell++) total += posterior[cell]! *= predicted[cell]!;
    const scale = 1 / total;
    for (let cell = 0; cell < COARSE_CELLS; cell++) posterior[cell]! *= scale;
    return { posterior, price: meanPrice(posterior) };
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
 * Mean within ±2 % of the most probable price, US dollars; null if the price is more likely
 * elsewhere.
 */
function meanPrice(posterior: Float64Array): number | null {
  const mode = modeCell(posterior);
  let mass = 0;
  let sum = 0;
  for (let cell = Math.max(0, mode - MEAN_REACH); cell <= Math.min(COARSE_CELLS - 1, mode + MEAN_REACH); cell++) {
    mass += posterior[cell]!;
    sum += posterior[cell]! * cell;
  }
  return mass < 0.5 ? null : Math.exp(coarseLogPrice(sum / mass));
}
