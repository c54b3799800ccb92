import type { TrackRecordResponse } from "@utxoracle/models";
import { toDigits } from "../state/digits.ts";
import { LEVELS } from "./judged-row.ts";
import type { TrackRow } from "./track-rows.ts";

/** Width of a bin of the absolute difference, percent: the precision of the quantiles. */
const BIN_PCT = 0.001;
/** Larger differences share the last bin, whose quantile is the largest difference. */
const BINS = 100_000;
const DIGITS = 4;

/** Median, percentiles, coverage and so on of judged records. */
export class DifferenceFigures {
  readonly #bins = new Uint32Array(BINS + 1);
  readonly #held = LEVELS.map(() => 0);
  #judged = 0;
  #withInterval = 0;
  #worst = 0;
  #sum = 0;
  #over1 = 0;

  add({ difference, hasInterval, heldBits }: Pick<TrackRow, "difference" | "hasInterval" | "heldBits">): void {
    const percent = 100 * Math.abs(difference);
    const bin = Math.min(BINS, Math.floor(percent / BIN_PCT));
    this.#bins[bin] = (this.#bins[bin] as number) + 1;
    this.#judged++;
    this.#sum += 100 * difference;
    if (percent > this.#worst) this.#worst = percent;
    if (percent > 1) this.#over1++;
    if (!hasInterval) return;
    this.#withInterval++;
    for (let level = 0; level < LEVELS.length; level++)
      if ((heldBits & (1 << level)) !== 0) this.#held[level] = (this.#held[level] as number) + 1;
  }

  figures(): TrackRecordResponse["ok"] {
    const share = (count: number, all: number): number | null =>
      all === 0 ? null : toDigits((100 * count) / all, DIGITS);
    const [coverage50, coverage80, coverage90, coverage95] = this.#held.map((held) => share(held, this.#withInterval));
    return {
      judged: this.#judged,
      median_pct: this.#quantile(0.5),
      p90_pct: this.#quantile(0.9),
      p99_pct: this.#quantile(0.99),
      worst_pct: this.#judged === 0 ? null : toDigits(this.#worst, DIGITS),
      mean_signed_pct: this.#judged === 0 ? null : toDigits(this.#sum / this.#judged, DIGITS),
      over_1_pct: share(this.#over1, this.#judged),
      coverage_50_pct: coverage50 ?? null,
      coverage_80_pct: coverage80 ?? null,
      coverage_90_pct: coverage90 ?? null,
      coverage_95_pct: coverage95 ?? null,
    };
  }

  /**
   * The middle of the bin of the value at a share of the sorted differences; at most the largest
   * one.
   */
  #quantile(share: number): number | null {
    if (this.#judged === 0) return null;
    const place = Math.floor(share * (this.#judged - 1));
    let below = 0;
    let bin = 0;
    while (below + (this.#bins[bin] as number) <= place) below += this.#bins[bin++] as number;
    return toDigits(bin === BINS ? this.#worst : Math.min(this.#worst, (bin + 0.5) * BIN_PCT), DIGITS);
  }
}
