import { likelihoodInPlace } from "../likelihood/clarity.ts";
import { addVotes, LIVE_SHAPE, peakKernel, UNITS_PER_NAT } from "../likelihood/peak-kernel.ts";
import { addLaplaceSpread } from "../transition/laplace-spread.ts";
import { type SpeedChange, speedTransition } from "../transition/speed-change.ts";
import { FILTER } from "./filter-model.ts";
import { fadePastPrices, voteWeights } from "./late-payments.ts";
import type { MinutePayments } from "./minute-payments.ts";
import { ObservedTime } from "./observed-time.ts";
import { PendingAmounts } from "./pending-amounts.ts";
import { CENSUS_SIZE, countPeaks, type PeakCount, takeCensus } from "./round-amount-census.ts";

const model = FILTER.fine;
export const LOCAL_CELLS: number = 2 * Math.round(model.halfWidth / model.step) + 1;
const MIDDLE = (LOCAL_CELLS - 1) / 2;
/**
 * Step of a census's price, natural log. Coarse, so that a census rarely changes when the chain
 * starts at a later minute.
 */
const CENSUS_STEP = 0.0005;
const SPEEDS = model.speeds.length;
const SPEED_CHANGE: SpeedChange = { speeds: SPEEDS, faster: model.faster, slower: model.slower };
const kernels = model.spreads.map((spread) =>
  peakKernel({ step: model.step, reach: model.reach, spread, background: model.background, peakShape: LIVE_SHAPE }),
);

/** Probability of each price (cell) at each speed. */
export type SpeedDensities = readonly Float64Array[];

/** The payments of each minute of time. */
export interface MinuteAmounts {
  get(minute: number): MinutePayments | undefined;
}

/** Votes of a minute's amounts for each price, one grid for each speed. */
interface MinuteVotes {
  readonly grids: Int32Array[];
  readonly queue: PendingAmounts;
}

interface MinuteState {
  readonly densities: SpeedDensities;
  /** Probability of each price in earlier minutes, fading with age. */
  readonly past: Float64Array;
  /**
   * Census at this minute's price, in steps of `CENSUS_STEP`; undefined after its amounts changed.
   */
  census: Int32Array | undefined;
  censusStep: number;
}

function grids(): Float64Array[] {
  return kernels.map(() => new Float64Array(LOCAL_CELLS));
}

/**
 * Places the price now within ±6 % of a center. A hidden Markov model over minutes, with three
 * speeds of the price; the faster it moves, the wider the peaks of a minute. Results of past
 * minutes are kept until one of their amounts changes.
 */
export class LocalPriceFilter {
  /** ln of the price at the center. */
  readonly center: number;
  readonly #votes = new Map<number, MinuteVotes>();
  readonly #states = new Map<number, MinuteState>();
  #firstMinute = Number.NaN;
  /** States up to and including this minute are valid. */
  #validThrough = Number.NEGATIVE_INFINITY;
  /** Minute of the prediction below: while it fills, only its own amounts are new. */
  #predictedMinute = Number.NaN;
  readonly #predicted = grids();
  readonly #observed = new ObservedTime();
  /** Census of the minutes from the first to this one. */
  #countedThrough = Number.NaN;
  readonly #counted = new Int32Array(CENSUS_SIZE);
  /** Evidence of that census; undefined before the first one. */
  #peaks: PeakCount | undefined;
  readonly #likelihood = new Float64Array(LOCAL_CELLS);
  readonly #weights = new Float64Array(LOCAL_CELLS);
  readonly #scratch = new Float64Array(LOCAL_CELLS);
  readonly #mixed = new Float64Array(LOCAL_CELLS);

  constructor(center: number) {
    this.center = center;
  }

  logPrice(cell: number): number {
    return this.center + (cell - MIDDLE) * model.step;
  }

