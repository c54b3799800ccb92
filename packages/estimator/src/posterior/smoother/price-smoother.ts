import { isRoundBitcoin } from "../../round-bitcoin.ts";
import { quantile, sumOf } from "../arrays.ts";
import { likelihoodInPlace } from "../likelihood/clarity.ts";
import { addVotes, LIVE_SHAPE, peakKernel, UNITS_PER_NAT } from "../likelihood/peak-kernel.ts";
import { addLaplaceSpread } from "../transition/laplace-spread.ts";
import { type SpeedChange, speedTransition } from "../transition/speed-change.ts";

/** Cell of the price axis, natural log. */
const STEP = 0.0004;
/** Maximum distance from the price of the whole set, natural log. */
const HALF_WIDTH = 0.1;
const CELLS = 2 * Math.round(HALF_WIDTH / STEP) + 1;
const MIDDLE = (CELLS - 1) / 2;
/** Length of a slice; its amounts count as priced at the same time. */
const SLICE_SECONDS = 120;
const HOUR_SECONDS = 3600;
/** Mean movement of the price from slice to slice at each of three speeds, natural log. */
const SPEEDS = [0.0003, 0.001, 0.0035] as const;
/** Probabilities of a faster or slower speed in the next slice. */
const SPEED_CHANGE: SpeedChange = { speeds: SPEEDS.length, faster: 0.05, slower: 0.15 };
/** Probability of a jump to any price, so that no path is impossible. */
const UNIFORM = 1e-7;
/** Power of the likelihood, as in the filter. */
const TEMPER = 0.5;
/** Mean distance of an exchange's price from the prices people use, natural log. */
const EXCHANGE_NOISE = 0.0003;
const CLARITY = { full: 0.75, weak: 0.2, none: 0.05 };
/** Widening of a slice's peaks by the movement of the price. */
const PEAK_SPREADS = [0, 0.0008, 0.0028];
const KERNELS = PEAK_SPREADS.map((spread) =>
  peakKernel({ step: STEP, reach: 0.03, spread, background: 0.02, peakShape: LIVE_SHAPE }),
);

/** Span of time of an average, Unix seconds. */
export interface TimeSpan {
  readonly from: number;
  readonly to: number;
}

/** The average of a price over time. */
export interface PathAverage {
  /** Natural log of the average, US dollars. */
  readonly logPrice: number;
  /** ln(highest / lowest price) of the span, divided by its hours. */
  readonly movementPerHour: number;
}

/** Probability of each price (cell) at each speed. */
type Speeds = Float64Array[];

/**
 * Averages the price over a span of time. Each minute counts alike, however many payments it has. A
 * hidden Markov model over slices of two minutes, forward and backward, within 10 % of a price.
 *
 * @param sats whole satoshis between 1e3 and 1e13, exclusive
 * @param timestamps of the same amounts, Unix seconds; those outside the span count at its ends
 * @param logPrice natural log of the price of the whole set, US dollars
 */
export function averageOverTime(
  sats: Float64Array,
  timestamps: Float64Array,
  span: TimeSpan,
  logPrice: number,
): PathAverage {
  let sum = 0;
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  let slices = 0;
  smoothSlices(sats, timestamps, span, logPrice, (speeds) => {
    const offset = (meanCell(speeds) - MIDDLE) * STEP;
    sum += Math.exp(offset);
    low = Math.min(low, offset);
    high = Math.max(high, offset);
    slices++;
  });
  const hours = Math.max(span.to - span.from, SLICE_SECONDS) / HOUR_SECONDS;
  return { logPrice: logPrice + Math.log(sum / slices), movementPerHour: (high - low) / hours };
}

/** The price in one slice of time, from the payments before and after it. */
export interface SmoothedSlice {
  /** Middle of the slice, Unix seconds. */
  readonly time: number;
  /** Natural logs of the median and of the 5 % and 95 % quantiles, US dollars. */
  readonly logPrice: number;
  readonly logLow: number;
  readonly logHigh: number;
}

/**
 * The price in each slice of a span of time, earliest first.
 *
 * @param logPrice natural log of a price within 10 % of all of them, US dollars
 */
export function smoothedSlices(
  sats: Float64Array,
  timestamps: Float64Array,
  span: TimeSpan,
  logPrice: number,
): SmoothedSlice[] {
  const slices: SmoothedSlice[] = [];
  const count = sliceCount(span);
  const density = new Float64Array(CELLS);
  smoothSlices(sats, timestamps, span, logPrice, (speeds, slice) => {
    density.fill(0);
    const both = new Float64Array(CELLS);
    for (const grid of speeds) for (let cell = 0; cell < CELLS; cell++) both[cell]! += grid[cell]!;
    addLaplaceSpread(density, both, EXCHANGE_NOISE / STEP, 1, new Float64Array(CELLS));
    const at = (share: number): number => logPrice + (quantile(density, share) - MIDDLE) * STEP;
    slices.push({
      time: span.from + ((slice + 0.5) * (span.to - span.from)) / count,
      logPrice: at(0.5),
      logLow: at(0.05),
      logHigh: at(0.95),
    });
  });
  return slices.reverse();
}

