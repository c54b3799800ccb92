import { describe, expect, it } from "vitest";
import { estimatePosterior } from "../src/index.ts";
import { simulateMarket } from "./filter/simulated-market.ts";

/** Amounts in BTC of a simulated market at one price. */
function amountsAt(priceUsd: number, count: number, seed: number): number[] {
  const market = simulateMarket({
    seed,
    startSeconds: 1_700_000_000,
    durationSeconds: count,
    amountsPerSecond: 1,
    priceAt: () => priceUsd,
  });
  return market.map(({ valueSats }) => valueSats / 1e8);
}

const PRICE = 50_000;

describe("batch payouts beside payments", () => {
  const few = amountsAt(PRICE, 100, 1);
  const batches = Array.from({ length: 40 }, (_, batch) => amountsAt(PRICE, 25, 100 + batch));

  it("make the price of few payments ok", () => {
    expect(estimatePosterior(few).status).not.toBe("ok");
    const { price, status } = estimatePosterior(few, { batches });
    expect(status).toBe("ok");
    expect(Math.abs((price ?? 0) / PRICE - 1)).toBeLessThan(0.01);
  });

  it("do not outvote payments when one transaction has thousands of outputs", () => {
    const { price } = estimatePosterior(amountsAt(PRICE, 600, 2), { batches: [amountsAt(2 * PRICE, 5000, 3)] });
    expect(Math.abs((price ?? 0) / PRICE - 1)).toBeLessThan(0.01);
  });

  it("may pay whole bitcoins", () => {
    const whole = Array.from({ length: 60 }, (_, index) => index + 1);
    expect(() => estimatePosterior(few, { batches: [whole] })).not.toThrow();
  });

  it("are refused when they are no lists of amounts, naming the place", () => {
    expect(() => estimatePosterior(few, { batches: [0.1] as never })).toThrow("batches[0] is 0.1");
    expect(() => estimatePosterior(few, { batches: [[0.1, -1]] })).toThrow("batches[0][1] is -1");
    expect(() => estimatePosterior(few, { batches: {} as never })).toThrow("batches is a");
  });

  it("are refused in satoshis", () => {
    const inSats = batches.map((batch) => batch.map((btc) => Math.round(btc * 1e8)));
    expect(() => estimatePosterior(few, { batches: inSats })).toThrow(/batches\[\d+\].*satoshis must be divided/);
  });
});
