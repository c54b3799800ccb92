import { fewOrAll } from "@utxoracle/testkit";
import { describe, expect, it } from "vitest";
import { estimatePosterior } from "../src/index.ts";
import { simulateMarket } from "./filter/simulated-market.ts";

/**
 * Round dollar amounts stand at 5, 10, 20, 50, …: a pattern that is nearly its own at twice or ten
 * times the price.
 */
const PRICES_USD = [120, 350, 700, 2_000, 15_000, 50_000, 99_900, 150_000, 750_000, 3_000_000];
const SEEDS = fewOrAll([1], [1, 2, 3, 4, 5]);

/** Amounts in BTC of a simulated market at one price. */
function amountsAt(priceUsd: number, count: number, seed: number): number[] {
  const market = simulateMarket({
    seed: seed * 1_000_003 + priceUsd,
    startSeconds: 1_700_000_000,
    durationSeconds: count,
    amountsPerSecond: 1,
    priceAt: () => priceUsd,
  });
  return market.map(({ valueSats }) => valueSats / 1e8);
}

describe.each(PRICES_USD)("a market at $%i, of which nothing is known before", (priceUsd) => {
  it.each([200, 600, 2000])("is read right, or not ok, from %i amounts", (count) => {
    for (const seed of SEEDS) {
      const { price, status } = estimatePosterior(amountsAt(priceUsd, count, seed));
      if (status === "ok") expect(Math.abs((price ?? 0) / priceUsd - 1), `seed ${seed}`).toBeLessThan(0.03);
    }
  });

  it("is right and ok with 8,000 amounts", () => {
    for (const seed of SEEDS) {
      const { price, status } = estimatePosterior(amountsAt(priceUsd, 8000, seed));
      expect(status, `seed ${seed}`).toBe("ok");
      expect(Math.abs((price ?? 0) / priceUsd - 1), `seed ${seed}`).toBeLessThan(0.005);
    }
  });
});
