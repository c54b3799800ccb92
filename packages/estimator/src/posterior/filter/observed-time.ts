import { FILTER } from "./filter-model.ts";

const { pauseMinutes } = FILTER.alias.young;

/**
 * The part of a window that was observed. Payments that a service reads from blocks have the time
 * of their block, but arrived in the minutes before it, so a pause counts as observed up to
 * `pauseMinutes`. Time before the first payment does not.
 */
export class ObservedTime {
  #minutes = 0;
  #last = Number.NaN;

  /** Notes a minute with payments, in order. */
  add(minute: number): void {
    this.#minutes += Number.isNaN(this.#last) ? 1 : Math.min(minute - this.#last, pauseMinutes);
    this.#last = minute;
  }

  clear(): void {
    this.#minutes = 0;
    this.#last = Number.NaN;
  }

  /**
   * Above 0, at most 1.
   *
   * @param firstMinute start of the window
   * @param endMinute its end, not included
   */
  share(firstMinute: number, endMinute: number): number {
    const pause = Number.isNaN(this.#last) ? 0 : Math.min(endMinute - 1 - this.#last, pauseMinutes);
    return Math.min(1, Math.max(1, this.#minutes + pause) / Math.max(1, endMinute - firstMinute));
  }
}
