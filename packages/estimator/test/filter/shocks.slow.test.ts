import { fewOrAll } from "@utxoracle/testkit";
import { describe, expect, test } from "vitest";
import type { PriceEstimate } from "../../src/contracts.ts";
import { LiveFilter } from "../../src/posterior/filter/live-filter.ts";
import { simulateMarket, type TimedAmount } from "./simulated-market.ts";

const WINDOW_SECONDS = 10_800;
const start = 1_700_000_100;

/** Feeds a tracker as the window does, what is too old leaving, and asks at each of the moments. */
function follow(amounts: readonly TimedAmount[], moments: readonly number[]): PriceEstimate[] {
  const tracker = new LiveFilter(WINDOW_SECONDS);
  let next = 0;
  let oldest = 0;
  return moments.map((now) => {
    for (; next < amounts.length && amounts[next]!.timestamp <= now; next++)
      tracker.add(amounts[next]!.valueSats, 0, amounts[next]!.timestamp);
    for (; oldest < next && amounts[oldest]!.timestamp < now - WINDOW_SECONDS; oldest++)
      tracker.remove(amounts[oldest]!.valueSats, 0, amounts[oldest]!.timestamp);
    return tracker.estimate(now);
  });
}

function error(estimate: PriceEstimate, truth: number): number {
  return Math.abs(estimate.price! / truth - 1);
}

function otherPrices(amounts: readonly TimedAmount[], now: number): number[] {
  const tracker = new LiveFilter(WINDOW_SECONDS);
  for (const { valueSats, timestamp } of amounts) tracker.add(valueSats, 0, timestamp);
  return tracker.support(now).otherPrices;
}

function width({ price, interval }: PriceEstimate): number {
  return (interval!.high - interval!.low) / price!;
}

describe("a price that jumps at once", () => {
  const jumpAt = start + 9_000;
  for (const jump of fewOrAll([-0.3], [0.1, -0.1, 0.3, -0.3])) {
    test(`by ${jump * 100} % is followed within minutes, and doubted until it is clear`, () => {
      const priceAt = (time: number) => (time < jumpAt ? 60_000 : 60_000 * (1 + jump));
      const market = simulateMarket({
        seed: 11,
        startSeconds: start,
        durationSeconds: 9_000 + WINDOW_SECONDS,
        amountsPerSecond: 2,
        priceAt,
      });
      // Each of the first 15 minutes, then every twentieth.
      const minutes = Array.from({ length: 180 }, (_, index) => index + 1);
      const moments = minutes
        .filter((minute) => minute <= 15 || minute % fewOrAll(20, 5) === 0)
        .map((minute) => jumpAt + 60 * minute);
      const [before, ...after] = follow(market, [jumpAt, ...moments]);
      expect(before!.status).toBe("ok");
      const right = after.map((estimate) => error(estimate, priceAt(jumpAt)) < 0.005);
      // payments are priced up to four minutes before they come
      expect(right.indexOf(true)).toBeLessThan(10);
      expect(right.slice(15).every(Boolean)).toBe(true);
      const change = after.slice(0, 15);
      expect(change.some(({ status }) => status !== "ok")).toBe(true);
      // The interval is that of the published price, never one that spans to the other.
      expect(Math.max(...change.map(width))).toBeLessThan(0.05);
      expect(after.at(-1)!.status).toBe("ok");
      expect(width(after.at(-1)!)).toBeLessThan(0.01);
    });
  }
});

