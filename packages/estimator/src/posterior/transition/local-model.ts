import type { FILTER } from "../filter/filter-model.ts";
import { likelihoods } from "../likelihood/clarity.ts";
import { LIVE_SHAPE, type PeakKernel, peakKernel, UNITS_PER_NAT } from "../likelihood/peak-kernel.ts";
import { Votes } from "../likelihood/votes.ts";
import { addLaplaceSpread } from "./laplace-spread.ts";

/** Probability of each price (cell) at each speed. */
export type Speeds = readonly Float64Array[];

/**
 * A hidden Markov model of the price near a center over slices of time. The price has one of
 * several speeds; the faster it moves, the wider the peaks of a slice.
 */
export class LocalModel {
  readonly cells: number;
  readonly kernels: readonly PeakKernel[];
  readonly #options: typeof FILTER.fine;

  constructor(options: typeof FILTER.fine) {
    this.#options = options;
    this.cells = 2 * Math.round(options.halfWidth / options.step) + 1;
    this.kernels = options.spreads.map((spread) => peakKernel({ ...options, spread, peakShape: LIVE_SHAPE }));
  }

  /** Natural log of the price of a cell, relative to the center. */
  offset(cell: number): number {
    return (cell - (this.cells - 1) / 2) * this.#options.step;
  }

  /** Votes for each price around a center, one grid for each speed. */
  votesAround(logCenter: number): Votes {
    const cells = this.kernels.map(() => this.cells);
    return new Votes(this.kernels, logCenter + this.offset(0), cells);
  }

  /** Likelihood of each price and speed. @param weights of a vote for each price, 0 to 1 */
  likelihood({ grids }: Votes, weights: Float64Array): Speeds {
    const nats = grids.map((units) => {
      const weighted = new Float64Array(units);
      for (let cell = 0; cell < weighted.length; cell++) {
        if (weighted[cell]! > 0) weighted[cell]! *= weights[cell]!;
        weighted[cell]! /= UNITS_PER_NAT;
      }
      return weighted;
    });
    return likelihoods(nats, this.#options.temper, this.#options.clarity);
  }

  /** Every price and speed equally likely. */
  anywhere(): Speeds {
    return this.kernels.map(() => new Float64Array(this.cells).fill(1 / (this.kernels.length * this.cells)));
  }

  /** Transition to the next slice: the speed changes, then the price moves at its speed. */
  next(before: Speeds): Speeds {
    const atNewSpeed = before.map((_, to) => mixed(before, (from) => this.#speedTransition(from, to)));
    return atNewSpeed.map((grid, speed) => this.#moved(grid, speed));
  }

  /** The same transition backward in time, of probabilities that add up to 1. */
  previous(after: Speeds): Speeds {
    const moved = after.map((grid, speed) => this.#moved(grid, speed));
    return normalized(after.map((_, from) => mixed(moved, (to) => this.#speedTransition(from, to))));
  }

  /** Density of the exchange price. */
  exchangeDensity(speeds: Speeds): Float64Array {
    const density = new Float64Array(this.cells);
    const all = mixed(speeds, () => 1);
    addLaplaceSpread(density, all, this.#options.noise / this.#options.step);
    return density;
  }

  #moved(grid: Float64Array, speed: number): Float64Array {
    const { speeds, step, uniform } = this.#options;
    const moved = new Float64Array(this.cells).fill(uniform / (speeds.length * this.cells));
    addLaplaceSpread(moved, grid, speeds[speed]! / step);
    return moved;
  }

  /** Probability of a speed in the next slice, given the speed now: the same one or a neighbor. */
  #speedTransition(from: number, to: number): number {
    const { speeds, faster, slower } = this.#options;
    if (Math.abs(from - to) > 1) return 0;
    if (to > from) return faster;
    if (to < from) return slower;
    return 1 - (from === 0 ? 0 : slower) - (from === speeds.length - 1 ? 0 : faster);
  }
}

function mixed(speeds: Speeds, weightOf: (speed: number) => number): Float64Array {
  const sum = new Float64Array(speeds[0]!.length);
  speeds.forEach((grid, speed) => {
    const weight = weightOf(speed);
    if (weight === 0) return;
    for (let cell = 0; cell < sum.length; cell++) sum[cell]! += weight * grid[cell]!;
  });
  return sum;
}

/** The densities given the likelihood, if any, too. */
export function updated(densities: Speeds, likelihood: Speeds | undefined): Speeds {
  return normalized(likelihood ? product(densities, likelihood) : densities.map((grid) => grid.slice()));
}

function product(one: Speeds, other: Speeds): Speeds {
  return one.map((grid, speed) => {
    const factors = other[speed]!;
    const products = new Float64Array(grid.length);
    for (let cell = 0; cell < products.length; cell++) products[cell] = grid[cell]! * factors[cell]!;
    return products;
  });
}

/** Scales to a sum of 1, in place. */
function normalized(speeds: Speeds): Speeds {
  let total = 0;
  for (const grid of speeds) for (let cell = 0; cell < grid.length; cell++) total += grid[cell]!;
  const scale = 1 / total;
  for (const grid of speeds) for (let cell = 0; cell < grid.length; cell++) grid[cell]! *= scale;
  return speeds;
}

export function meanCell(speeds: Speeds): number {
  let mean = 0;
  for (const grid of speeds) for (let cell = 0; cell < grid.length; cell++) mean += grid[cell]! * cell;
  return mean;
}