function sliceCount({ from, to }: TimeSpan): number {
  return Math.max(1, Math.round((to - from) / SLICE_SECONDS));
}

/**
 * Runs the model forward, then visits the slices backward, each with its probabilities given all
 * payments.
 */
function smoothSlices(
  sats: Float64Array,
  timestamps: Float64Array,
  span: TimeSpan,
  logPrice: number,
  visit: (speeds: Speeds, slice: number) => void,
): void {
  const likelihoods = sliceLikelihoods(sats, timestamps, span, logPrice);
  const forward: Speeds[] = [];
  let current = anywhere();
  likelihoods.forEach((likelihood, slice) => {
    if (slice > 0) current = nextSlice(current);
    current = normalized(product(current, likelihood));
    forward.push(current);
  });
  let later = anywhere();
  for (let slice = likelihoods.length - 1; slice >= 0; slice--) {
    visit(normalized(product(forward[slice]!, later)), slice);
    later = sliceBefore(product(later, likelihoods[slice]!));
  }
}

/** Likelihood of each price and speed, from the amounts of each slice. */
function sliceLikelihoods(
  sats: Float64Array,
  timestamps: Float64Array,
  { from, to }: TimeSpan,
  logPrice: number,
): Speeds[] {
  const count = sliceCount({ from, to });
  const seen = Array.from({ length: count }, () => new Set<number>());
  const votes = seen.map(() => KERNELS.map(() => new Int32Array(CELLS)));
  sats.forEach((value, i) => {
    const slice = Math.min(count - 1, Math.max(0, Math.floor(((timestamps[i]! - from) / (to - from)) * count)));
    // One exact amount counts once per slice: one actor, one vote.
    if (isRoundBitcoin(value) || seen[slice]!.has(value)) return;
    seen[slice]!.add(value);
    KERNELS.forEach((kernel, speed) => {
      addVotes(votes[slice]![speed]!, kernel, logPrice - MIDDLE * STEP, value, 1);
    });
  });
  return votes.map((grids) => {
    let highest = 0;
    for (const grid of grids) for (const units of grid) if (units > highest) highest = units;
    const scale = TEMPER / UNITS_PER_NAT;
    return grids.map((grid) => {
      const likelihood = Float64Array.from(grid, (units) => units * scale);
      // The same scale for all speeds, so that their likelihoods are comparable.
      likelihoodInPlace(likelihood, highest * scale, CLARITY);
      return likelihood;
    });
  });
}

function anywhere(): Speeds {
  return SPEEDS.map(() => new Float64Array(CELLS).fill(1 / (CELLS * SPEEDS.length)));
}

function product(one: Speeds, other: Speeds): Speeds {
  return one.map((grid, speed) => grid.map((value, cell) => value * other[speed]![cell]!));
}

/** Transition to the next slice: the speed changes, then the price moves at its speed. */
function nextSlice(before: Speeds): Speeds {
  return SPEEDS.map((_, to) =>
    movedAt(
      mixed(before, (from) => speedTransition(from, to, SPEED_CHANGE)),
      to,
    ),
  );
}

/** The same transition backward in time. */
function sliceBefore(after: Speeds): Speeds {
  const moved = after.map((grid, speed) => movedAt(grid, speed));
  return normalized(SPEEDS.map((_, from) => mixed(moved, (to) => speedTransition(from, to, SPEED_CHANGE))));
}

function mixed(speeds: Speeds, weightOf: (speed: number) => number): Float64Array {
  const sum = new Float64Array(CELLS);
  speeds.forEach((grid, speed) => {
    const weight = weightOf(speed);
    for (let cell = 0; cell < CELLS; cell++) sum[cell]! += weight * grid[cell]!;
  });
  return sum;
}

function movedAt(grid: Float64Array, speed: number): Float64Array {
  const moved = new Float64Array(CELLS).fill((UNIFORM * sumOf(grid)) / CELLS);
  addLaplaceSpread(moved, grid, SPEEDS[speed]! / STEP, 1, new Float64Array(CELLS));
  return moved;
}

function normalized(speeds: Speeds): Speeds {
  let total = 0;
  for (const grid of speeds) for (const value of grid) total += value;
  for (const grid of speeds) for (let cell = 0; cell < CELLS; cell++) grid[cell]! /= total;
  return speeds;
}

function meanCell(speeds: Speeds): number {
  let mean = 0;
  for (const grid of speeds) for (let cell = 0; cell < CELLS; cell++) mean += grid[cell]! * cell;
  return mean;
}
