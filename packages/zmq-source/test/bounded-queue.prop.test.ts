import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { BoundedQueue } from "../src/bounded-queue.ts";

describe("BoundedQueue", () => {
  it("returns accepted items in order and never exceeds its bounds", () => {
    const step = fc.oneof(
      { weight: 3, arbitrary: fc.nat(40).map((bytes) => ({ push: bytes })) },
      { weight: 2, arbitrary: fc.constant("shift" as const) },
    );
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 30 }),
        fc.integer({ min: 1, max: 200 }),
        fc.array(step),
        (items, bytes, steps) => {
          const queue = new BoundedQueue<number>(items, bytes);
          const model: { item: number; size: number }[] = [];
          let next = 0;
          for (const each of steps) {
            const held = model.reduce((sum, { size }) => sum + size, 0);
            if (each === "shift") {
              expect(queue.shift()).toBe(model.shift()?.item);
            } else {
              const fits = model.length < items && (model.length === 0 || held + each.push <= bytes);
              expect(queue.push(next, each.push)).toBe(fits);
              if (fits) model.push({ item: next, size: each.push });
              next += 1;
            }
            expect(queue.length).toBe(model.length);
            expect(queue.bytes).toBe(model.reduce((sum, { size }) => sum + size, 0));
          }
        },
      ),
    );
  });

  it("stays in order over thousands of items without ever being empty", () => {
    const queue = new BoundedQueue<number>(100_000, 1e9);
    let expected = 0;
    for (let item = 0; item < 60_000; item++) {
      queue.push(item, 1);
      if (item % 3 !== 0) expect(queue.shift()).toBe(expected++);
    }
    while (queue.length > 0) expect(queue.shift()).toBe(expected++);
    expect(expected).toBe(60_000);
  });
});
