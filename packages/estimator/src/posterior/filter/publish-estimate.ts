import type { PriceEstimate, PriceSupport } from "../../contracts.ts";
import { quantile, sumOf } from "../arrays.ts";
import type { Speeds } from "../transition/local-model.ts";
import { FILTER } from "./filter-model.ts";
import { LOCAL_MODEL, type LocalPriceFilter } from "./local-price-filter.ts";
import type { PriceLevel } from "./price-level-filter.ts";
import type { PeakCount } from "./round-amount-census.ts";
import { coarseCell } from "./time-slice.ts";

const { leastEvidence, okWithin, okMass, leastPeaks, peakMargin } = FILTER.status;
const { interval } = FILTER;
/** Maximum relative error of the price, natural log, whose probability is `confidence`. */
const CONFIDENCE_WITHIN = 0.03;
const INTERVAL_TAIL = 0.05;
/** Maximum confidence in a price while another one is not ruled out. */
const CONFIDENT_WITH_RIVALS = 0.9;

/** Output of the filters at the time of the estimate. */
export interface Located {
  readonly level: PriceLevel;
  readonly local: LocalPriceFilter;
  /** Within the local filter. */
  readonly densities: Speeds;
  /** Of the last three hours. */
  readonly peaks: PeakCount;
}

/**
 * Price (median), 90 % interval and status. The local filter gives the shape of the density, the
 * coarse filter the probability inside. The interval is that of the likelier price; others are in
 * {@link PriceSupport.otherPrices}.
 */
export function publishEstimate({ level, local, densities, peaks }: Located): PriceEstimate {
  const density = exchangeDensity(densities);
  const at = (share: number): number => local.logPrice(quantile(density, share));
  const logPrice = at(0.5);
  const total = sumOf(density);
  const inside = massInside(level.posterior, local);
  const massWithin = (reach: number): number => {
    let mass = 0;
    for (let cell = 0; cell < density.length; cell++)
      if (Math.abs(local.logPrice(cell) - logPrice) <= reach) mass += density[cell]!;
    return Math.min(1, (mass * inside) / total);
  };
  const mass = massWithin(CONFIDENCE_WITHIN);
  if (mass < leastEvidence)
    return { price: null, interval: null, confidence: 0, status: "no_estimate", windowPrice: null };
  const hasRivals = level.rivalsOf(logPrice).length > 0;
  const isOk = isNoAlias(peaks) && !hasRivals && peaks.forgeable >= peaks.forged && massWithin(okWithin) >= okMass;
  const confidence = mass * (isNoAlias(peaks) ? 1 : shareAgainstAlias(peaks));
  const reach = intervalReach(level.movement);
  return {
    price: Math.exp(logPrice),
    interval: {
      low: Math.exp(logPrice - reach * (logPrice - at(INTERVAL_TAIL))),
      high: Math.exp(logPrice + reach * (at(1 - INTERVAL_TAIL) - logPrice)),
    },
    confidence: hasRivals ? Math.min(CONFIDENT_WITH_RIVALS, confidence) : confidence,
    status: isOk ? "ok" : "low_confidence",
    windowPrice: level.windowPrice,
  };
}

/**
 * Width of the interval over the density's: the faster the price moves, the farther it is from the
 * newest payments' prices.
 */
function intervalReach(movement: number | null): number {
  if (movement === null) return 1;
  return Math.min(interval.widest, interval.calm + interval.perMovement * movement);
}

/** How many forged payments could have made the price, and which other prices are not ruled out. */
export function priceSupport({ level, local, densities, peaks }: Located): PriceSupport {
  const logPrice = local.logPrice(quantile(exchangeDensity(densities), 0.5));
  return {
    forgeablePayments: peaks.forgeable,
    requiredPayments: peaks.forged,
    otherPrices: level.rivalsOf(logPrice).map(Math.exp),
  };
}

/**
 * Density of the exchange price now. Adds the movement since the newest payments were priced, and
 * the difference between exchanges.
 */
function exchangeDensity(densities: Speeds): Float64Array {
  return LOCAL_MODEL.exchangeDensity(LOCAL_MODEL.next(densities));
}

/** Whether enough round amounts have a peak at the price, and more than at its best alias. */
function isNoAlias({ atPrice, atBestAlias }: PeakCount): boolean {
  return atPrice >= leastPeaks && atPrice >= atBestAlias + peakMargin;
}

/**
 * Probability of the price against its best alias, at most one half: called only if the alias is
 * not ruled out.
 */
function shareAgainstAlias({ atPrice, atBestAlias }: PeakCount): number {
  return (atPrice + 1) / (atPrice + 1 + Math.max(atPrice, atBestAlias) + 1);
}

/** Probability that the price is within the local filter. */
function massInside(posterior: Float64Array, local: LocalPriceFilter): number {
  const first = coarseCell(local.logPrice(0));
  const last = coarseCell(local.logPrice(LOCAL_MODEL.cells - 1));
  return sumOf(posterior.subarray(first, last + 1));
}
