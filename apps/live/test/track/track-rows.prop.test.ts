import fc from "fast-check";
import { expect, test } from "vitest";
import { KEPT_SECONDS, type PublishedRow } from "../../src/track/published-row.ts";
import { TrackRows } from "../../src/track/track-rows.ts";

const START = 1_763_810_000;
const row = (time: number): PublishedRow => ({ time, price: 1, low: 0.9, high: 1.1, confidence: 0.5, status: "ok" });

const action = fc.oneof(
  { weight: 6, arbitrary: fc.record({ skip: fc.integer({ min: 1, max: 40 }) }) },
  { weight: 1, arbitrary: fc.record({ skip: fc.integer({ min: 700_000, max: 800_000 }) }) },
  { weight: 2, arbitrary: fc.record({ back: fc.integer({ min: 1, max: 60 }) }) },
);

test("holds the rows of the last 90 days, whatever steps the clock makes", () => {
  fc.assert(
    fc.property(fc.array(action, { minLength: 1, maxLength: 60 }), (actions) => {
      const rows = new TrackRows();
      let model = new Set<number>();
      let time = START;
      for (const step of actions) {
        if ("skip" in step) {
          time += 10 * step.skip;
          rows.add(row(time));
          model = new Set([...model, time].filter((each) => each > time - KEPT_SECONDS));
        } else {
          time -= 10 * step.back;
          const later = [...model].filter((each) => each > time);
          expect(rows.removeAfter(time)).toHaveLength(later.length);
          for (const each of later) model.delete(each);
        }
      }
      const found: number[] = [];
      const newest = Math.max(...model);
      rows.forEach(newest - 10 * 5000, time + 10, (each) => {
        if (each.status !== null) found.push(each.time);
      });
      expect(found).toEqual([...model].filter((each) => each >= newest - 10 * 5000).sort((a, b) => a - b));
    }),
    { numRuns: 60 },
  );
});
