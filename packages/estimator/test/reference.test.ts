import { describe, expect, it } from "vitest";
import { EstimatorError, estimateReference } from "../src/index.ts";
import { binOf } from "../src/reference/histogram.ts";
import { isRoundBtc } from "../src/reference/round-btc.ts";
import { BIN_STARTS_BTC } from "../src/reference/stencils.ts";
import { simulatedAmountsBtc } from "./simulated-market.ts";

describe("the reference engine on a simulated market", () => {
  it.each([30_000, 60_000, 150_000])("finds $%d", (priceUsd) => {
    const { price, roughPriceUsd, failure } = estimateReference(simulatedAmountsBtc(priceUsd, 20_000, 1));
    expect(failure).toBeNull();
    expect(price! / priceUsd).toBeCloseTo(1, 2);
    expect(roughPriceUsd! / priceUsd).toBeCloseTo(1, 1);
  });

  it("returns the same numbers for any order of the amounts", () => {
    const amounts = simulatedAmountsBtc(60_000, 5_000, 2);
    expect(estimateReference(Float64Array.from(amounts).reverse())).toEqual(estimateReference(amounts));
  });

  it("recenters until the center repeats if asked to", () => {
    const amounts = simulatedAmountsBtc(60_000, 5_000, 3);
    const once = estimateReference(amounts);
    const recenterd = estimateReference(amounts, { recenter: true });
    expect(recenterd.roughPriceUsd).toBe(once.roughPriceUsd);
    expect(recenterd.pricePoints).toBe(once.pricePoints);
    // All points lie 4 % above the rough price or higher: the band around it cuts them off, the
    // band around them does not.
    const skewed = [...amounts.slice(0, 4_000)];
    for (let i = 0; i < 3_000; i++) skewed.push((100 / (once.roughPriceUsd! * 1.04)) * (1 - i * 1e-5));
    const skewedOnce = estimateReference(skewed);
    const skewedRecenterd = estimateReference(skewed, { recenter: true });
    expect(skewedRecenterd.price).not.toBe(skewedOnce.price);
    expect(estimateReference(skewed, { recenter: false })).toEqual(skewedOnce);
  });
});

describe("without enough evidence", () => {
  it("has no price and says why", () => {
    const nothing = { price: null, bestSlide: null, roughPriceUsd: null, centralPriceUsd: null, pricePoints: 0 };
    expect(estimateReference([])).toMatchObject({ ...nothing, failure: "no_amounts", outputs: 0 });
    // In range, but in none of the bins that are kept.
    expect(estimateReference([150, 160])).toMatchObject({ ...nothing, failure: "no_amounts", outputs: 2 });
    // Where no slide of the stencils reaches.
    expect(estimateReference([9.9])).toMatchObject({ ...nothing, failure: "no_rough_price", outputs: 1 });
    // A round amount of bitcoin is no price point.
    const round = estimateReference([0.0015, 0.0015]);
    expect(round).toMatchObject({ price: null, failure: "no_price_points", outputs: 2, pricePoints: 0 });
    expect(round.roughPriceUsd).toBeGreaterThan(0);
  });

  it("ignores amounts out of range", () => {
    expect(estimateReference([1e-5, 1e5, 21e6, 1e-8])).toMatchObject({ outputs: 0, failure: "no_amounts" });
  });
});

describe("invalid input", () => {
  it.each([Number.NaN, 0, -1, Number.POSITIVE_INFINITY, 21_000_001, "1", null, undefined])(
    "rejects the amount %s",
    (amount) => {
      const act = () => estimateReference([0.001, amount as number]);
      expect(act).toThrow(EstimatorError);
      expect(act).toThrow("amountsBtc[1]");
    },
  );

  it.each([null, undefined, "0.1", 5, {}])("refuses %s for the amounts", (amounts) => {
    expect(() => estimateReference(amounts as never)).toThrow("amountsBtc is");
  });

  it("rejects an unknown option", () => {
    expect(() => estimateReference([], { recenter: 1 as never })).toThrow("recenter is 1");
    for (const options of [null, "recenter"])
      expect(() => estimateReference([], options as never)).toThrow(
        /^options is (null|"recenter"): it must be an object$/,
      );
  });
});

describe("the bins and round amounts of the reference engine", () => {
  it("put an amount at a bin's start into it, and the double before into the bin before", () => {
    for (let bin = 1; bin < BIN_STARTS_BTC.length; bin++) {
      const start = BIN_STARTS_BTC[bin]!;
      expect(binOf(start)).toBe(bin);
      expect(binOf(start * (1 - 2e-16))).toBe(bin - 1);
    }
  });

  it("recognize a round amount of bitcoin by its strict band of 0.01 %", () => {
    for (const [amount, round] of [
      [0.0005, true],
      [0.00050004, true],
      [0.00050006, false],
      [0.00049996, true],
      [0.00049994, false],
      [0.00004, false],
      [0.99, true],
      [0.995, false],
      [1.5, false],
    ] as const)
      expect(isRoundBtc(amount), String(amount)).toBe(round);
  });
});
