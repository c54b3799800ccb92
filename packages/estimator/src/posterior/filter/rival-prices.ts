import { LADDER } from "../likelihood/ladder.ts";
import { FILTER } from "./filter-model.ts";
import { ALIAS_FACTORS, assumedForgeries } from "./round-amount-census.ts";
import { COARSE_CELLS, coarseLogPrice, type TimeSlice } from "./time-slice.ts";

const {
  mostAgainst,
  mostBackground,
  band,
  flankFrom,
  flankTo,
  near,
  spans,
  widest,
  recent,
  movementShare,
  movementQuantile,
  recentSpan,
  medianReach,
  usualMedianUsd,
  popularity,
  nats,
} = FILTER.rivals;

/** Bin of the axis of ln(satoshis). */
const BIN = 0.001;
const LOG_FIRST = Math.log(1e3);
const BINS = Math.ceil(Math.log(1e10) / BIN);
const LOG_SATS_PER_BTC = Math.log(1e8);
const BAND = Math.round(band / BIN);
const FLANK_FROM = Math.round((flankFrom - band) / BIN);
const FLANK_TO = Math.round((flankTo - band) / BIN);
const FLANK_BINS = FLANK_TO - FLANK_FROM + 1;
const LOG_USUAL_MEDIAN_USD = Math.log(usualMedianUsd);
const LOG_MEDIAN_REACH = Math.log(medianReach);

/** The dollar amounts whose absence counts: every set of payments shows them. */
const COMMON = LADDER.filter((amount) => amount.common);
/** Shares by bins from ln($0.1), for each further reach. */
const SHARE_AT: Float64Array[] = [];
const LOG_USD_FIRST = Math.log(0.1);
const COMMON_LOG_USD = COMMON.map(({ usd }) => Math.log(usd));

const LOG_ALIAS_FACTORS = ALIAS_FACTORS.map(Math.log);

export function amountBin(valueSats: number): number {
  return Math.min(BINS - 1, Math.max(0, Math.round((Math.log(valueSats) - LOG_FIRST) / BIN)));
}

/** Amounts of the newest slices, as running sums over {@link BIN}s. */
interface Span {
  readonly sums: Int32Array;
  readonly amounts: number;
  /** Bins on either side of a dollar amount in which the payments at a recent price lie; null: too far away. */
  readonly recentBand: number | null;
}

interface Candidate {
  /** ln of the price. */
  readonly rival: number;
  /** Whether a price near it was published in the window. */
  readonly isRecent: boolean;
}

/**
 * Which other prices the payments do not rule out. Payments can be forged but not hidden: if another price were true, its
 * own payments would be there, whatever was sent besides. A price is ruled out when the payments that it would have left
 * are missing in one of several spans of time that end now. A forged payment has two outputs.
 *
 * A price near one that was published a while ago is the true one if the newest payments are forged. It may have moved in
 * the span, so its payments are looked for as far around it as prices moved in the window, and in short spans only.
 */
export class RivalPrices {
  #spans: Span[] = [];
  /** ln of the price of each slice that has one. */
  #path: (number | null)[] = [];
  #forged = 0;
  /** ln of the median amount in bitcoin. */
  #logMedian = 0;
  /** Those whose payments are not plainly missing; the others are ruled out whatever the price is. */
  #candidates: Candidate[] = [];
  /** What is left at a price, for all prices of one bin. */
  #remaining: readonly number[] = [];
  #bin = Number.NaN;
  #from = Number.NaN;
  #end = Number.NaN;

  /** A slice has changed. */
  forget(slice: number): void {
    if (slice >= this.#from && slice < this.#end) this.#end = Number.NaN;
  }

  /**
   * @param prices of the slices, US dollars; null where it is unsure which price it is
   * @param endSlice the first slice that does not count: the one that is still filling
   * @returns ln of each price, farther than `near` away, that is not ruled out
   */
  remaining(
    slices: ReadonlyMap<number, TimeSlice>,
    prices: ReadonlyMap<number, number | null>,
    firstSlice: number,
    endSlice: number,
    logPrice: number,
  ): readonly number[] {
    if (firstSlice !== this.#from || endSlice !== this.#end) this.#read(slices, prices, firstSlice, endSlice);
    const bin = Math.round(logPrice / BIN);
    if (bin !== this.#bin) {
      this.#bin = bin;
      this.#remaining = this.#remainingAt(bin * BIN);
    }
    return this.#remaining;
  }

  #remainingAt(logPrice: number): number[] {
    return this.#candidates
      .filter(
        ({ rival }) =>
          Math.abs(rival - logPrice) > near &&
          !LOG_ALIAS_FACTORS.some((factor) => Math.abs(rival - logPrice - factor) <= near),
      )
      .filter((candidate) => !this.#isMissing(candidate, logPrice))
      .map(({ rival }) => rival);
  }

  #isMissing({ rival, isRecent }: Candidate, logPrice: number | null): boolean {
    return this.#spans.some((span) => {
      const reach = isRecent ? span.recentBand : BAND;
      return reach !== null && missing(span, reach, rival, logPrice, this.#forged) >= nats;
    });
  }

