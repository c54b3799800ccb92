import type { AmountCounts } from "./amount-counts.ts";
import { likelihoodInPlace } from "./clarity.ts";
import { addLaplaceSpread } from "./laplace-step.ts";
import { fadePastPrices, voteWeights } from "./late-payments.ts";
import { addKernel, LOG_ROUND_AMOUNTS, UNITS_PER_NAT, voteKernel } from "./peak-likelihood.ts";
import { CENSUS_SIZE, countPeaks, type PeakCount, takeCensus } from "./round-amount-census.ts";
import { type SpeedChange, speedTransition } from "./speed-change.ts";
import { TRACKING } from "./tracking-model.ts";
import { VoteQueue } from "./vote-queue.ts";

const model = TRACKING.fine;
export const TILE_CELLS: number = 2 * Math.round(model.halfWidth / model.step) + 1;
const MIDDLE = (TILE_CELLS - 1) / 2;
/** So coarse that a census mostly stays what it is when the chain begins at a later slice, natural log. */
const CENSUS_STEP = 0.0005;
const SPEEDS = model.speeds.length;
const SPEED_CHANGE: SpeedChange = { speeds: SPEEDS, faster: model.faster, slower: model.slower };
const kernels = model.spreads.map((spread) =>
  voteKernel({ step: model.step, reach: model.reach, spread, background: model.background }),
);

/** Probability of each price (cell) at each speed. */
export type SpeedDensities = readonly Float64Array[];

/** The distinct amounts of each slice of time. */
export interface SliceAmounts {
  get(slice: number): AmountCounts | undefined;
}

/** Votes of a slice's amounts for each price, one grid for each speed. */
interface SliceVotes {
  readonly grids: Int32Array[];
  readonly queue: VoteQueue;
}

interface SliceState {
  readonly densities: SpeedDensities;
  /** Probability of each price over the slices before, fading by age. */
  readonly past: Float64Array;
  /** Round amounts counted at this slice's price, in steps of `CENSUS_STEP`; undefined once its amounts have changed. */
  census: Int32Array | undefined;
  censusStep: number;
}

function grids(): Float64Array[] {
  return kernels.map(() => new Float64Array(TILE_CELLS));
}

/**
 * The last minutes: where the price is now, within ±6 % of a centre. A hidden Markov chain over slices of a minute and
 * three speeds at which the price may be moving; the faster it moves, the wider the peaks of a slice. What it found for
 * past slices is kept until one of their amounts changes.
 */
export class PriceTile {
  /** ln of the price in the middle. */
  readonly centre: number;
  readonly #votes = new Map<number, SliceVotes>();
  readonly #states = new Map<number, SliceState>();
  #firstSlice = Number.NaN;
  /** States up to and including this slice hold. */
  #validThrough = Number.NEGATIVE_INFINITY;
  /** The slice that the prediction below is for: while it fills, only its own amounts are new. */
  #predictedSlice = Number.NaN;
  readonly #predicted = grids();
  /** Round amounts counted in the slices from the first to this one. */
  #countedThrough = Number.NaN;
  readonly #counted = new Int32Array(CENSUS_SIZE);
  readonly #likelihood = new Float64Array(TILE_CELLS);
  readonly #weights = new Float64Array(TILE_CELLS);
  readonly #scratch = new Float64Array(TILE_CELLS);
  readonly #mixed = new Float64Array(TILE_CELLS);

  constructor(centre: number) {
    this.centre = centre;
  }

  logPrice(cell: number): number {
    return this.centre + (cell - MIDDLE) * model.step;
  }

  /** An amount came to a slice (1) or left it (-1). */
  vote(slice: number, valueSats: number, sign: 1 | -1): void {
    this.#votes.get(slice)?.queue.push(valueSats, sign);
    const state = this.#states.get(slice);
    if (state !== undefined) state.census = undefined;
    this.#forget(slice);
  }

  /** Lets go of a slice that holds no amount any more. */
  drop(slice: number): void {
    this.#votes.delete(slice);
    this.#forget(slice);
  }

