import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { CounterTracker, MAX_MISSED_AT_WRAP } from "../src/counter.ts";

const WRAP = 2 ** 32;
const start = fc.oneof(fc.nat(WRAP - 1), fc.integer({ min: WRAP - 50, max: WRAP - 1 }), fc.nat(50));

describe("CounterTracker", () => {
  it("accounts for every received or lost message, even across the wrap", () => {
    fc.assert(
      fc.property(
        start,
        fc.array(fc.oneof({ weight: 9, arbitrary: fc.constant(0) }, fc.nat(5000))),
        (first, losses) => {
          const tracker = new CounterTracker();
          expect(tracker.observe(first)).toEqual({ kind: "first" });
          let counter = first;
          for (const lost of losses) {
            const expected = (counter + 1) % WRAP;
            counter = (counter + 1 + lost) % WRAP;
            expect(tracker.observe(counter)).toEqual(
              lost === 0 ? { kind: "next" } : { kind: "gap", missed: lost, expected },
            );
          }
        },
      ),
    );
  });

  it("treats a fall to a small number as a restart with missed messages", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: WRAP - MAX_MISSED_AT_WRAP - 2 }),
        fc.nat(2 ** 20),
        fc.boolean(),
        (last, next, reconnected) => {
          fc.pre(next < last);
          const tracker = new CounterTracker();
          tracker.observe(last);
          if (reconnected) tracker.reconnected();
          const backOverWrap = next - last - 1 + WRAP;
          fc.pre(backOverWrap > MAX_MISSED_AT_WRAP);
          expect(tracker.observe(next)).toEqual({ kind: "restart", missed: next, previous: last });
        },
      ),
    );
  });

  it("treats an equal number as a repeat, after a reconnection as a restart", () => {
    const tracker = new CounterTracker();
    tracker.observe(0);
    expect(tracker.observe(0)).toEqual({ kind: "repeat" });
    tracker.reconnected();
    expect(tracker.observe(0)).toEqual({ kind: "restart", missed: 0, previous: 0 });
    tracker.reconnected();
    expect(tracker.observe(1)).toEqual({ kind: "next" });
  });
});
