import fc from "fast-check";
import { expect, test } from "vitest";
import { AmountCounts } from "../../src/posterior/filter/amount-counts.ts";

test("counts like a map, whatever comes and goes", () => {
  // few distinct amounts, some alike in their lower 32 bits, so that they meet in the table
  const amount = fc
    .tuple(fc.integer({ min: 1_001, max: 1_060 }), fc.nat({ max: 2 }))
    .map(([low, high]) => low + high * 2 ** 32);
  const step = fc.record({ valueSats: amount, adds: fc.boolean() });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 600 }), (steps) => {
      const counts = new AmountCounts();
      const model = new Map<number, number>();
      for (const { valueSats, adds } of steps) {
        const before = model.get(valueSats) ?? 0;
        if (adds) {
          expect(counts.change(valueSats, 1)).toBe(before + 1);
          model.set(valueSats, before + 1);
        } else {
          expect(counts.change(valueSats, -1)).toBe(before);
          if (before > 1) model.set(valueSats, before - 1);
          else model.delete(valueSats);
        }
      }
      const held = new Map<number, number>();
      counts.forEach((valueSats, count) => {
        held.set(valueSats, count);
      });
      expect(held).toEqual(model);
      expect(counts.distinct).toBe(model.size);
    }),
  );
});
