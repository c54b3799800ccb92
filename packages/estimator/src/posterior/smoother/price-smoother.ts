import { isRoundBitcoin } from "../../round-bitcoin.ts";
import { quantile, sumOf } from "../arrays.ts";
import { FILTER } from "../filter/filter-model.ts";
import { LocalModel, meanCell, type Speeds, updated } from "../transition/local-model.ts";
import type { PricePathPoint } from "./estimate-price-path.ts";

/** Length of a slice; its amounts count as priced at the same time. */
const SLICE_SECONDS = 120;
const HOUR_SECONDS = 3600;
/** The local model of the filter, over longer slices, from the price of the whole set. */
const MODEL = new LocalModel({
  ...FILTER.fine,
  step: 0.0004,
  halfWidth: 0.1,
  speeds: [0.0003, 0.001, 0.0035],
  spreads: [0, 0.0008, 0.0028],
  faster: 0.05,
  slower: 0.15,
});
const ALL_VOTES = new Float64Array(MODEL.cells).fill(1);

/** Amounts with their times. */
export interface TimedSet {
  /** Whole satoshis between 1e3 and 1e13, exclusive. */
  readonly sats: Float64Array;
  /** Unix seconds; those outside the span count at its ends. */
  readonly timestamps: Float64Array;
  /** Time to average over, Unix seconds. */
  readonly span: { readonly from: number; readonly to: number };
}

/** The average of a price over time. */
export interface PathAverage {
  /** Natural log of the average, US dollars. */
  readonly logPrice: number;
  /** ln(highest / lowest price) of the span, divided by its hours. */
  readonly movementPerHour: number;
}

/**
 * Averages the price over a span of time. Each minute counts alike, however many payments it has. A
 * hidden Markov model over slices of two minutes, forward and backward, within 10 % of a price.
 *
 * @param logPrice natural log of the price of the whole set, US dollars
 */
export function averageOverTime(timed: TimedSet, logPrice: number): PathAverage {
  const offsets = smoothed(timed, logPrice).map((speeds) => MODEL.offset(meanCell(speeds)));
  const hours = Math.max(timed.span.to - timed.span.from, SLICE_SECONDS) / HOUR_SECONDS;
  return {
    logPrice: logPrice + Math.log(sumOf(offsets.map(Math.exp)) / offsets.length),
    movementPerHour: (Math.max(...offsets) - Math.min(...offsets)) / hours,
  };
}

/**
 * The price at the middle of each slice of a span of time, from the payments before and after it,
 * earliest first.
 *
 * @param logPrice natural log of a price within 10 % of all of them, US dollars
 */
export function smoothedSlices(timed: TimedSet, logPrice: number): Omit<PricePathPoint, "status">[] {
  const { from, to } = timed.span;
  const slices = smoothed(timed, logPrice).reverse();
  return slices.map((speeds, slice) => {
    const density = MODEL.exchangeDensity(speeds);
    const at = (share: number): number => Math.exp(logPrice + MODEL.offset(quantile(density, share)));
    return {
      time: from + ((slice + 0.5) * (to - from)) / slices.length,
      price: at(0.5),
      low: at(0.05),
      high: at(0.95),
    };
  });
}

/**
 * The model forward, then backward: probabilities in each slice given all payments, latest first.
 */
function smoothed(timed: TimedSet, logPrice: number): Speeds[] {
  const likelihoods = sliceLikelihoods(timed, logPrice);
  const forward: Speeds[] = [];
  for (const likelihood of likelihoods) {
    const before = forward.at(-1);
    forward.push(updated(before === undefined ? MODEL.anywhere() : MODEL.next(before), likelihood));
  }
  const slices: Speeds[] = [];
  let later = MODEL.anywhere();
  for (const likelihood of likelihoods.reverse()) {
    slices.push(updated(forward.pop()!, later));
    later = MODEL.previous(updated(later, likelihood));
  }
  return slices;
}

/** Likelihood of each price and speed, from the amounts of each slice. */
function sliceLikelihoods({ sats, timestamps, span: { from, to } }: TimedSet, logPrice: number): Speeds[] {
  const count = Math.max(1, Math.round((to - from) / SLICE_SECONDS));
  const seen = Array.from({ length: count }, () => new Set<number>());
  const votes = seen.map(() => MODEL.votesAround(logPrice));
  sats.forEach((value, i) => {
    const slice = Math.min(count - 1, Math.max(0, Math.floor(((timestamps[i]! - from) / (to - from)) * count)));
    // One exact amount counts once per slice: one actor, one vote.
    if (isRoundBitcoin(value) || seen[slice]!.has(value)) return;
    seen[slice]!.add(value);
    votes[slice]!.push(value, 1);
  });
  return votes.map((ofSlice) => MODEL.likelihood(ofSlice, ALL_VOTES));
}
