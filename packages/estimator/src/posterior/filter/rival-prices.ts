import { LADDER } from "../likelihood/ladder.ts";
import { FILTER } from "./filter-model.ts";
import { ALIAS_FACTORS } from "./round-amount-census.ts";
import { COARSE_CELLS, coarseLogPrice, type TimeSlice } from "./time-slice.ts";

const { mostAgainst, band, flankFrom, flankTo, near, spans, forgedPayments, forgedShare, popularity, nats } =
  FILTER.rivals;

/** Bin of the axis of ln(satoshis). */
const BIN = 0.001;
const LOG_FIRST = Math.log(1e3);
const BINS = Math.ceil(Math.log(1e10) / BIN);
const LOG_SATS_PER_BTC = Math.log(1e8);
const BAND = Math.round(band / BIN);
const FLANK_FROM = Math.round(flankFrom / BIN);
const FLANK_TO = Math.round(flankTo / BIN);
/** Bins in a band over bins in one flank. */
const FLANK_SCALE = (2 * BAND + 1) / (FLANK_TO - FLANK_FROM + 1);

/** The dollar amounts whose absence counts: every set of payments shows them. */
const COMMON = LADDER.filter((amount) => amount.common);
const COMMON_LOG_USD = COMMON.map(({ usd }) => Math.log(usd));

const LOG_ALIAS_FACTORS = ALIAS_FACTORS.map(Math.log);

/** Share of payments that the ladder has at ln(dollars), by bins from ln($0.1). */
const LOG_USD_FIRST = Math.log(0.1);
const SHARE_AT = shareByDollars();

function shareByDollars(): Float64Array {
  const shares = new Float64Array(Math.ceil(Math.log(1e6) / BIN));
  for (const { usd, share } of LADDER) {
    const center = Math.round((Math.log(usd) - LOG_USD_FIRST) / BIN);
    for (let bin = center - 2 * BAND; bin <= center + 2 * BAND; bin++) {
      const covered = Math.min(1, (2 * BAND + 1 - Math.abs(bin - center)) / (BAND + 1));
      shares[bin] = Math.max(shares[bin]!, share * covered);
    }
  }
  return shares;
}

export function amountBin(valueSats: number): number {
  return Math.min(BINS - 1, Math.max(0, Math.round((Math.log(valueSats) - LOG_FIRST) / BIN)));
}

/** Amounts of the newest slices, as running sums over {@link BIN}s. */
interface Span {
  readonly sums: Int32Array;
  readonly amounts: number;
}

/**
 * Which other prices the payments do not rule out. Payments can be forged but not hidden: if another price were true, its
 * own payments would be there, whatever was sent besides. A price is ruled out when the payments that it would have left
 * are missing in one of several spans of time that end now.
 */
export class RivalPrices {
  #spans: Span[] = [];
  /** Cells whose payments are not plainly missing; the others are ruled out whatever the price is. */
  #candidates: number[] = [];
  #from = Number.NaN;
  #end = Number.NaN;

  /** A slice has changed. */
  forget(slice: number): void {
    if (slice >= this.#from && slice < this.#end) this.#end = Number.NaN;
  }

  /**
   * @param endSlice the first slice that does not count: the one that is still filling
   * @returns ln of each price, farther than `near` away, that is not ruled out
   */
  remaining(slices: ReadonlyMap<number, TimeSlice>, firstSlice: number, endSlice: number, logPrice: number): number[] {
    if (firstSlice !== this.#from || endSlice !== this.#end) this.#read(slices, firstSlice, endSlice);
    const forged = this.#forged();
    return this.#candidates
      .map(coarseLogPrice)
      .filter(
        (rival) =>
          Math.abs(rival - logPrice) > near &&
          !LOG_ALIAS_FACTORS.some((factor) => Math.abs(rival - logPrice - factor) <= near),
      )
      .filter((rival) => !this.#spans.some((span) => missing(span, rival, logPrice, forged) >= nats));
  }

  #forged(): number {
    return Math.max(forgedPayments, forgedShare * (this.#spans.at(-1)?.amounts ?? 0));
  }

  #read(slices: ReadonlyMap<number, TimeSlice>, firstSlice: number, endSlice: number): void {
    this.#from = firstSlice;
    this.#end = endSlice;
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
      this.#spans.push({ sums: runningSums(counts), amounts });
      if (slice < firstSlice) break;
    }
    const forged = this.#forged();
    this.#candidates = [];
    for (let cell = 0; cell < COARSE_CELLS; cell++) {
      const rival = coarseLogPrice(cell);
      if (!this.#spans.some((span) => missing(span, rival, null, forged) >= nats)) this.#candidates.push(cell);
    }
  }
}

/**
 * How much likelier the payments at a rival's dollar amounts are if it is false, nats.
 *
 * @param logPrice the price that explains some of these payments; null: none
 */
function missing({ sums, amounts }: Span, logRival: number, logPrice: number | null, forged: number): number {
  const honest = amounts - forged;
  if (honest <= 0) return 0;
  let below = 0;
  let above = 0;
  for (let index = 0; index < COMMON.length; index++) {
    const center = centerOf(index, logRival);
    if (center - FLANK_TO < 0 || center + FLANK_TO + 1 > BINS) continue;
    below += sums[center - FLANK_FROM + 1]! - sums[center - FLANK_TO]!;
    above += sums[center + FLANK_TO + 1]! - sums[center + FLANK_FROM]!;
  }
  // Piles at a price nearby raise one side.
  const quietSide = below + above === 0 ? 0 : (Math.min(below, above) * FLANK_SCALE) / (below + above);
  let nats = 0;
  for (let index = 0; index < COMMON.length; index++) {
    const share = popularity * COMMON[index]!.share;
    const other = logPrice === null ? 0 : shareAt(COMMON_LOG_USD[index]! - logRival + logPrice);
    if (other >= share) continue;
    const center = centerOf(index, logRival);
    if (center - FLANK_TO < 0 || center + FLANK_TO + 1 > BINS) continue;
    const beside =
      sums[center - FLANK_FROM + 1]! -
      sums[center - FLANK_TO]! +
      sums[center + FLANK_TO + 1]! -
      sums[center + FLANK_FROM]!;
    const background = beside * quietSide + 0.2;
    const found = sums[center + BAND + 1]! - sums[center - BAND]!;
    const ifTrue = background + honest * share;
    const ifFalse = background + honest * other;
    nats += Math.max(-mostAgainst, ifTrue - ifFalse + found * Math.log(ifFalse / ifTrue));
  }
  return nats;
}

function centerOf(index: number, logPrice: number): number {
  return Math.round((COMMON_LOG_USD[index]! - logPrice + LOG_SATS_PER_BTC - LOG_FIRST) / BIN);
}

function shareAt(logUsd: number): number {
  return SHARE_AT[Math.round((logUsd - LOG_USD_FIRST) / BIN)] ?? 0;
}

function runningSums(counts: Int32Array): Int32Array {
  const sums = new Int32Array(counts.length + 1);
  for (let bin = 0; bin < counts.length; bin++) sums[bin + 1] = sums[bin]! + counts[bin]!;
  return sums;
}