  /** Adds an amount to a minute (1) or removes it (-1). */
  vote(minute: number, valueSats: number, sign: 1 | -1): void {
    this.#votes.get(minute)?.queue.push(valueSats, sign);
    const state = this.#states.get(minute);
    if (state !== undefined) state.census = undefined;
    this.#forget(minute);
  }

  /** Invalidates the census of a minute whose amounts are unchanged. */
  recount(minute: number): void {
    const state = this.#states.get(minute);
    if (state !== undefined) state.census = undefined;
    if (minute >= this.#firstMinute && minute <= this.#countedThrough) this.#countedThrough = Number.NaN;
  }

  /** Deletes a minute without amounts. */
  drop(minute: number): void {
    this.#votes.delete(minute);
    this.#forget(minute);
  }

  /** The probability of each speed and price at `minute`, from the minutes since `firstMinute`. */
  densities(firstMinute: number, minute: number, amounts: MinuteAmounts): SpeedDensities {
    if (firstMinute !== this.#firstMinute) this.#startAt(firstMinute);
    for (let next = Math.max(this.#validThrough + 1, firstMinute); next <= minute; next++) {
      let state = this.#states.get(next);
      if (state === undefined) {
        state = { densities: grids(), past: new Float64Array(LOCAL_CELLS), census: undefined, censusStep: 0 };
        this.#states.set(next, state);
      }
      if (next !== this.#predictedMinute) this.#predict(next, state);
      state.densities.forEach((density, speed) => {
        density.set(this.#predicted[speed]!);
      });
      this.#observe(state, this.#votesOf(next, amounts));
      this.#validThrough = next;
    }
    return this.#states.get(minute)!.densities;
  }

  /** Census from `firstMinute` to before `minute`, at the prices and at their aliases. */
  peaks(firstMinute: number, minute: number, amounts: MinuteAmounts): PeakCount {
    this.densities(firstMinute, minute, amounts);
    if (this.#peaks !== undefined && this.#countedThrough === minute - 1) return this.#peaks;
    if (!(this.#countedThrough < minute)) {
      this.#counted.fill(0);
      this.#observed.clear();
      this.#countedThrough = firstMinute - 1;
    }
    for (let next = this.#countedThrough + 1; next < minute; next++) {
      const held = amounts.get(next);
      if (held === undefined) continue;
      this.#observed.add(next);
      const state = this.#states.get(next)!;
      const step = Math.round(this.#meanLogPrice(state.densities) / CENSUS_STEP);
      if (state.census === undefined || state.censusStep !== step) {
        state.census = takeCensus(held, step * CENSUS_STEP);
        state.censusStep = step;
      }
      for (let entry = 0; entry < CENSUS_SIZE; entry++) this.#counted[entry]! += state.census[entry]!;
    }
    this.#countedThrough = minute - 1;
    this.#peaks = countPeaks(this.#counted, this.#observed.share(firstMinute, minute));
    return this.#peaks;
  }

  #meanLogPrice(densities: SpeedDensities): number {
    let sum = 0;
    for (const density of densities) for (let cell = 0; cell < LOCAL_CELLS; cell++) sum += cell * density[cell]!;
    return this.logPrice(sum);
  }

  /** The densities a minute later without further amounts. */
  ahead(densities: SpeedDensities): SpeedDensities {
    const next = grids();
    this.#step(densities, next);
    return next;
  }

  #startAt(firstMinute: number): void {
    this.#firstMinute = firstMinute;
    this.#validThrough = firstMinute - 1;
    this.#predictedMinute = Number.NaN;
    this.#countedThrough = Number.NaN;
    for (const old of this.#states.keys()) if (old < firstMinute) this.#states.delete(old);
    for (const old of this.#votes.keys()) if (old < firstMinute) this.#votes.delete(old);
  }

  #forget(minute: number): void {
    if (minute < this.#firstMinute) return;
    if (minute <= this.#validThrough) this.#validThrough = minute - 1;
    if (minute < this.#predictedMinute) this.#predictedMinute = Number.NaN;
    if (minute <= this.#countedThrough) this.#countedThrough = Number.NaN;
  }

  #addVotes(votes: Int32Array[], valueSats: number, sign: 1 | -1): void {
    kernels.forEach((kernel, speed) => {
      addVotes(votes[speed]!, kernel, this.logPrice(0), valueSats, sign);
    });
  }

  #votesOf(minute: number, amounts: MinuteAmounts): Int32Array[] | undefined {
    const known = this.#votes.get(minute);
    if (known !== undefined) {
      known.queue.settle();
      return known.grids;
    }
    const held = amounts.get(minute);
    if (held === undefined) return undefined;
    const votes = kernels.map(() => new Int32Array(LOCAL_CELLS));
    held.amounts.forEach((valueSats) => {
      this.#addVotes(votes, valueSats, 1);
    });
    const queue = new PendingAmounts((valueSats, sign) => this.#addVotes(votes, valueSats, sign));
    this.#votes.set(minute, { grids: votes, queue });
    return votes;
  }

  /** Prediction for a minute before its own amounts, with the weight of a vote for each price. */
  #predict(minute: number, state: MinuteState): void {
    if (minute === this.#firstMinute) {
      for (const density of this.#predicted) density.fill(1 / (SPEEDS * LOCAL_CELLS));
      state.past.fill(1 / LOCAL_CELLS);
    } else {
      const before = this.#states.get(minute - 1)!;
      fadePastPrices(before.past, before.densities, state.past);
      this.#step(before.densities, this.#predicted);
    }
    voteWeights(state.past, this.#weights, this.#scratch);
    this.#predictedMinute = minute;
  }

  /** Transition to the next minute: the speed changes, then the price moves at its speed. */
  #step(before: SpeedDensities, into: SpeedDensities): void {
    const mixed = this.#mixed;
    for (let speed = 0; speed < SPEEDS; speed++) {
      mixed.fill(0);
      for (let from = Math.max(0, speed - 1); from <= Math.min(SPEEDS - 1, speed + 1); from++) {
        const weight = speedTransition(from, speed, SPEED_CHANGE);
        const source = before[from]!;
        for (let cell = 0; cell < LOCAL_CELLS; cell++) mixed[cell]! += weight * source[cell]!;
      }
      into[speed]!.fill(model.uniform / (SPEEDS * LOCAL_CELLS));
      addLaplaceSpread(into[speed]!, mixed, model.speeds[speed]! / model.step, 1, this.#scratch);
    }
  }

  #observe(state: MinuteState, votes: Int32Array[] | undefined): void {
    if (votes !== undefined) {
      const weights = this.#weights;
      const likelihood = this.#likelihood;
      // The same scale for all speeds, so that their likelihoods are comparable.
      let highest = 0;
      for (const grid of votes)
        for (let cell = 0; cell < LOCAL_CELLS; cell++) highest = Math.max(highest, grid[cell]! * weights[cell]!);
      highest *= model.temper / UNITS_PER_NAT;
      for (let speed = 0; speed < SPEEDS; speed++) {
        const grid = votes[speed]!;
        for (let cell = 0; cell < LOCAL_CELLS; cell++) {
          const units = grid[cell]!;
          likelihood[cell] = ((units > 0 ? units * weights[cell]! : units) / UNITS_PER_NAT) * model.temper;
        }
        likelihoodInPlace(likelihood, highest, model.clarity);
        const density = state.densities[speed]!;
        for (let cell = 0; cell < LOCAL_CELLS; cell++) density[cell]! *= likelihood[cell]!;
      }
    }
    let total = 0;
    for (const density of state.densities) for (let cell = 0; cell < LOCAL_CELLS; cell++) total += density[cell]!;
    for (const density of state.densities) for (let cell = 0; cell < LOCAL_CELLS; cell++) density[cell]! /= total;
  }
}
