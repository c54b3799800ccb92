import { usableAmounts } from "../../amounts.ts";
import type { EngineStatus } from "../../contracts.ts";
import { EstimatorError } from "../../estimator-error.ts";
import { checkTimestamp } from "../../window/transaction-check.ts";
import { firstAtLeast } from "../arrays.ts";
import { estimateOfSet } from "../static-set/estimate-posterior.ts";
import { type PosteriorOptions, timedSet } from "../static-set/posterior-options.ts";
import { smoothedSlices, type TimedSet } from "./price-smoother.ts";

/** Length of the pieces in which the price is followed; within one it moves less than 10 %. */
const PIECE_SECONDS = 7200;
/** Payments this long before and after a piece are used for it. */
const MARGIN_SECONDS = 1800;
/** Mean time from pricing a payment to its arrival. */
const LAG_SECONDS = 60;

/** Options of {@link estimatePricePath}. */
export interface PricePathOptions extends PosteriorOptions {
  timestamps: ArrayLike<number>;
}

/** The price at one moment in hindsight. */
export interface PricePathPoint {
  /** Unix seconds. */
  time: number;
  /** US dollars per bitcoin. */
  price: number;
  /** 90 % band, US dollars. */
  low: number;
  high: number;
  /** Whether the payments around that time rule out other prices; never `no_estimate`. */
  status: EngineStatus;
}

/** The price over time, from the payments before and after each moment. */
export interface PricePath {
  /** One point per about two minutes, in order of time; none where the payments give no price. */
  points: PricePathPoint[];
  /**
   * The price at a moment, interpolated linearly between the points around it.
   *
   * @param time Unix seconds
   * @returns null outside the span, or if no point is within 15 minutes
   * @throws {EstimatorError} `invalid_timestamp`
   */
  estimateAt(time: number): PricePathPoint | null;
}

/** Maximum distance from a point. */
const REACH_SECONDS = 900;

/**
 * Estimates the price over a span of time in hindsight, from the payments before and after each
 * moment (a smoother, whereas `MempoolAnalyzer` is a filter). For confirmed prices and a track
 * record. A day of 150,000 amounts takes about a second.
 *
 * @param amountsBtc output amounts in BTC in any order, as for `estimatePosterior`
 * @param options `timestamps`: arrival of each amount, Unix seconds; `from` and `to`: the span,
 *   default all timestamps
 * @throws {EstimatorError} `invalid_amount`, `invalid_timestamp` or `invalid_option`, with the name
 *   of the argument
 * @example estimatePricePath(amounts, { timestamps }).estimateAt(1_710_000_000)?.price
 */
export function estimatePricePath(amountsBtc: ArrayLike<number>, options: PricePathOptions): PricePath {
  usableAmounts(amountsBtc);
  const timed = timedSet(amountsBtc, options);
  if (timed === undefined && options.timestamps === undefined)
    throw new EstimatorError("invalid_option", "timestamps is undefined: give the time of each amount in Unix seconds");
  const points = timed === undefined ? [] : pointsOf(timed);
  return {
    points,
    estimateAt(time) {
      checkTimestamp(time, "time");
      return pointAt(points, time);
    },
  };
}

function pointsOf({ sats, timestamps, span }: TimedSet): PricePathPoint[] {
  const order = Array.from(timestamps.keys()).sort((a, b) => timestamps[a]! - timestamps[b]!);
  const times = Float64Array.from(order, (index) => timestamps[index]!);
  const amounts = Float64Array.from(order, (index) => sats[index]!);
  const pieces = Math.max(1, Math.ceil((span.to - span.from) / PIECE_SECONDS));
  const points: PricePathPoint[] = [];
  for (let piece = 0; piece < pieces; piece++) {
    const from = span.from + (piece * (span.to - span.from)) / pieces;
    const to = span.from + ((piece + 1) * (span.to - span.from)) / pieces;
    const first = firstAtLeast(times, from - MARGIN_SECONDS);
    const end = firstAtLeast(times, to + MARGIN_SECONDS);
    if (first === end) continue;
    const pieceSats = amounts.subarray(first, end);
    const { price, status } = estimateOfSet(pieceSats);
    if (price === null) continue;
    const covered = { from: times[first]!, to: Math.max(times[end - 1]!, times[first]! + 1) };
    const around = { sats: pieceSats, timestamps: times.subarray(first, end), span: covered };
    const slices = smoothedSlices(around, Math.log(price));
    const isLast = piece === pieces - 1;
    for (const slice of slices) {
      const time = slice.time - LAG_SECONDS;
      if (time >= from && (isLast ? time <= to : time < to)) points.push({ ...slice, time, status });
    }
  }
  return points;
}

function pointAt(points: readonly PricePathPoint[], time: number): PricePathPoint | null {
  const next = points.findIndex((point) => point.time >= time);
  const after = next === -1 ? undefined : points[next];
  const before = next === -1 ? points.at(-1) : points[next - 1];
  const near = [before, after].filter((point) => point !== undefined && Math.abs(point.time - time) <= REACH_SECONDS);
  const [one, other = one] = near as PricePathPoint[];
  if (one === undefined || other === undefined) return null;
  const part = other.time === one.time ? 0 : (time - one.time) / (other.time - one.time);
  const between = (from: number, to: number): number => from * (to / from) ** part;
  return {
    time,
    price: between(one.price, other.price),
    low: between(one.low, other.low),
    high: between(one.high, other.high),
    status: one.status === "ok" ? other.status : one.status,
  };
}
