import type { PriceEstimate } from "../contracts.ts";
import { type EarlierPrice, isStillPaid } from "./earlier-price.ts";
import { addLaplaceSpread } from "./laplace-step.ts";
import { COARSE_CELLS, coarseLogPrice } from "./price-block.ts";
import { type PriceTile, type SpeedDensities, TILE_CELLS } from "./price-tile.ts";
import type { Rivalry } from "./rival-price.ts";
import type { PeakCount } from "./round-amount-census.ts";
import { TRACKING } from "./tracking-model.ts";

const { aheadSlices, noise, step } = TRACKING.fine;
const { leastEvidence, okWithin, okMass, leastPeaks, peakMargin } = TRACKING.status;
const { cold, rival } = TRACKING;
/** The error that `confidence` speaks of: it is the probability that the price is this close to the truth. */
const CONFIDENCE_WITHIN = 0.03;
const INTERVAL_TAIL = 0.05;

/** By how many outputs the price leads while the window is young. */
export interface ColdSupport {
  /** The best price that is no alias. */
  overRival: number;
  overAlias: number;
}

/** What the chains found at the moment of asking. */
export interface Located {
  tile: PriceTile;
  /** Within the tile. */
  densities: SpeedDensities;
  /** Of the last three hours. */
  peaks: PeakCount;
  /** Null once the window reaches back far enough. */
  cold: ColdSupport | null;
  /** Of the last half hour. */
  rivalry: Rivalry;
  /** Of half an hour ago and more. */
  earlier: readonly EarlierPrice[];
  /** Of each price of the whole range. */
  posterior: Float64Array;
  windowPrice: number | null;
}

/** Median, 90 % interval and status: the shape from the tile, the mass in and around it from the whole range. */
export function publishEstimate({
  tile,
  densities,
  peaks,
  cold: support,
  rivalry,
  earlier,
  posterior,
  windowPrice,
}: Located): PriceEstimate {
  const density = exchangeDensity(tile, densities);
  const { below, inside } = massAround(posterior, tile);
  const total = density.reduce((sum, value) => sum + value, 0);
  const scale = inside / total;
  const logPrice = tile.logPrice(quantile(density, total / 2));
  const massWithin = (reach: number): number => {
    let mass = 0;
    for (let cell = 0; cell < TILE_CELLS; cell++)
      if (Math.abs(tile.logPrice(cell) - logPrice) <= reach) mass += density[cell]!;
    return Math.min(1, mass * scale);
  };
  const confidence = massWithin(CONFIDENCE_WITHIN);
  if (confidence < leastEvidence)
    return { price: null, interval: null, confidence: 0, status: "no_estimate", windowPrice: null };
  const contested = isContested(rivalry);
  const left = earlier.filter((price) => isStillPaid(price, logPrice));
  const unambiguous = isNoAlias(peaks) && isSupported(support) && !contested && left.length === 0;
  const others = [...(contested ? [rivalry.logRival] : []), ...left.map((price) => price.logPrice)];
  const logPriceAt = (share: number): number => {
    if (share <= below || share >= below + inside) return coarseLogPrice(quantile(posterior, share));
    return tile.logPrice(quantile(density, (share - below) / scale));
  };
  return {
    price: Math.exp(logPrice),
    interval: {
      low: Math.exp(Math.min(logPrice, logPriceAt(INTERVAL_TAIL), ...others)),
      high: Math.exp(Math.max(logPrice, logPriceAt(1 - INTERVAL_TAIL), ...others)),
    },
    confidence: unambiguous
      ? confidence
      : confidence * Math.min(shareAgainstAlias(peaks), shareAgainstRival(rivalry), left.length === 0 ? 1 : 0.5),
    status: unambiguous && massWithin(okWithin) >= okMass ? "ok" : "low_confidence",
    windowPrice,
  };
}

/** Whether enough round amounts stand out, clearly more than at any other price that would explain some of them. */
function isNoAlias({ atPrice, atBestAlias }: PeakCount): boolean {
  return atPrice >= leastPeaks && atPrice >= atBestAlias + peakMargin;
}

/** Whether more payments support the price of a young window than a forger is assumed to send. */
function isSupported(support: ColdSupport | null): boolean {
  return support === null || (support.overRival >= cold.payments && support.overAlias >= cold.paymentsOverAlias);
}

/** At most one half, for then the alias is as good. */
function shareAgainstAlias({ atPrice, atBestAlias }: PeakCount): number {
  return (atPrice + 1) / (atPrice + 1 + Math.max(atPrice, atBestAlias) + 1);
}

/** Whether a good part of the newest payments points at quite another price. */
function isContested({ atPrice, atRival }: Rivalry): boolean {
  return atRival >= rival.least && atRival >= rival.share * atPrice;
}

function shareAgainstRival({ atPrice, atRival }: Rivalry): number {
  return atRival < rival.least ? 1 : atPrice / (atPrice + atRival);
}

/** Density of the exchange price now: the newest payments were priced a little while ago, and exchanges differ. */
function exchangeDensity(tile: PriceTile, densities: SpeedDensities): Float64Array {
  const current = tile.ahead(densities, aheadSlices);
  const sum = new Float64Array(TILE_CELLS);
  for (const speed of current) for (let cell = 0; cell < TILE_CELLS; cell++) sum[cell]! += speed[cell]!;
  const density = new Float64Array(TILE_CELLS);
  addLaplaceSpread(density, sum, noise / step, 1, new Float64Array(TILE_CELLS));
  return density;
}

function massAround(posterior: Float64Array, tile: PriceTile): { below: number; inside: number } {
  const low = tile.logPrice(0);
  const high = tile.logPrice(TILE_CELLS - 1);
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
