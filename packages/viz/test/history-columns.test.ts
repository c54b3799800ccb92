import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { readHistory } from "../src/history-columns.ts";
import { PriceHistory } from "../src/price-history.ts";

const T = 1_757_500_000;

/** A response with one row per step from `from` on. */
function response(from: number, rows: number, step = 10): Record<string, unknown> {
  const each = <V>(value: (i: number) => V): V[] => Array.from({ length: rows }, (_, i) => value(i));
  return {
    step,
    time: each((i) => from + i * step),
    price: each((i) => 100_000 + i),
    low: each((i) => 99_000 + i),
    high: each((i) => 101_000 + i),
    status: each(() => "ok"),
  };
}

const columns = (from: number, rows: number) => readHistory(response(from, rows)) ?? expect.fail("not readable");

describe("readHistory", () => {
  it("reads columns, and a price that is not current as a gap", () => {
    const rows = readHistory({
      step: 10,
      time: [T, T + 10, T + 20, T + 30, T + 40],
      price: [1, 2, 3, null, 5],
      low: [0.5, 1, null, null, 6],
      high: [1.5, 3, null, null, 4],
      status: ["ok", "low_confidence", "stale", "missing", "confirmed"],
    });
    expect(rows?.prices).toEqual(Float64Array.of(1, 2, Number.NaN, Number.NaN, 5));
    expect(rows?.kinds).toEqual(Uint8Array.of(1, 0, 0, 0, 2));
    // The swapped interval of the last row is none.
    expect(rows?.lows).toEqual(Float64Array.of(0.5, 1, Number.NaN, Number.NaN, Number.NaN));
  });

  it.each([
    ["no object", null],
    ["a missing column", { ...response(T, 3), high: undefined }],
    ["columns of different lengths", { ...response(T, 3), low: [1] }],
    ["times out of order", { ...response(T, 3), time: [T, T, T + 1] }],
    ["a price as text", { ...response(T, 3), price: ["1", 2, 3] }],
    ["a negative price", { ...response(T, 3), price: [-1, 2, 3] }],
    ["a status that is no text", { ...response(T, 3), status: ["ok", 1, "ok"] }],
    ["a step of zero", { ...response(T, 3), step: 0 }],
  ])("refuses %s", (_, value) => expect(readHistory(value)).toBeNull());

  it("never throws", () => {
    fc.assert(fc.property(fc.anything(), (value) => void readHistory(value)));
  });
});

describe("the price line", () => {
  it("continues the rows of the service's history", () => {
    const line = new PriceHistory();
    for (let i = 0; i < 4; i++) line.push(T + 100 + i / 2, 5, null);
    line.fill(columns(T, 100));
    const times = [...line.times.subarray(0, line.length)];
    expect(times.slice(0, 3)).toEqual([T, T + 10, T + 20]);
    expect(times.slice(-5)).toEqual([T + 90, T + 100, T + 100.5, T + 101, T + 101.5]);
    expect(line.prices[line.length - 1]).toBe(5);
  });

  it("has what was missed during a lost connection", () => {
    const line = new PriceHistory();
    line.push(T + 5, 1, null);
    line.break(T + 6);
    line.push(T + 61, 3, null);
    line.fill(columns(T, 10));
    expect([...line.times.subarray(0, line.length)]).toEqual([
      T,
      T + 10,
      T + 20,
      T + 30,
      T + 40,
      T + 50,
      T + 60,
      T + 61,
    ]);
  });

  it("stays in order and within its capacity, whatever is filled in", () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.integer({ min: -5_000, max: 5_000 }), fc.integer({ min: 0, max: 6_000 })), {
          maxLength: 4,
        }),
        fc.array(fc.option(fc.integer({ min: 1, max: 9 })), { maxLength: 40 }),
        (fills, prices) => {
          const line = new PriceHistory();
          prices.forEach((price, i) => {
            line.push(T + 60 * i, price, null);
          });
          for (const [from, rows] of fills) line.fill(columns(T + from, rows));
          expect(line.length).toBeLessThanOrEqual(line.times.length);
          for (let i = 1; i < line.length; i++)
            expect(line.times[i]).toBeGreaterThanOrEqual(line.times[i - 1] as number);
        },
      ),
      { numRuns: 50 },
    );
  });
});