  #read(
    slices: ReadonlyMap<number, TimeSlice>,
    prices: ReadonlyMap<number, number | null>,
    firstSlice: number,
    endSlice: number,
  ): void {
    this.#from = firstSlice;
    this.#end = endSlice;
    this.#bin = Number.NaN;
    this.#path = Array.from({ length: endSlice - firstSlice }, (_, index) => {
      const price = prices.get(firstSlice + index) ?? null;
      return price === null ? null : Math.log(price);
    });
    this.#spans = [];
    const counts = new Int32Array(BINS);
    let amounts = 0;
    let slice = endSlice - 1;
    for (const length of spans) {
      for (; slice >= Math.max(firstSlice, endSlice - length); slice--)
        slices.get(slice)?.forEachAmount((valueSats) => {
          counts[amountBin(valueSats)]!++;
          amounts++;
        });
      this.#spans.push({ sums: runningSums(counts), amounts, recentBand: this.#recentBand(length) });
      if (slice < firstSlice) break;
    }
    this.#forged = assumedForgeries(amounts);
    this.#logMedian = LOG_FIRST + BIN * medianBin(counts, amounts) - LOG_SATS_PER_BTC;
    this.#candidates = [];
    for (let cell = 0; cell < COARSE_CELLS; cell++) {
      const rival = coarseLogPrice(cell);
      if (!this.#isPlausible(rival)) continue;
      const isRecent = this.#path.some((price) => price !== null && Math.abs(price - rival) <= recent);
      const candidate = { rival, isRecent };
      if (!this.#isMissing(candidate, null)) this.#candidates.push(candidate);
    }
  }

  #recentBand(length: number): number | null {
    if (length > recentSpan) return null;
    const reach = movementShare * this.#movementOver(length);
    return reach > widest ? null : Math.max(BAND, Math.ceil(reach / BIN));
  }

  /** How far the price mostly moved at most over any that many slices, natural log. */
  #movementOver(length: number): number {
    const ranges: number[] = [];
    for (let end = length; end <= this.#path.length; end++) {
      const known = this.#path.slice(end - length, end).filter((price) => price !== null);
      if (known.length > 0) ranges.push(Math.max(...known) - Math.min(...known));
    }
    return ranges.sort((a, b) => a - b)[Math.floor(movementQuantile * ranges.length)] ?? 0;
  }

  /** Whether the median payment would be worth about what it usually is: forged payments do not move it. */
  #isPlausible(logPrice: number): boolean {
    return Math.abs(this.#logMedian + logPrice - LOG_USUAL_MEDIAN_USD) <= LOG_MEDIAN_REACH;
  }
}

function medianBin(counts: Int32Array, amounts: number): number {
  let below = 0;
  return counts.findIndex((count) => {
    below += count;
    return 2 * below >= amounts;
  });
}

/**
 * How much likelier the payments at a rival's dollar amounts are if it is false, nats.
 *
 * @param reach bins on either side of a dollar amount in which its payments lie
 * @param logPrice the price that explains some of these payments; null: none
 */
function missing(
  { sums, amounts }: Span,
  reach: number,
  logRival: number,
  logPrice: number | null,
  forged: number,
): number {
  const honest = amounts - 2 * forged;
  if (honest <= 0) return 0;
  const from = reach + FLANK_FROM;
  const to = reach + FLANK_TO;
  let allBelow = 0;
  let allAbove = 0;
  for (let index = 0; index < COMMON.length; index++) {
    const center = centerOf(index, logRival);
    if (center - to < 0 || center + to + 1 > BINS) continue;
    allBelow += sums[center - from + 1]! - sums[center - to]!;
    allAbove += sums[center + to + 1]! - sums[center + from]!;
  }
  const besideAll = allBelow + allAbove;
  // Piles at a price nearby raise one side.
  const quietSide = besideAll === 0 ? 0 : (Math.min(allBelow, allAbove) * (2 * reach + 1)) / (FLANK_BINS * besideAll);
  let nats = 0;
  for (let index = 0; index < COMMON.length; index++) {
    const center = centerOf(index, logRival);
    if (center - to < 0 || center + to + 1 > BINS) continue;
    const { share: fitted, background: fittedBackground } = COMMON[index]!;
    const share = popularity * fitted;
    const other = logPrice === null ? 0 : shareAt(COMMON_LOG_USD[index]! - logRival + logPrice, reach - BAND);
    if (other >= share) continue;
    const beside = sums[center - from + 1]! - sums[center - to]! + sums[center + to + 1]! - sums[center + from]!;
    const most = mostBackground * fittedBackground * (2 * reach + 1) * BIN * amounts;
    const background = Math.min(beside * quietSide, most) + 0.2;
    const found = sums[center + reach + 1]! - sums[center - reach]!;
    const ifTrue = background + honest * share;
    const ifFalse = background + honest * other;
    nats += Math.max(-mostAgainst, ifTrue - ifFalse + found * Math.log(ifFalse / ifTrue));
  }
  return nats;
}

function centerOf(index: number, logPrice: number): number {
  return Math.round((COMMON_LOG_USD[index]! - logPrice + LOG_SATS_PER_BTC - LOG_FIRST) / BIN);
}

/** Share of payments that the ladder has within `extra` bins, and the width of its own peaks, of ln(dollars). */
function shareAt(logUsd: number, extra: number): number {
  const table = SHARE_AT[extra] ?? shareByDollars(extra);
  SHARE_AT[extra] = table;
  return table[Math.round((logUsd - LOG_USD_FIRST) / BIN)] ?? 0;
}

function shareByDollars(extra: number): Float64Array {
  const shares = new Float64Array(Math.ceil(Math.log(1e6) / BIN));
  const reach = extra + 2 * BAND;
  for (const { usd, share } of LADDER) {
    const center = Math.round((Math.log(usd) - LOG_USD_FIRST) / BIN);
    for (let bin = center - reach; bin <= center + reach; bin++)
      shares[bin]! += share * Math.min(1, (reach + 1 - Math.abs(bin - center)) / (BAND + 1));
  }
  return shares;
}

function runningSums(counts: Int32Array): Int32Array {
  const sums = new Int32Array(counts.length + 1);
  for (let bin = 0; bin < counts.length; bin++) sums[bin + 1] = sums[bin]! + counts[bin]!;
  return sums;
}
