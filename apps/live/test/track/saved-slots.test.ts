import fc from "fast-check";
import { expect, test } from "vitest";
import type { PublishedRow } from "../../src/track/published-row.ts";
import { readHindsight, readRows, savedHindsightPrices, savedRows } from "../../src/track/saved-slots.ts";

const SLOT = 1_763_809_800;
const cents = fc.integer({ min: 1, max: 1e9 }).map((value) => value / 100);
const price = fc.option(fc.tuple(cents, fc.option(cents)), { nil: null });

const rows = fc
  .uniqueArray(fc.integer({ min: 0, max: 59 }), { maxLength: 60 })
  .chain((steps) =>
    fc.tuple(
      ...steps
        .sort((a, b) => a - b)
        .map((step) =>
          fc.record({
            time: fc.constant(SLOT + 10 * step),
            price,
            confidence: fc.integer({ min: 0, max: 10_000 }).map((value) => value / 10_000),
            status: fc.constantFrom("ok", "low_confidence", "stale", "no_estimate", "warming_up"),
          }),
        ),
    ),
  )
  .map((all) =>
    all.map(({ time, price: priced, confidence, status }): PublishedRow => {
      const [usd, half] = priced ?? [null, null];
      const low = usd === null || half === null ? null : Math.round(100 * (usd - half)) / 100;
      const high = usd === null || half === null ? null : Math.round(100 * (usd + half)) / 100;
      return { time, price: usd, low, high, confidence, status: status as PublishedRow["status"] };
    }),
  );

test("published rows are read back as they were saved", () => {
  fc.assert(
    fc.property(rows, (all) => {
      const [, value] = savedRows(SLOT, all);
      expect(readRows(SLOT, JSON.parse(JSON.stringify(value)))).toEqual(all);
    }),
  );
});

test("hindsight prices are read back; for another number of rows they are damaged", () => {
  const prices = [
    { price: 60_000.12, low: 59_900, high: 60_100.5 },
    null,
    { price: 59_000, low: 58_900, high: 59_100 },
  ];
  const [, value] = savedHindsightPrices(SLOT, prices);
  expect(readHindsight(value, 3)).toEqual(prices);
  expect(readHindsight(value, 2)).toBeNull();
});

test.each([
  ["an unknown status", { status: "x", price: [1], below: [0], above: [0], confidence: [1] }],
  ["a missing confidence", { status: "oo", price: [1, 1], below: [0, 0], above: [0, 0], confidence: [1] }],
  ["a negative price", { status: "o", price: [-5], below: [0], above: [0], confidence: [1] }],
])("rejects a slot with %s", (_, value) => {
  expect(readRows(SLOT, value)).toBeNull();
});
