import { median } from "../arrays.ts";
import { likelihoodInPlace } from "../likelihood/clarity.ts";
import { addLaplaceSpread } from "../transition/laplace-spread.ts";
import { FILTER } from "./filter-model.ts";
import { RivalPrices } from "./rival-prices.ts";
import { COARSE_CELLS, coarseLogPrice, TimeSlice } from "./time-slice.ts";

const model = FILTER.coarse;

/**
 * Decides which price it is, over the whole range: a hidden Markov model over slices of three
 * minutes (shorter ones in a window of less than half an hour). Results of past slices are kept
 * until one of their amounts changes.
 */
export class PriceLevelFilter {
  readonly #slices = new Map<number, TimeSlice>();
  readonly #posteriors = new Map<number, Float64Array>();
  /** Mean price of each slice, US dollars; null if it is uncertain which price it is. */
  readonly #means = new Map<number, number | null>();
  #firstSlice = Number.NaN;
  /** Posteriors of slices up to and including this one are valid. */
  #validThrough = Number.NEGATIVE_INFINITY;
  /** Length of a slice in units of ten minutes; the movement grows with its square root. */
  readonly #share: number;
  readonly #pace: number;
  /** Number of slices of one movement, and of the time over which movements are averaged. */
  readonly #moveSlices: number;
  readonly #movementSlices: number;
  /** Slice of the prediction below: while it fills, only its own amounts are new. */
  #predictedSlice = Number.NaN;
  readonly #predicted = new Float64Array(COARSE_CELLS);
  readonly #rivals = new RivalPrices();
  readonly #likelihood = new Float64Array(COARSE_CELLS);
  readonly #scratch = new Float64Array(COARSE_CELLS);

  /** @param sliceMinutes length of a slice */
  constructor(sliceMinutes: number) {
    this.#share = (sliceMinutes * FILTER.minuteSeconds) / 600;
    this.#pace = Math.sqrt(this.#share);
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
    this.#forget(slice);
  }

  /** ln of the other prices that the payments do not rule out, see {@link RivalPrices}. */
  rivals(firstSlice: number, lastSlice: number, logPrice: number): readonly number[] {
    this.posterior(firstSlice, lastSlice);
    return this.#rivals.remaining(this.#slices, this.#means, firstSlice, lastSlice, logPrice);
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

  #forget(slice: number): void {
    this.#rivals.forget(slice);
    if (slice < this.#firstSlice) return;
    if (slice <= this.#validThrough) this.#validThrough = slice - 1;
    if (slice < this.#predictedSlice) this.#predictedSlice = Number.NaN;
  }

  /**
   * Probability of each price in a slice, given that slice and the earlier ones from `firstSlice`
   * on.
   */
  posterior(firstSlice: number, slice: number): Float64Array {
    if (firstSlice !== this.#firstSlice) {
      this.#firstSlice = firstSlice;
      this.#validThrough = firstSlice - 1;
      this.#predictedSlice = Number.NaN;
      for (const old of this.#posteriors.keys()) if (old < firstSlice) this.#posteriors.delete(old);
      for (const old of this.#means.keys()) if (old < firstSlice) this.#means.delete(old);
    }
    for (let next = Math.max(this.#validThrough + 1, firstSlice); next <= slice; next++) {
      let posterior = this.#posteriors.get(next);
      if (posterior === undefined) {
        posterior = new Float64Array(COARSE_CELLS);
        this.#posteriors.set(next, posterior);
      }
      if (next !== this.#predictedSlice) {
        this.#predict(next === firstSlice ? undefined : this.#posteriors.get(next - 1)!, this.#predicted);
        this.#predictedSlice = next;
      }
      posterior.set(this.#predicted);
      this.#observe(next, posterior);
      this.#means.set(next, meanPrice(posterior));
      this.#validThrough = next;
    }
    return this.#posteriors.get(slice)!;
  }

  /** Average price of the slices with a known price, US dollars; null if there are none. */
  meanPrice(firstSlice: number, lastSlice: number): number | null {
    const path = this.#logPath(firstSlice, firstSlice, lastSlice);
    return path.length === 0 ? null : path.reduce((sum, logPrice) => sum + Math.exp(logPrice), 0) / path.length;
  }

  /** ln of the known prices of slices, without those at an alias. */
  #logPath(from: number, firstSlice: number, lastSlice: number): number[] {
    this.posterior(firstSlice, lastSlice);
    const path: number[] = [];
    for (let slice = from; slice <= lastSlice; slice++) {
      const mean = this.#slices.has(slice) ? this.#means.get(slice)! : null;
      if (mean !== null) path.push(Math.log(mean));
    }
    const middle = median(path)!;
    return path.filter((logPrice) => Math.abs(logPrice - middle) <= model.sameLevel);
  }

  #predict(before: Float64Array | undefined, into: Float64Array): void {
    if (before === undefined) {
      into.fill(1 / COARSE_CELLS);
      return;
    }
    into.fill((model.uniform * this.#share) / COARSE_CELLS);
    addLaplaceSpread(into, before, (model.near * this.#pace) / model.step, 1 - model.farShare, this.#scratch);
    addLaplaceSpread(into, before, (model.far * this.#pace) / model.step, model.farShare, this.#scratch);
  }

  #observe(slice: number, posterior: Float64Array): void {
    const evidence = this.#slices.get(slice);
    if (evidence === undefined) return;
    const likelihood = this.#likelihood;
    evidence.logLikelihood(likelihood);
    let highest = 0;
    for (let cell = 0; cell < COARSE_CELLS; cell++) {
      const value = model.temper * likelihood[cell]!;
      likelihood[cell] = value;
      if (value > highest) highest = value;
    }
    likelihoodInPlace(likelihood, highest, model.clarity);
    let total = 0;
    for (let cell = 0; cell < COARSE_CELLS; cell++) {
      const value = posterior[cell]! * likelihood[cell]!;
      posterior[cell] = value;
      total += value;
    }
    const scale = 1 / total;
    for (let cell = 0; cell < COARSE_CELLS; cell++) posterior[cell]! *= scale;
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
