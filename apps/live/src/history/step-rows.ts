import type { HistoryRow } from "../state/history-rows.ts";

/** End of the step that contains a time, Unix seconds: a step of 60 ending at 120 contains 61 to 120. */
export const stepEnd = (time: number, stepSeconds: number): number => Math.ceil(time / stepSeconds) * stepSeconds;

/**
 * The rows of one step of the history, ascending in time, at most one per step: the newest with a
 * price, or else the newest.
 */
export class StepRows {
  readonly stepSeconds: number;
  readonly keptSeconds: number;
  #rows: HistoryRow[] = [];

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
   * Adds a row that is later than all others, and removes those that are too old.
   * @returns whether it was added: a row without a price does not replace one with a price.
   */
  add(row: HistoryRow): boolean {
    const expired = this.#indexFrom(row.time - this.keptSeconds);
    if (expired > 0) this.#rows.splice(0, expired);
    const { newest, stepSeconds } = this;
    const isSameStep = newest !== null && stepEnd(newest.time, stepSeconds) === stepEnd(row.time, stepSeconds);
    if (isSameStep && row.price === null && newest.price !== null) return false;
    if (isSameStep) this.#rows.pop();
    this.#rows.push(row);
    return true;
  }

  /** Removes the rows later than a time, Unix seconds. */
  removeAfter(time: number): void {
    this.#rows.length = this.#indexFrom(time + 1);
  }

  /** The rows between two times, both inclusive. */
  between(from: number, to: number): readonly HistoryRow[] {
    return this.#rows.slice(this.#indexFrom(from), this.#indexFrom(to + 1));
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
