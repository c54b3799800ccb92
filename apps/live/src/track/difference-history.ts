import type { TrackRecordResponse } from "@utxoracle/models";
import { toDigits } from "../state/digits.ts";
import { RECORD_SECONDS } from "./published-row.ts";

const DIGITS = 4;

/**
 * Number of differences of a step that its median is taken from: sorting all of 90 days would take
 * too long.
 */
const MEDIAN_OF = 360;

/** The differences over time: median, lowest and highest of each step. */
export class DifferenceHistory {
  readonly #step: number;
  readonly #columns: TrackRecordResponse["differences"];
  #start: number | null = null;
  /** Differences within the step, and their number. */
  readonly #within: Float64Array;
  #count = 0;
  /** All of the step, and its extremes. */
  #seen = 0;
  #low = Number.POSITIVE_INFINITY;
  #high = Number.NEGATIVE_INFINITY;
  readonly #oneOf: number;

  /** @param step seconds */
  constructor(step: number) {
    this.#step = step;
    this.#oneOf = Math.max(1, Math.round(step / RECORD_SECONDS / MEDIAN_OF));
    this.#within = new Float64Array(Math.ceil(step / RECORD_SECONDS / this.#oneOf));
    this.#columns = { step, time: [], median_pct: [], low_pct: [], high_pct: [] };
  }

  /** Adds a difference. Call it in ascending time. */
  add(time: number, difference: number): void {
    const start = Math.floor(time / this.#step) * this.#step;
    if (start !== this.#start) this.#endStep();
    this.#start = start;
    const percent = 100 * difference;
    if (percent < this.#low) this.#low = percent;
    if (percent > this.#high) this.#high = percent;
    if (this.#seen++ % this.#oneOf === 0) this.#within[this.#count++] = percent;
  }

  columns(): TrackRecordResponse["differences"] {
    this.#endStep();
    return this.#columns;
  }

  #endStep(): void {
    const sorted = this.#within.subarray(0, this.#count).sort();
    const [low, high] = [this.#low, this.#high];
    this.#count = this.#seen = 0;
    this.#low = Number.POSITIVE_INFINITY;
    this.#high = Number.NEGATIVE_INFINITY;
    if (this.#start === null || sorted.length === 0) return;
    const { time, median_pct, low_pct, high_pct } = this.#columns;
    time.push(this.#start);
    median_pct.push(toDigits(sorted[sorted.length >> 1] as number, DIGITS));
    low_pct.push(toDigits(low, DIGITS));
    high_pct.push(toDigits(high, DIGITS));
    this.#start = null;
  }
}
