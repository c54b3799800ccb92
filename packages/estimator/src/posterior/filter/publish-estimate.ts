import type { PriceEstimate, PriceSupport } from "../../contracts.ts";
import { addLaplaceSpread } from "../transition/laplace-spread.ts";
import { FILTER } from "./filter-model.ts";
import { LOCAL_CELLS, type LocalPriceFilter, type SpeedDensities } from "./local-price-filter.ts";
import type { PeakCount } from "./round-amount-census.ts";
import { COARSE_CELLS, coarseLogPrice } from "./time-slice.ts";

const { aheadMinutes, noise, step } = FILTER.fine;
const { leastEvidence, okWithin, okMass, leastPeaks, peakMargin } = FILTER.status;
const { alias } = FILTER;
/** `confidence` is the probability that the relative error of the price is at most this, natural log. */
const CONFIDENCE_WITHIN = 0.03;
const INTERVAL_TAIL = 0.05;
/**
 * Maximum distance of the interval's bounds from the price, natural log. The interval includes other prices up to there;
 * `PriceSupport.otherPrices` also has those farther away.
 */
const INTERVAL_REACH = 0.4;

/** Output of the filters at the time of the estimate. */
export interface Located {
  local: LocalPriceFilter;
  /** Within the local filter. */
  densities: SpeedDensities;
  /** Of the last three hours. */
  peaks: PeakCount;
  /** ln of the other prices that the payments do not rule out, given the price. */
  rivalsOf(logPrice: number): number[];
  /** Of each price of the whole range. */
  posterior: Float64Array;
  windowPrice: number | null;
}

/** The density of the price now, and the probability of the whole range around it. */
interface LocalDensity {
  readonly density: Float64Array;
  readonly total: number;
  readonly below: number;
  readonly inside: number;
  readonly logPrice: number;
}

/**
 * Price (median), 90 % interval and status. The local filter gives the shape of the density; the filter of the whole range
 * gives the probability inside and below it.
 */
export function publishEstimate(located: Located): PriceEstimate {
  const { local, peaks, rivalsOf, posterior, windowPrice } = located;
  const { density, total, below, inside, logPrice } = localDensity(located);
  const scale = inside / total;
  const massWithin = (reach: number): number => {
    let mass = 0;
    for (let cell = 0; cell < LOCAL_CELLS; cell++)
      if (Math.abs(local.logPrice(cell) - logPrice) <= reach) mass += density[cell]!;
    return Math.min(1, mass * scale);
  };
  const confidence = massWithin(CONFIDENCE_WITHIN);
  if (confidence < leastEvidence)
    return { price: null, interval: null, confidence: 0, status: "no_estimate", windowPrice: null };
  const rivals = rivalsOf(logPrice);
  const near = rivals.filter((rival) => Math.abs(rival - logPrice) <= INTERVAL_REACH);
  const logPriceAt = (share: number): number => {
    if (share <= below || share >= below + inside) return coarseLogPrice(quantile(posterior, share));
    return local.logPrice(quantile(density, (share - below) / scale));
  };
  const isOk =
    isNoAlias(peaks) &&
    rivals.length === 0 &&
    forgeablePayments(peaks) >= requiredPayments(peaks) &&
    massWithin(okWithin) >= okMass;
  const within = (logBound: number): number =>
    Math.max(logPrice - INTERVAL_REACH, Math.min(logPrice + INTERVAL_REACH, logBound));
  return {
    price: Math.exp(logPrice),
    interval: {
      low: Math.exp(Math.min(logPrice, within(logPriceAt(INTERVAL_TAIL)), ...near)),
      high: Math.exp(Math.max(logPrice, within(logPriceAt(1 - INTERVAL_TAIL)), ...near)),
    },
    confidence: confidence * (isNoAlias(peaks) ? 1 : shareAgainstAlias(peaks)) * (near.length === 0 ? 1 : 0.5),
    status: isOk ? "ok" : "low_confidence",
    windowPrice,
  };
}

/** How many forged payments could have made the price, and which other prices are not ruled out. */
export function priceSupport(located: Located): PriceSupport {
  const { logPrice } = localDensity(located);
  return {
    forgeablePayments: forgeablePayments(located.peaks),
    requiredPayments: requiredPayments(located.peaks),
    otherPrices: located.rivalsOf(logPrice).map(Math.exp),
  };
}

function localDensity({ local, densities, posterior }: Located): LocalDensity {
  const density = exchangeDensity(local, densities);
  const { below, inside } = massAround(posterior, local);
  const total = density.reduce((sum, value) => sum + value, 0);
  return { density, total, below, inside, logPrice: local.logPrice(quantile(density, total / 2)) };
}

/** Whether enough round amounts have a peak at the price, and clearly more than at its best alias. */
function isNoAlias({ atPrice, atBestAlias }: PeakCount): boolean {
  return atPrice >= leastPeaks && atPrice >= atBestAlias + peakMargin;
}

/**
 * Minimum number of forged payments that could make this price lead a true alias. Genuine payments would give the true
 * price a lead of at least `leadShare` of their number, which forged ones must overcome first.
 */
function forgeablePayments({ outputsAtPrice, outputsAtBestAlias, amounts }: PeakCount): number {
  const lead = outputsAtPrice - outputsAtBestAlias;
  return Math.max(0, Math.floor((lead + alias.leadShare * amounts) / (1 + alias.leadShare)));
}

/** Maximum number of payments that a forger is assumed to send. */
function requiredPayments({ amounts }: PeakCount): number {
  return Math.max(alias.payments, Math.ceil(alias.share * amounts));
}

/** Probability of the price against its best alias, at most one half: called only if the alias is not ruled out. */
function shareAgainstAlias({ atPrice, atBestAlias }: PeakCount): number {
  return (atPrice + 1) / (atPrice + 1 + Math.max(atPrice, atBestAlias) + 1);
}

/**
 * Density of the exchange price now. Adds the movement since the newest payments were priced, and the difference between
 * exchanges.
 */
function exchangeDensity(local: LocalPriceFilter, densities: SpeedDensities): Float64Array {
  const current = local.ahead(densities, aheadMinutes);
  const sum = new Float64Array(LOCAL_CELLS);
  for (const speed of current) for (let cell = 0; cell < LOCAL_CELLS; cell++) sum[cell]! += speed[cell]!;
  const density = new Float64Array(LOCAL_CELLS);
  addLaplaceSpread(density, sum, noise / step, 1, new Float64Array(LOCAL_CELLS));
  return density;
}

function massAround(posterior: Float64Array, local: LocalPriceFilter): { below: number; inside: number } {
  const low = local.logPrice(0);
  const high = local.logPrice(LOCAL_CELLS - 1);
  let below = 0;
  let inside = 0;
  for (let cell = 0; cell < COARSE_CELLS; cell++) {
    const logPrice = coarseLogPrice(cell);
    if (logPrice < low) below += posterior[cell]!;
    else if (logPrice <= high) inside += posterior[cell]!;
  }
  return { below, inside };
}

/** Position in cells below which the given mass lies. */
function quantile(density: Float64Array, mass: number): number {
  let sum = 0;
  for (let cell = 0; cell < density.length; cell++) {
    const next = sum + density[cell]!;
    if (next >= mass) return cell - 0.5 + (mass - sum) / density[cell]!;
    sum = next;
  }
  return density.length - 1;
}
