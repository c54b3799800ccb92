import { FILTER } from "./filter-model.ts";

const { pauseMinutes } = FILTER.alias.young;

/**
 * The part of a window that was observed, above 0. Payments that a service reads from blocks have
 * the time of their block, but arrived in the minutes before it, so a pause counts as observed up
 * to `pauseMinutes`. Time before the first payment does not.
 *
 * @param minutes those with payments, ascending
 * @param firstMinute start of the window
 * @param endMinute its end, not included
 */
export function observedShare(minutes: readonly number[], firstMinute: number, endMinute: number): number {
  let observed = 1;
  minutes.forEach((minute, index) => {
    observed += Math.min((minutes[index + 1] ?? endMinute - 1) - minute, pauseMinutes);
  });
  return Math.min(1, observed / Math.max(1, endMinute - firstMinute));
}
