import type { TrackRecordResponse } from "@utxoracle/models";
import { toDigits } from "../state/digits.ts";

const DIGITS = 4;

/** The differences over time: median, lowest and highest of each step. */
export class DifferenceHistory {
  readonly #step: number;
  readonly #columns: TrackRecordResponse["differences"];
  #start: number | null = null;
  #within: number[] = [];

  /** @param step seconds */
  constructor(step: number) {
    this.#step = step;
    this.#columns = { step, time: [], median_pct: [], low_pct: [], high_pct: [] };
  }

  /** Adds a difference. Call it in ascending time. */
  add(time: number, difference: number): void {
    const start = Math.floor(time / this.#step) * this.#step;
    if (start !== this.#start) this.#endStep();
    this.#start = start;
    this.#within.push(100 * difference);
  }

  columns(): TrackRecordResponse["differences"] {
    this.#endStep();
    return this.#columns;
  }

  #endStep(): void {
    const sorted = Float64Array.from(this.#within).sort();
    this.#within = [];
    if (this.#start === null || sorted.length === 0) return;
    const { time, median_pct, low_pct, high_pct } = this.#columns;
    time.push(this.#start);
    median_pct.push(toDigits(sorted[sorted.length >> 1] as number, DIGITS));
    low_pct.push(toDigits(sorted[0] as number, DIGITS));
    high_pct.push(toDigits(sorted.at(-1) as number, DIGITS));
    this.#start = null;
  }
}
