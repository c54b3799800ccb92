import fc from "fast-check";
import { expect, it } from "vitest";
import { sortedByTime } from "../src/window/time-sort.ts";

it("sorts entries by time stably, without changing the given array", () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 40 }), { maxLength: 200 }), (times) => {
      const entries = Int32Array.from(times.keys());
      const expected = [...entries].sort((a, b) => (times[a] as number) - (times[b] as number));
      expect([...sortedByTime(entries, (entry) => times[entry] as number)]).toEqual(expected);
      expect([...entries]).toEqual([...times.keys()]);
    }),
  );
});

it("does not copy entries that are already in order", () => {
  const entries = Int32Array.of(3, 1, 0, 2);
  expect(sortedByTime(entries, (entry) => [5, 5, 6, 4][entry] as number)).toBe(entries);
  const one = Int32Array.of(0);
  expect(sortedByTime(one, () => 7)).toBe(one);
});
