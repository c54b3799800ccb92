import { COMMON, COMMON_LOG_USD, LADDER } from "../likelihood/ladder.ts";
import { FILTER } from "./filter-model.ts";

const { band, flankFrom, flankTo, mostBackground } = FILTER.rivals;

/** Bin of the axis of ln(satoshis). */
export const BIN = 0.001;
const BINS = Math.ceil(Math.log(1e10) / BIN);
const LOG_FIRST = Math.log(1e3);
const LOG_SATS_PER_BTC = Math.log(1e8);
const BAND = Math.round(band / BIN);
const FLANK_FROM = Math.round(flankFrom / BIN);
const FLANK_TO = Math.round(flankTo / BIN);
const PEAK_BINS = 2 * BAND + 1;
const FLANKS_BINS = 2 * (FLANK_TO - FLANK_FROM + 1);

const LOG_USD_FIRST = Math.log(0.1);
/** Share of the ladder's payments within a peak's width, by bins from ln($0.1). */
const SHARES = new Float64Array(Math.ceil(Math.log(1e6) / BIN));
for (const { usd, share } of LADDER) {
  const center = Math.round((Math.log(usd) - LOG_USD_FIRST) / BIN);
  for (let away = -2 * BAND; away <= 2 * BAND; away++)
    SHARES[center + away]! += share * Math.min(1, (2 * BAND + 1 - Math.abs(away)) / (BAND + 1));
}

/** Distinct amounts of one or more slices of time, in bins. */
export class Amounts {
  /** Running sums: entry i is the number of amounts in the first i bins. */
  readonly #sums = new Int32Array(BINS + 1);

  /** @param forEach visits each amount in satoshis */
  static from(forEach: (visit: (valueSats: number) => void) => void): Amounts {
    const amounts = new Amounts();
    const sums = amounts.#sums;
    forEach((valueSats) => {
      const bin = Math.round((Math.log(valueSats) - LOG_FIRST) / BIN);
      sums[Math.min(BINS - 1, Math.max(0, bin)) + 1]!++;
    });
    for (let bin = 0; bin < BINS; bin++) sums[bin + 1]! += sums[bin]!;
    return amounts;
  }

  /** Adds amounts (1) or removes them (-1). */
  add(other: Amounts, sign: 1 | -1 = 1): void {
    const sums = this.#sums;
    const others = other.#sums;
    for (let bin = 1; bin <= BINS; bin++) sums[bin]! += sign * others[bin]!;
  }

  copy(): Amounts {
    const copy = new Amounts();
    copy.#sums.set(this.#sums);
    return copy;
  }

  get count(): number {
    return this.#sums[BINS]!;
  }

  /** ln of the median in bitcoin. */
  get logMedian(): number {
    const bin = this.#sums.findIndex((below, index) => index > 0 && 2 * below >= this.count) - 1;
    return LOG_FIRST + BIN * bin - LOG_SATS_PER_BTC;
  }

  /** Number of amounts in a peak. */
  foundAt(center: number): number {
    return this.#between(center - BAND, center + BAND);
  }

  besideAt(center: number): number {
    return this.#belowPeak(center) + this.#abovePeak(center);
  }

  /**
   * Ratio of the amounts in a peak to those beside it, from the side with fewer: piles at a near
   * price raise the other.
   */
  quietRatio(logPrice: number): number {
    let below = 0;
    let above = 0;
    for (let index = 0; index < COMMON.length; index++) {
      const center = centerOf(index, logPrice);
      if (center === null) continue;
      below += this.#belowPeak(center);
      above += this.#abovePeak(center);
    }
    const all = below + above;
    return all === 0 ? 0 : ((2 * Math.min(below, above)) / all) * (PEAK_BINS / FLANKS_BINS);
  }

  #belowPeak(center: number): number {
    return this.#between(center - FLANK_TO, center - FLANK_FROM);
  }

  #abovePeak(center: number): number {
    return this.#between(center + FLANK_FROM, center + FLANK_TO);
  }

  #between(from: number, to: number): number {
    return this.#sums[to + 1]! - this.#sums[from]!;
  }
}

/** Bin of a common amount at a price; null if it is off the axis. */
export function centerOf(index: number, logPrice: number): number | null {
  const center = Math.round((COMMON_LOG_USD[index]! - logPrice + LOG_SATS_PER_BTC - LOG_FIRST) / BIN);
  return center < FLANK_TO || center + FLANK_TO >= BINS ? null : center;
}

/** Expected number of amounts in a peak by the fitted background. */
export function fittedAt(index: number, count: number): number {
  return COMMON[index]!.background * PEAK_BINS * BIN * count;
}

/** The maximum background of a peak: the rest may be forged. */
export function mostAt(index: number, count: number): number {
  return mostBackground * fittedAt(index, count);
}

/** Share of the ladder's payments within a peak's width of a dollar value. */
export function shareNear(index: number, logRival: number, logPrice: number): number {
  return SHARES[Math.round((COMMON_LOG_USD[index]! - logRival + logPrice - LOG_USD_FIRST) / BIN)] ?? 0;
}
