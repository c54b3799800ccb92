import { describe, expect, test } from "vitest";
import { LiveFilter } from "../../src/posterior/filter/live-filter.ts";
import { simulateMarket } from "./simulated-market.ts";

const start = 1_700_000_000;

describe("a market found from nothing", () => {
  for (const price of [150, 600, 1_500, 15_000, 50_000, 99_900, 150_000, 750_000, 3_000_000]) {
    test(`at $${price}`, () => {
      const tracker = new LiveFilter(10_800);
      const market = simulateMarket({
        seed: price,
        startSeconds: start,
        durationSeconds: 3_600,
        // Small amounts do not count: at a high price more payments are needed.
        amountsPerSecond: price > 500_000 ? 3 : 1.5,
        priceAt: () => price,
      });
      for (const { valueSats, timestamp } of market) tracker.add(valueSats, 0, timestamp);
      const estimate = tracker.estimate(start + 3_600);
      expect(estimate.status).toBe("ok");
      expect(Math.abs(estimate.price! / price - 1)).toBeLessThan(0.001);
      expect(estimate.interval!.low).toBeLessThan(price);
      expect(estimate.interval!.high).toBeGreaterThan(price);
      expect(Math.abs(estimate.windowPrice! / price - 1)).toBeLessThan(0.001);
    });
  }
});

describe("without evidence", () => {
  test("an empty window has no price", () => {
    const { price, interval, confidence, status, windowPrice } = new LiveFilter(10_800).estimate(start);
    expect({ price, interval, confidence, status, windowPrice }).toEqual({
      price: null,
      interval: null,
      confidence: 0,
      status: "no_estimate",
      windowPrice: null,
    });
  });

  test("amounts without round dollars among them give no price that is called ok", () => {
    const tracker = new LiveFilter(10_800);
    const market = simulateMarket({
      seed: 5,
      startSeconds: start,
      durationSeconds: 10_800,
      amountsPerSecond: 1,
      priceAt: () => 60_000,
      roundShare: 0,
    });
    for (const { valueSats, timestamp } of market) tracker.add(valueSats, 0, timestamp);
    expect(tracker.estimate(start + 10_800).status).not.toBe("ok");
  });
});
