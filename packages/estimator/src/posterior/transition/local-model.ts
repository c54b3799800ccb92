import { type Clarity, likelihoodInPlace } from "../likelihood/clarity.ts";
import { addVotes, LIVE_SHAPE, type PeakKernel, peakKernel, UNITS_PER_NAT } from "../likelihood/peak-kernel.ts";
import { addLaplaceSpread } from "./laplace-spread.ts";

/** Constants of a {@link LocalModel}; lengths are natural logs of the price. */
export interface LocalModelOptions {
  /** Cell of the grid, and its reach from the center. */
  step: number;
  halfWidth: number;
  /** Mean movement of the price from slice to slice at each speed, slowest first. */
  speeds: readonly number[];
  /** Widening of a slice's peaks by the movement of the price, for each speed. */
  spreads: readonly number[];
  /** Probabilities of the next faster and slower speed in the next slice. */
  faster: number;
  slower: number;
  /** Reach of a peak, sigma of the background below it, and power of the likelihood. */
  reach: number;
  background: number;
  temper: number;
  clarity: Clarity;
  /** Mean distance of an exchange's price from the prices people use. */
  noise: number;
  /** Probability per cell of a jump to it, given the density before: no path is impossible. */
  jump(density: Float64Array): number;
}

/** Probability of each price (cell) at each speed. */
export type Speeds = readonly Float64Array[];

/**
 * A hidden Markov model of the price near a center over slices of time. The price has one of
 * several speeds; the faster it moves, the wider the peaks of a slice.
 */
export class LocalModel {
  readonly cells: number;
  readonly kernels: readonly PeakKernel[];
  readonly #options: LocalModelOptions;

  constructor(options: LocalModelOptions) {
    this.#options = options;
    this.cells = 2 * Math.round(options.halfWidth / options.step) + 1;
    this.kernels = options.spreads.map((spread) => peakKernel({ ...options, spread, peakShape: LIVE_SHAPE }));
  }

  /** Natural log of the price of a cell, relative to the center. */
  offset(cell: number): number {
    return (cell - (this.cells - 1) / 2) * this.#options.step;
  }

  /** Grids of votes for each price, one for each speed. */
  noVotes(): Int32Array[] {
    return this.kernels.map(() => new Int32Array(this.cells));
  }

  addVotes(votes: readonly Int32Array[], logCenter: number, valueSats: number, sign: 1 | -1): void {
    const logFirst = logCenter + this.offset(0);
    for (let speed = 0; speed < votes.length; speed++)
      addVotes(votes[speed]!, this.kernels[speed]!, logFirst, valueSats, sign);
  }

  /** Likelihood of each price and speed. @param weights of a vote for each price, 0 to 1 */
  likelihood(votes: readonly Int32Array[], weights: Float64Array): Speeds {
    const { temper, clarity } = this.#options;
    const scale = temper / UNITS_PER_NAT;
    let highest = 0;
    const grids = votes.map((units) => {
      const nats = new Float64Array(this.cells);
      for (let cell = 0; cell < nats.length; cell++) {
        const votes = units[cell]!;
        nats[cell] = scale * (votes > 0 ? votes * weights[cell]! : votes);
        if (nats[cell]! > highest) highest = nats[cell]!;
      }
      return nats;
    });
    // The same scale for all speeds, so that their likelihoods are comparable.
    for (const nats of grids) likelihoodInPlace(nats, highest, clarity);
    return grids;
  }

  /** Every price and speed equally likely. */
  anywhere(): Speeds {
    return this.kernels.map(() => new Float64Array(this.cells).fill(1 / (this.kernels.length * this.cells)));
  }

  /** Transition to the next slice: the speed changes, then the price moves at its speed. */
  next(before: Speeds): Speeds {
    return before.map((_, to) =>
      this.#moved(
        mixed(before, (from) => this.#speedTransition(from, to)),
        to,
      ),
    );
  }

  /** The same transition backward in time. */
  previous(after: Speeds): Speeds {
    const moved = after.map((grid, speed) => this.#moved(grid, speed));
    return normalized(after.map((_, from) => mixed(moved, (to) => this.#speedTransition(from, to))));
  }

  /** Density of the exchange price. */
  exchangeDensity(speeds: Speeds): Float64Array {
    const density = new Float64Array(this.cells);
    addLaplaceSpread(
      density,
      mixed(speeds, () => 1),
      this.#options.noise / this.#options.step,
      1,
    );
    return density;
  }

  #moved(grid: Float64Array, speed: number): Float64Array {
    const { speeds, step, jump } = this.#options;
    const moved = new Float64Array(this.cells).fill(jump(grid));
    addLaplaceSpread(moved, grid, speeds[speed]! / step, 1);
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

export function product(one: Speeds, other: Speeds): Speeds {
  return one.map((grid, speed) => {
    const factors = other[speed]!;
    const products = grid.slice();
    for (let cell = 0; cell < products.length; cell++) products[cell]! *= factors[cell]!;
    return products;
  });
}

/** Scales to a sum of 1, in place. */
function normalized(speeds: Speeds): Speeds {
  let total = 0;
  for (const grid of speeds) for (let cell = 0; cell < grid.length; cell++) total += grid[cell]!;
  for (const grid of speeds) for (let cell = 0; cell < grid.length; cell++) grid[cell]! /= total;
  return speeds;
}

export function meanCell(speeds: Speeds): number {
  let mean = 0;
  for (const grid of speeds) for (let cell = 0; cell < grid.length; cell++) mean += grid[cell]! * cell;
  return mean;
}
