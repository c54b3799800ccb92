import fc from "fast-check";
import { expect, it } from "vitest";
import { sortedByTime } from "../src/window/time-sort.ts";

it("entries are sorted by time as a stable sort does it", () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 40 }), { maxLength: 200 }), (times) => {
      const entries = Int32Array.from(times.keys());
      const expected = [...entries].sort((a, b) => (times[a] as number) - (times[b] as number));
      expect([...sortedByTime(entries, (entry) => times[entry] as number)]).toEqual(expected);
    }),
  );
});