describe("one who sends amounts to mislead", () => {
  const price = 60_000;
  const market = simulateMarket({
    seed: 12,
    startSeconds: start,
    durationSeconds: WINDOW_SECONDS,
    amountsPerSecond: 2,
    priceAt: () => price,
  });
  const end = start + WINDOW_SECONDS;

  /** Sends so many of all amounts, round dollars at a false price, all through the window. */
  function withForged(share: number, falsePrice: number): TimedAmount[] {
    const forged = simulateMarket({
      seed: 13,
      startSeconds: start,
      durationSeconds: WINDOW_SECONDS,
      amountsPerSecond: (2 * share) / (1 - share),
      priceAt: () => falsePrice,
      roundShare: 1,
    });
    return [...market, ...forged].sort((a, b) => a.timestamp - b.timestamp);
  }

  test("does nothing with one amount in a hundred", () => {
    const [estimate] = follow(withForged(0.01, 1.2 * price), [end]);
    expect(error(estimate!, price)).toBeLessThan(0.001);
    expect(estimate!.status).toBe("ok");
  });

  test("is noticed with one in twenty: the true price is named as another one, and none is ok", () => {
    const [estimate] = follow(withForged(0.05, 1.2 * price), [end]);
    expect(estimate!.status).toBe("low_confidence");
    expect(estimate!.confidence).toBeLessThanOrEqual(0.9);
    const { low, high } = estimate!.interval!;
    expect(high / low).toBeLessThan(1.05);
    const prices = [estimate!.price!, ...otherPrices(withForged(0.05, 1.2 * price), end)];
    for (const wanted of [price, 1.2 * price])
      expect(prices.some((each) => Math.abs(each / wanted - 1) < 0.005)).toBe(true);
  });

  test("does nothing with one amount sent every second", () => {
    const flood = Array.from({ length: WINDOW_SECONDS }, (_, second) => ({
      valueSats: Math.round((50 / (1.03 * price)) * 1e8) + 1,
      timestamp: start + second,
    }));
    const amounts = [...market, ...flood].sort((a, b) => a.timestamp - b.timestamp);
    const [estimate] = follow(amounts, [end]);
    expect(error(estimate!, price)).toBeLessThan(0.001);
    expect(estimate!.status).toBe("ok");
  });
});

describe("thin evidence", () => {
  test("a start with ten minutes of payments is right or not called ok", () => {
    for (let seed = 1; seed <= 10; seed++) {
      const price = 20_000 * seed;
      const market = simulateMarket({
        seed,
        startSeconds: start,
        durationSeconds: 600,
        amountsPerSecond: 1.5,
        priceAt: () => price,
      });
      const [estimate] = follow(market, [start + 600]);
      if (estimate!.status === "ok") expect(error(estimate!, price)).toBeLessThan(0.01);
    }
  });

  test("a silence of half an hour widens the interval", () => {
    const price = 60_000;
    const market = simulateMarket({
      seed: 21,
      startSeconds: start,
      durationSeconds: 7_200,
      amountsPerSecond: 1.5,
      priceAt: () => price,
    });
    const [busy, silent] = follow(market, [start + 7_200, start + 9_000]);
    expect(width(silent!)).toBeGreaterThan(2 * width(busy!));
    expect(error(silent!, price)).toBeLessThan(0.005);
  });

  test("a backlog of payments from hours before leaves the price now alone", () => {
    const priceAt = (time: number) => 60_000 * Math.exp(((time - start) / 7_200) * 0.02);
    const market = simulateMarket({
      seed: 22,
      startSeconds: start,
      durationSeconds: 7_200,
      amountsPerSecond: 1.5,
      priceAt,
    });
    const late = simulateMarket({
      seed: 23,
      startSeconds: start,
      durationSeconds: 1_800,
      amountsPerSecond: 1,
      priceAt,
    }).map(({ valueSats }, index) => ({ valueSats, timestamp: start + 5_400 + index }));
    const amounts = [...market, ...late].sort((a, b) => a.timestamp - b.timestamp);
    const end = start + 7_200;
    const [estimate] = follow(amounts, [end]);
    expect(error(estimate!, priceAt(end))).toBeLessThan(0.003);
  });
});

describe("evidence", () => {
  test("names each round amount with its votes and how strongly they speak", () => {
    const tracker = new LiveFilter(WINDOW_SECONDS);
    const market = simulateMarket({
      seed: 31,
      startSeconds: start,
      durationSeconds: 3_600,
      amountsPerSecond: 2,
      priceAt: () => 60_000,
    });
    for (const { valueSats, timestamp } of market) tracker.add(valueSats, 0, timestamp);
    const evidence = tracker.evidence(start + 3_600);
    expect(evidence.map(({ usd }) => usd)).toEqual([5, 10, 15, 20, 25, 30, 40, 50, 100, 150, 200, 300, 500, 1000]);
    for (const { votes, strength } of evidence) {
      expect(votes).toBeGreaterThan(2);
      expect(strength).toBeGreaterThan(0);
    }
    expect(new LiveFilter(WINDOW_SECONDS).evidence(start)).toEqual([]);
  });
});
