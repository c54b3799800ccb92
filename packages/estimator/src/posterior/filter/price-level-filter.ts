import { median } from "../arrays.ts";
import { likelihoodInPlace } from "../likelihood/clarity.ts";
import { FilterChain } from "../transition/filter-chain.ts";
import { addLaplaceSpread } from "../transition/laplace-spread.ts";
import { FILTER } from "./filter-model.ts";
import { RivalPrices } from "./rival-prices.ts";
import { COARSE_CELLS, coarseLogPrice, TimeSlice } from "./time-slice.ts";

const model = FILTER.coarse;

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
  /** Length of a slice in units of ten minutes; the movement grows with its square root. */
  readonly #share: number;
  /** Number of slices of one movement, and of the time over which movements are averaged. */
  readonly #moveSlices: number;
  readonly #movementSlices: number;
  #rivals: RivalPrices | undefined;

  /** @param sliceMinutes length of a slice */
  constructor(sliceMinutes: number) {
    this.#share = (sliceMinutes * FILTER.minuteSeconds) / 600;
    this.#moveSlices = Math.round(FILTER.interval.moveMinutes / sliceMinutes);
    this.#movementSlices = Math.round(FILTER.interval.memoryMinutes / sliceMinutes) + this.#moveSlices;
  }

  /** Adds an amount to a minute of the slice (1) or removes it (-1). */
  vote(slice: number, valueSats: number, sign: 1 | -1): void {
    let evidence = this.#slices.get(slice);
    if (evidence === undefined) {
      evidence = new TimeSlice();
      this.#slices.set(slice, evidence);
    }
    evidence.vote(valueSats, sign);
    if (evidence.isEmpty) this.#slices.delete(slice);
    this.#chain.forget(slice);
    if (this.#rivals?.reads(slice)) this.#rivals = undefined;
  }

  /**
   * Probability of each price in a slice, given that slice and the earlier ones from `firstSlice`
   * on.
   */
  posterior(firstSlice: number, slice: number): Float64Array {
    return this.#chain.at(firstSlice, slice).posterior;
  }

  /**
   * ln of the other prices that the payments do not rule out, see {@link RivalPrices}. The last
   * slice does not count, because it is still filling.
   */
  rivals(firstSlice: number, lastSlice: number, logPrice: number): readonly number[] {
    if (this.#rivals?.firstSlice !== firstSlice || this.#rivals.endSlice !== lastSlice)
      this.#rivals = new RivalPrices(firstSlice, lastSlice, (slice) => ({
        bins: this.#slices.get(slice)?.bins,
        price: this.#chain.at(firstSlice, slice).price,
      }));
    return this.#rivals.remaining(logPrice);
  }

  /**
   * Mean movement of the price in half an hour over the last three hours, natural log; null if too
   * few slices have a price.
   */
  movement(firstSlice: number, lastSlice: number): number | null {
    const path = this.#logPath(Math.max(firstSlice, lastSlice - this.#movementSlices + 1), firstSlice, lastSlice);
    const count = path.length - this.#moveSlices;
    if (count <= 0) return null;
    let sum = 0;
    for (let index = 0; index < count; index++) sum += Math.abs(path[index + this.#moveSlices]! - path[index]!);
    return sum / count;
  }

  /** Average price of the slices with a known price, US dollars; null if there are none. */
  meanPrice(firstSlice: number, lastSlice: number): number | null {
    const path = this.#logPath(firstSlice, firstSlice, lastSlice);
    return path.length === 0 ? null : path.reduce((sum, logPrice) => sum + Math.exp(logPrice), 0) / path.length;
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
    const pace = Math.sqrt(this.#share);
    predicted.fill((model.uniform * this.#share) / COARSE_CELLS);
    addLaplaceSpread(predicted, before.posterior, (model.near * pace) / model.step, 1 - model.farShare);
    addLaplaceSpread(predicted, before.posterior, (model.far * pace) / model.step, model.farShare);
    return predicted;
  }

  #observe(predicted: Float64Array, slice: number): SliceState {
    const posterior = predicted.slice();
    const evidence = this.#slices.get(slice);
    if (evidence === undefined) return { posterior, price: meanPrice(posterior) };
    const likelihood = evidence.logLikelihood();
    let highest = 0;
    for (let cell = 0; cell < COARSE_CELLS; cell++) {
      likelihood[cell]! *= model.temper;
      if (likelihood[cell]! > highest) highest = likelihood[cell]!;
    }
    likelihoodInPlace(likelihood, highest, model.clarity);
    let total = 0;
    for (let cell = 0; cell < COARSE_CELLS; cell++) total += posterior[cell]! *= likelihood[cell]!;
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
