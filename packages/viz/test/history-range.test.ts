import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { panned, zoomed } from "../src/history-range.ts";

const bounds = { start: 1_757_000_000, end: 1_757_100_000 };
const SHORTEST = 120;

describe("the visible range", () => {
  it("keeps the anchor at its place while it is zoomed within the bounds", () => {
    const range = zoomed(
      { start: bounds.start + 40_000, end: bounds.start + 60_000 },
      0.5,
      bounds.start + 45_000,
      bounds,
      SHORTEST,
    );
    expect(range.end - range.start).toBeCloseTo(10_000, 6);
    expect((bounds.start + 45_000 - range.start) / (range.end - range.start)).toBeCloseTo(0.25, 6);
  });

  it("stops at the bounds and at the shortest length, whatever the user does", () => {
    const step = fc.oneof(
      fc.record({
        factor: fc.double({ min: 1e-6, max: 1e6, noNaN: true }),
        at: fc.double({ min: -1, max: 2, noNaN: true }),
      }),
      fc.record({ pan: fc.double({ min: -1e9, max: 1e9, noNaN: true }) }),
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 30 }), (steps) => {
        let range = bounds;
        for (const one of steps) {
          const length = range.end - range.start;
          range =
            "pan" in one
              ? panned(range, one.pan, bounds, SHORTEST)
              : zoomed(range, one.factor, range.start + one.at * length, bounds, SHORTEST);
          expect(range.start).toBeGreaterThanOrEqual(bounds.start - 1e-3);
          expect(range.end).toBeLessThanOrEqual(bounds.end + 1e-3);
          expect(range.end - range.start).toBeGreaterThanOrEqual(SHORTEST - 1e-3);
        }
      }),
    );
  });

  it("shows everything of a history shorter than the shortest length", () => {
    const short = { start: 0, end: 20 };
    expect(zoomed(short, 0.1, 10, short, SHORTEST)).toEqual(short);
  });
});
