import { describe, expect, it } from "vitest";
import { estimatePosterior } from "../src/index.ts";
import { simulateMarket } from "./filter/simulated-market.ts";

const PRICE = 50_000;

describe("a flood of multiples of one unit", () => {
  const payments = simulateMarket({
    seed: 1,
    startSeconds: 1_700_000_000,
    durationSeconds: 250,
    amountsPerSecond: 1,
    priceAt: () => PRICE,
  }).map(({ valueSats }) => valueSats / 1e8);

  it.each([0.9, 0.95, 1.1])("worth round dollars at %f times the price does not hide it", (ratio) => {
    const unitSats = Math.round(5e8 / (PRICE * ratio));
    const flood = Array.from({ length: 200 }, (_, index) => (unitSats * (1 + (index % 100))) / 1e8);
    const { price, status } = estimatePosterior([...payments, ...flood]);
    expect(status).toBe("ok");
    expect(Math.abs((price ?? 0) / PRICE - 1)).toBeLessThan(0.005);
  });
});
