import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { LiveFilter } from "../../src/posterior/filter/live-filter.ts";
import { simulateMarket, type TimedAmount } from "./simulated-market.ts";

const start = 1_700_000_000;
const market = simulateMarket({
  seed: 7,
  startSeconds: start,
  durationSeconds: 3_600,
  amountsPerSecond: 0.5,
  priceAt: (time) => 60_000 * Math.exp(1e-5 * (time - start)),
});
const now = start + 3_600;

function tracker(): LiveFilter {
  return new LiveFilter(10_800);
}

function filledWith(amounts: readonly TimedAmount[]): LiveFilter {
  const filled = tracker();
  for (const { valueSats, timestamp } of amounts) filled.add(valueSats, 0, timestamp);
  return filled;
}

function shuffled(amounts: readonly TimedAmount[], keys: readonly number[]): TimedAmount[] {
  return amounts
    .map((amount, index) => ({ amount, key: keys[index % keys.length]! * (1 + (index % 13)) }))
    .sort((a, b) => a.key - b.key)
    .map(({ amount }) => amount);
}

describe("the answer depends on the amounts held and on the time asked alone", () => {
  const keys = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 97, maxLength: 97 });

  test("the order of arrivals does not matter, to the last bit", () => {
    const expected = filledWith(market);
    fc.assert(
      fc.property(keys, (order) => {
        const other = filledWith(shuffled(market, order));
        expect(other.estimate(now)).toEqual(expected.estimate(now));
        expect(other.evidence(now)).toEqual(expected.evidence(now));
      }),
      { numRuns: 5 },
    );
  });

  test("amounts added and removed leave no trace, whatever was asked meanwhile", () => {
    const step = fc.record({
      kind: fc.constantFrom("add", "remove", "ask"),
      pick: fc.nat({ max: market.length - 1 }),
      many: fc.integer({ min: 1, max: 400 }),
      at: fc.integer({ min: 0, max: 5_000 }),
    });
    fc.assert(
      fc.property(fc.array(step, { minLength: 4, maxLength: 20 }), (steps) => {
        const worked = tracker();
        const held = new Map<TimedAmount, number>();
        for (const { kind, pick, many, at } of steps) {
          if (kind === "ask") worked.estimate(start + at);
          else
            for (const amount of market.slice(pick, pick + many)) {
              const count = held.get(amount) ?? 0;
              if (kind === "add") worked.add(amount.valueSats, 0, amount.timestamp);
              else if (count > 0) worked.remove(amount.valueSats, 0, amount.timestamp);
              held.set(amount, Math.max(0, count + (kind === "add" ? 1 : -1)));
            }
        }
        const survivors = [...held].flatMap(([amount, count]) => Array.from({ length: count }, () => amount));
        expect(worked.estimate(now)).toEqual(filledWith(survivors).estimate(now));
      }),
      { numRuns: 15 },
    );
  });

  test("asking every second or once gives the same", () => {
    const often = tracker();
    for (const { valueSats, timestamp } of market) {
      often.add(valueSats, 0, timestamp);
      if (Math.floor(timestamp) % 5 === 0) often.estimate(timestamp);
    }
    expect(often.estimate(now)).toEqual(filledWith(market).estimate(now));
  });
});
