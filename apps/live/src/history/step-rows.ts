import type { HistoryRow } from "../state/history-rows.ts";

/**
 * End of the step that contains a time, Unix seconds: a step of 60 ending at 120 contains 61
 * to 120.
 */
export const stepEnd = (time: number, stepSeconds: number): number => Math.ceil(time / stepSeconds) * stepSeconds;

/** Called for each row that is added or removed. */
export interface StepRowsObserver {
  added(row: HistoryRow): void;
  removed(row: HistoryRow): void;
}

/**
 * The rows of one step of the history, ascending in time, at most one per step: the newest with a
 * price, or else the newest.
 */
export class StepRows {
  readonly stepSeconds: number;
  readonly keptSeconds: number;
  #rows: HistoryRow[] = [];
  observer: StepRowsObserver | null = null;

  constructor({ stepSeconds, keptSeconds }: { readonly stepSeconds: number; readonly keptSeconds: number }) {
    this.stepSeconds = stepSeconds;
    this.keptSeconds = keptSeconds;
  }

  get newest(): HistoryRow | null {
    return this.#rows.at(-1) ?? null;
  }

  /** All rows, ascending in time. */
  get all(): readonly HistoryRow[] {
    return this.#rows;
  }

  /**
   * Adds a row that is later than all others, and removes those that are too old. A row without a
   * price does not replace one with a price.
   */
  add(row: HistoryRow): void {
    for (const old of this.#rows.splice(0, this.#indexFrom(row.time - this.keptSeconds))) this.observer?.removed(old);
    const { newest } = this;
    const isSameStep = newest !== null && this.endOf(newest) === this.endOf(row);
    if (isSameStep && row.price === null && newest.price !== null) return;
    if (isSameStep) this.#rows.pop();
    this.#rows.push(row);
    this.observer?.added(row);
  }

  /** Replaces all rows without notifying the observer. */
  load(rows: readonly HistoryRow[]): void {
    this.#rows = [...rows];
  }

  /** Adds rows, ascending in time, where this has none or an earlier one in their step. */
  fill(rows: readonly HistoryRow[]): void {
    const bySteps = new Map(rows.map((row) => [this.endOf(row), row]));
    for (const row of this.#rows) {
      const other = bySteps.get(this.endOf(row));
      if (other === undefined || other.time <= row.time) bySteps.set(this.endOf(row), row);
    }
    const all = [...bySteps.values()].sort((a, b) => a.time - b.time);
    const oldest = (all.at(-1)?.time ?? 0) - this.keptSeconds;
    this.#rows = all.filter(({ time }) => time >= oldest);
  }

  /** Removes the rows later than a time, Unix seconds. */
  removeAfter(time: number): void {
    for (const row of this.#rows.splice(this.#indexFrom(time + 1))) this.observer?.removed(row);
  }

  /** The rows between two times, both inclusive. */
  between(from: number, to: number): readonly HistoryRow[] {
    return this.#rows.slice(this.#indexFrom(from), this.#indexFrom(to + 1));
  }

  /** End of the step of a row, Unix seconds: identifies the row. */
  endOf({ time }: HistoryRow): number {
    return stepEnd(time, this.stepSeconds);
  }

  /** Index of the first row at or after a time. */
  #indexFrom(time: number): number {
    let low = 0;
    let high = this.#rows.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#rows[middle]?.time ?? Number.POSITIVE_INFINITY) < time) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
