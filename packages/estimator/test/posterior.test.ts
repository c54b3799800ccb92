import { describe, expect, it } from "vitest";
import { estimatePosterior } from "../src/index.ts";
import { simulatedAmountsBtc } from "./simulated-market.ts";

/** A fixed sequence of numbers in [0, 1) (Numerical Recipes' quick generator). */
function numbers(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

describe("without evidence", () => {
  const nothing = { price: null, interval: null, confidence: 0, status: "no_estimate", windowPrice: null };

  it("there is no price", () => {
    expect(estimatePosterior([])).toEqual(nothing);
    expect(estimatePosterior([0.001, 0.01, 0.1, 1, 0.5, 0.00005])).toEqual(nothing);
  });

  it("a flood of one amount gives no price", () => {
    expect(estimatePosterior(new Array(5000).fill(0.00123457)).status).not.toBe("ok");
  });

  it("amounts spread evenly over the axis give no price", () => {
    const random = numbers(3);
    const even = Array.from({ length: 4000 }, () => Number((10 ** (random() * 4 - 4.5)).toFixed(8)));
    expect(estimatePosterior(even).status).not.toBe("ok");
  });

  it("rejects an invalid amount with its index", () => {
    expect(() => estimatePosterior([0.001, Number.NaN])).toThrow(/1/);
    expect(() => estimatePosterior([-1])).toThrow(/0/);
    expect(() => estimatePosterior([], null as never)).toThrow("options is null: it must be an object");
  });
});

describe("the times of a set", () => {
  it("of minutes widen the interval if the price moves in them", () => {
    const width = (prices: readonly number[]): number => {
      const amounts = prices.flatMap((price, i) => Array.from(simulatedAmountsBtc(price, 500, i)));
      const timestamps = amounts.map((_, i) => (600 * i) / amounts.length);
      const { interval } = estimatePosterior(amounts, { timestamps });
      return Math.log(interval!.high / interval!.low);
    };
    expect(width([60_000, 60_100, 60_300, 60_500])).toBeGreaterThan(2 * width([60_000, 60_000, 60_000, 60_000]));
  });

  const amounts = [0.00123457, 0.0023457, 0.0345671];

  it.each([
    ["as many as amounts", { timestamps: [1, 2] }, /timestamps/],
    ["numbers of Unix seconds", { timestamps: [1, Number.NaN, 3] }, /timestamps\[1\]/],
    ["not in milliseconds", { timestamps: [1, 2, 1.7e12] }, /timestamps\[2\]/],
    ["in a span longer than seven days", { timestamps: [1, 2, 3], to: 604_802 }, /from 1 to 604802: seven days/],
    ["with a time far from the others", { timestamps: [0, 1.7e9, 1.7e9] }, /is a timestamp wrong/],
    ["in a span that does not end before it begins", { timestamps: [1, 2, 3], from: 5, to: 4 }, /to is 4/],
    ["given when a span is", { from: 5 }, /from/],
  ])("must be %s", (_, options, message) => {
    expect(() => estimatePosterior(amounts, options)).toThrow(message);
  });

  it("may be all equal, or empty", () => {
    expect(estimatePosterior(amounts, { timestamps: [7, 7, 7] }).status).toBe("no_estimate");
    expect(estimatePosterior([], { timestamps: [] }).status).toBe("no_estimate");
  });
});
