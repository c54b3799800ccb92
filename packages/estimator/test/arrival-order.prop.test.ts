import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ArrivalOrder } from "../src/window/arrival-order.ts";
import { grown, grownCapacity } from "../src/window/growing-arrays.ts";

/** The same over a plain array: entries by time, those of one time as they came. */
class OrderModel {
  readonly entries: number[] = [];
  readonly times: number[] = [];

  push(time: number): number {
    const entry = this.times.push(time) - 1;
    const place = this.entries.findIndex((each) => (this.times[each] as number) > time);
    this.entries.splice(place === -1 ? this.entries.length : place, 0, entry);
    return entry;
  }
}

const collected = (order: ArrivalOrder): { oldestFirst: number[]; latestFirst: number[] } => {
  const oldestFirst: number[] = [];
  const latestFirst: number[] = [];
  order.forEach((entry) => {
    oldestFirst.push(entry);
  });
  order.fromLatest((entry) => latestFirst.push(entry) > 0);
  return { oldestFirst, latestFirst };
};

/**
 * Bursts as at a start that fills the window, and single ones: together more than the order has
 * room for at first.
 */
const step = fc.record({
  arrivals: fc.constantFrom(0, 1, 3, 200, 900, 1500),
  lateSeconds: fc.constantFrom(0, 1, 3, 40),
  leave: fc.constantFrom(0, 1, 10, 700, 1400),
});

describe("the order of window entries", () => {
  it("sorts entries by time after any additions and removals", () => {
    fc.assert(
      fc.property(fc.array(step, { minLength: 1, maxLength: 20 }), fc.nat(), (steps, seed) => {
        const model = new OrderModel();
        const order = new ArrivalOrder((entry) => model.times[entry] as number);
        let now = 1000;
        let random = seed;
        for (const { arrivals, lateSeconds, leave } of steps) {
          for (let n = 0; n < arrivals; n++) {
            random = (Math.imul(random, 1_664_525) + 1_013_904_223) >>> 0;
            now += (random >>> 8) % 2;
            order.push(model.push(now - (lateSeconds === 0 ? 0 : (random >>> 9) % lateSeconds)));
          }
          order.sort();
          for (let n = 0; n < leave && model.entries.length > 0; n++) {
            expect(order.oldest()).toBe(model.entries.shift());
            order.dropOldest();
          }
          expect(order.oldest()).toBe(model.entries[0] ?? -1);
          expect(collected(order)).toEqual({
            oldestFirst: model.entries,
            latestFirst: [...model.entries].reverse(),
          });
        }
      }),
      { numRuns: 15 },
    );
  });

  it("closes the gap of removed entries instead of growing if that is enough", () => {
    const order = new ArrivalOrder((entry) => entry);
    for (let entry = 0; entry < 1200; entry++) {
      if (entry === 1000) {
        order.sort();
        for (let n = 0; n < 900; n++) order.dropOldest();
      }
      order.push(entry);
    }
    order.sort();
    expect(collected(order).oldestFirst).toEqual(Array.from({ length: 300 }, (_, place) => 900 + place));
  });

  it("visits entries from the latest until the visitor stops", () => {
    const order = new ArrivalOrder((entry) => entry);
    for (const entry of [0, 1, 2, 3]) order.push(entry);
    order.sort();
    const seen: number[] = [];
    order.fromLatest((entry) => seen.push(entry) < 2);
    expect(seen).toEqual([3, 2]);
  });
});

describe("the arrays of a growing window", () => {
  it("double while small, and waste at most a third when large", () => {
    expect([1024, 65_535, 65_536, 65_537].map(grownCapacity)).toEqual([2048, 131_070, 98_304, 98_306]);
  });

  it("keep their content", () => {
    expect(grown(Int32Array.of(1, 2), 4)).toEqual(Int32Array.of(1, 2, 0, 0));
  });
});