  /** The probability of each speed and price at `slice`, from the slices since `firstSlice`. */
  densities(firstSlice: number, slice: number, amounts: SliceAmounts): SpeedDensities {
    if (firstSlice !== this.#firstSlice) this.#startAt(firstSlice);
    for (let next = Math.max(this.#validThrough + 1, firstSlice); next <= slice; next++) {
      let state = this.#states.get(next);
      if (state === undefined) {
        state = { densities: grids(), past: new Float64Array(TILE_CELLS), census: undefined, censusStep: 0 };
        this.#states.set(next, state);
      }
      if (next !== this.#predictedSlice) this.#predict(next, state);
      state.densities.forEach((density, speed) => {
        density.set(this.#predicted[speed]!);
      });
      this.#observe(state, this.#votesOf(next, amounts));
      this.#validThrough = next;
    }
    return this.#states.get(slice)!.densities;
  }

  /** How many round amounts stand out from `firstSlice` to before `slice`, at the prices and at an alias of them. */
  peaks(firstSlice: number, slice: number, amounts: SliceAmounts): PeakCount {
    this.densities(firstSlice, slice, amounts);
    if (!(this.#countedThrough < slice)) {
      this.#counted.fill(0);
      this.#countedThrough = firstSlice - 1;
    }
    for (let next = this.#countedThrough + 1; next < slice; next++) {
      const held = amounts.get(next);
      if (held === undefined) continue;
      const state = this.#states.get(next)!;
      const step = Math.round(this.#meanLogPrice(state.densities) / CENSUS_STEP);
      if (state.census === undefined || state.censusStep !== step) {
        state.census = takeCensus(held, step * CENSUS_STEP);
        state.censusStep = step;
      }
      for (let entry = 0; entry < CENSUS_SIZE; entry++) this.#counted[entry]! += state.census[entry]!;
    }
    this.#countedThrough = slice - 1;
    return countPeaks(this.#counted);
  }

  #meanLogPrice(densities: SpeedDensities): number {
    let sum = 0;
    for (const density of densities) for (let cell = 0; cell < TILE_CELLS; cell++) sum += cell * density[cell]!;
    return this.logPrice(sum);
  }

  /** The densities some slices later, when nothing more is known. */
  ahead(densities: SpeedDensities, slices: number): SpeedDensities {
    let current = densities;
    for (let passed = 0; passed < slices; passed++) {
      const next = grids();
      this.#step(current, next);
      current = next;
    }
    return current;
  }

  #startAt(firstSlice: number): void {
    this.#firstSlice = firstSlice;
    this.#validThrough = firstSlice - 1;
    this.#predictedSlice = Number.NaN;
    this.#countedThrough = Number.NaN;
    for (const old of this.#states.keys()) if (old < firstSlice) this.#states.delete(old);
    for (const old of this.#votes.keys()) if (old < firstSlice) this.#votes.delete(old);
  }

  #forget(slice: number): void {
    if (slice < this.#firstSlice) return;
    if (slice <= this.#validThrough) this.#validThrough = slice - 1;
    if (slice < this.#predictedSlice) this.#predictedSlice = Number.NaN;
    if (slice <= this.#countedThrough) this.#countedThrough = Number.NaN;
  }

  #addVotes(votes: Int32Array[], valueSats: number, sign: 1 | -1): void {
    const origin = this.centre + Math.log(valueSats) - model.step * MIDDLE;
    for (let amount = 0; amount < LOG_ROUND_AMOUNTS.length; amount++) {
      const centre = Math.round((LOG_ROUND_AMOUNTS[amount]! - origin) / model.step);
      for (let speed = 0; speed < SPEEDS; speed++) {
        const { values, reach } = kernels[speed]!;
        if (centre < -reach || centre >= TILE_CELLS + reach) continue;
        addKernel(votes[speed]!, values, reach, amount, centre, sign);
      }
    }
  }

  #votesOf(slice: number, amounts: SliceAmounts): Int32Array[] | undefined {
    const known = this.#votes.get(slice);
    if (known !== undefined) {
      known.queue.settle();
      return known.grids;
    }
    const held = amounts.get(slice);
    if (held === undefined) return undefined;
    const votes = kernels.map(() => new Int32Array(TILE_CELLS));
    held.forEach((valueSats) => {
      this.#addVotes(votes, valueSats, 1);
    });
    const queue = new VoteQueue((valueSats, sign) => this.#addVotes(votes, valueSats, sign));
    this.#votes.set(slice, { grids: votes, queue });
    return votes;
  }

  /** What is known of a slice before its own amounts, and how much a vote for each price counts in it. */
  #predict(slice: number, state: SliceState): void {
    if (slice === this.#firstSlice) {
      for (const density of this.#predicted) density.fill(1 / (SPEEDS * TILE_CELLS));
      state.past.fill(1 / TILE_CELLS);
    } else {
      const before = this.#states.get(slice - 1)!;
      fadePastPrices(before.past, before.densities, state.past);
      this.#step(before.densities, this.#predicted);
    }
    voteWeights(state.past, this.#weights, this.#scratch);
    this.#predictedSlice = slice;
  }

  /** One slice of time passes: speeds change, and the price moves at its speed. */
  #step(before: SpeedDensities, into: SpeedDensities): void {
    const mixed = this.#mixed;
    for (let speed = 0; speed < SPEEDS; speed++) {
      mixed.fill(0);
      for (let from = Math.max(0, speed - 1); from <= Math.min(SPEEDS - 1, speed + 1); from++) {
        const weight = speedTransition(from, speed, SPEED_CHANGE);
        const source = before[from]!;
        for (let cell = 0; cell < TILE_CELLS; cell++) mixed[cell]! += weight * source[cell]!;
      }
      into[speed]!.fill(model.uniform / (SPEEDS * TILE_CELLS));
      addLaplaceSpread(into[speed]!, mixed, model.speeds[speed]! / model.step, 1, this.#scratch);
    }
  }

  #observe(state: SliceState, votes: Int32Array[] | undefined): void {
    if (votes !== undefined) {
      const weights = this.#weights;
      const likelihood = this.#likelihood;
      // one scale for all speeds, so that they compete
      let highest = 0;
      for (const grid of votes)
        for (let cell = 0; cell < TILE_CELLS; cell++) highest = Math.max(highest, grid[cell]! * weights[cell]!);
      highest *= model.temper / UNITS_PER_NAT;
      for (let speed = 0; speed < SPEEDS; speed++) {
        const grid = votes[speed]!;
        for (let cell = 0; cell < TILE_CELLS; cell++) {
          const units = grid[cell]!;
          likelihood[cell] = ((units > 0 ? units * weights[cell]! : units) / UNITS_PER_NAT) * model.temper;
        }
        likelihoodInPlace(likelihood, highest, model.clarity);
        const density = state.densities[speed]!;
        for (let cell = 0; cell < TILE_CELLS; cell++) density[cell]! *= likelihood[cell]!;
      }
    }
    let total = 0;
    for (const density of state.densities) for (let cell = 0; cell < TILE_CELLS; cell++) total += density[cell]!;
    for (const density of state.densities) for (let cell = 0; cell < TILE_CELLS; cell++) density[cell]! /= total;
  }
}
