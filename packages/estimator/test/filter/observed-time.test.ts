import { expect, it } from "vitest";
import { observedShare } from "../../src/posterior/filter/observed-time.ts";

/** The share of 180 minutes that payments in these minutes show as observed. */
function shareOf(minutes: readonly number[]): number {
  return observedShare(minutes, 0, 180);
}

it("counts the time from the first payment, with the pauses between blocks", () => {
  const everyMinute = Array.from({ length: 180 }, (_, minute) => minute);
  expect(shareOf(everyMinute)).toBe(1);
  expect(shareOf(everyMinute.slice(170))).toBeCloseTo(10 / 180, 10);
  // Blocks at intervals of up to 30 minutes, and the mempool of the last ten.
  expect(shareOf([0, 4, 25, 55, 60, 71, 84, 110, 131, 155, ...everyMinute.slice(170)])).toBe(1);
});

it("does not count the rest of a long pause, or a window without payments", () => {
  // One hour, then nothing until the last minute.
  expect(shareOf([...Array.from({ length: 60 }, (_, minute) => minute), 179])).toBeCloseTo(90 / 180, 10);
  expect(shareOf([0])).toBeCloseTo(31 / 180, 10);
  expect(shareOf([])).toBeCloseTo(1 / 180, 10);
});
