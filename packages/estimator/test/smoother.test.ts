import { describe, expect, test } from "vitest";
import { EstimatorError, estimatePricePath } from "../src/index.ts";
import { simulateMarket } from "./filter/simulated-market.ts";

const START = 1_700_000_000;
const HOURS = 5;

/** Calm, then a rise of 3 % in an hour, a fall of 2 % in ten minutes, calm again. */
function priceAt(time: number): number {
  const hour = (time - START) / 3600;
  const rise = 0.03 * Math.min(1, Math.max(0, hour - 1.5));
  const fall = 0.02 * Math.min(1, Math.max(0, 6 * (hour - 3.5)));
  return 60_000 * Math.exp(rise - fall);
}

const market = simulateMarket({
  seed: 41,
  startSeconds: START,
  durationSeconds: 3600 * HOURS,
  amountsPerSecond: 2,
  priceAt,
});
const amountsBtc = market.map(({ valueSats }) => valueSats / 1e8);
const timestamps = market.map(({ timestamp }) => timestamp);

describe("the price path of a simulated market", () => {
  const path = estimatePricePath(amountsBtc, { timestamps });
  const moments = Array.from({ length: HOURS * 12 - 6 }, (_, index) => START + 900 + 300 * index);

  test("follows calm, rise and fall within 0.2 %, half of it within 0.05 %", () => {
    const errors = moments.map((time) => Math.abs(path.estimateAt(time)!.price / priceAt(time) - 1));
    errors.sort((a, b) => a - b);
    expect(errors[Math.floor(errors.length / 2)]!).toBeLessThan(0.0005);
    expect(errors[Math.floor(0.95 * errors.length)]!).toBeLessThan(0.002);
  });

  test("its band holds the true price in 80 to 100 % of the moments", () => {
    const held = moments.filter((time) => {
      const { low, high } = path.estimateAt(time)!;
      return low <= priceAt(time) && priceAt(time) <= high;
    });
    expect(held.length / moments.length).toBeGreaterThan(0.8);
  });

  test("a payment after the moment changes the price at it", () => {
    const before = market.filter(({ timestamp }) => timestamp <= START + 3.6 * 3600);
    const known = estimatePricePath(
      before.map(({ valueSats }) => valueSats / 1e8),
      { timestamps: before.map(({ timestamp }) => timestamp) },
    );
    const moment = START + 3.58 * 3600;
    const error = (price: number) => Math.abs(price / priceAt(moment) - 1);
    expect(error(path.estimateAt(moment)!.price)).toBeLessThan(error(known.estimateAt(moment)!.price) + 1e-4);
    expect(path.estimateAt(moment)!.price).not.toBe(known.estimateAt(moment)!.price);
  });

  test("the same for any order of the amounts", () => {
    const reversed = estimatePricePath([...amountsBtc].reverse(), { timestamps: [...timestamps].reverse() });
    expect(reversed.points).toEqual(path.points);
  });

  test("has no price an hour after the last payment", () => {
    expect(path.estimateAt(START + 3600 * (HOURS + 1))).toBeNull();
    expect(() => path.estimateAt(START * 1000)).toThrow(/^time is \d+: .*not milliseconds/);
  });
});

test("a path needs the times of the amounts", () => {
  const ask = () => estimatePricePath([0.001], {} as { timestamps: number[] });
  expect(ask).toThrow(EstimatorError);
  expect(ask).toThrow("timestamps");
});

test("no amounts give no points", () => {
  const path = estimatePricePath([], { timestamps: [] });
  expect(path.points).toEqual([]);
  expect(path.estimateAt(START)).toBeNull();
});
