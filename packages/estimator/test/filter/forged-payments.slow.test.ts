import { fewOrAll } from "@utxoracle/testkit";
import { describe, expect, test } from "vitest";
import { SHAPES } from "../../bench/attacks/shapes.ts";
import type { PriceEstimate } from "../../src/contracts.ts";
import { LiveFilter } from "../../src/posterior/filter/live-filter.ts";
import { simulateMarket, type TimedAmount } from "./simulated-market.ts";

const PRICE = 60_000;
const START = 1_700_000_100;
const MINUTE = 60;

function market(from: number, minutes: number, amountsPerSecond: number, priceUsd: number, roundShare = 0.1) {
  return simulateMarket({
    seed: Math.round(from + priceUsd),
    startSeconds: from,
    durationSeconds: minutes * MINUTE,
    amountsPerSecond,
    priceAt: () => priceUsd,
    roundShare,
  });
}

/** Minutes between two answers. */
const STEP = fewOrAll(5, 2);

/** Asks every few minutes from a moment on. */
function answers(amounts: readonly TimedAmount[], from: number, minutes: number): PriceEstimate[] {
  const tracker = new LiveFilter(10_800);
  const inOrder = [...amounts].sort((a, b) => a.timestamp - b.timestamp);
  let next = 0;
  return Array.from({ length: Math.floor(minutes / STEP) }, (_, step) => {
    const now = from + STEP * MINUTE * (step + 1);
    for (; next < inOrder.length && inOrder[next]!.timestamp <= now; next++)
      tracker.add(inOrder[next]!.valueSats, 0, inOrder[next]!.timestamp);
    return tracker.estimate(now);
  });
}

const isOkAndWrong = ({ price, status }: PriceEstimate): boolean =>
  status === "ok" && Math.abs(price! / PRICE - 1) > 0.02;

describe("forged payments", () => {
  test.each(fewOrAll([1.03], [1.03, 1.1, 0.7, 2, 0.5]))(
    "a hundred in five minutes at %d times the price are never ok, warm",
    (factor) => {
      const attack = START + 120 * MINUTE;
      const honest = market(START, 200, 2, PRICE);
      const forged = market(attack, 5, 1 / 3, PRICE * factor, 1);
      const asked = answers([...honest, ...forged], attack, 60);
      expect(asked.filter(isOkAndWrong)).toEqual([]);
    },
  );

  test.each(fewOrAll([2], [1.03, 0.7, 2, 0.5]))(
    "a hundred in five minutes at %d times the price are never ok, cold",
    (factor) => {
      const honest = market(START, 120, 2, PRICE);
      const forged = market(START + MINUTE, 5, 1 / 3, PRICE * factor, 1);
      const asked = answers([...honest, ...forged], START, 110);
      expect(asked.filter(isOkAndWrong)).toEqual([]);
      expect(asked.at(-1)!.status).toBe("ok");
    },
  );

  test.each(fewOrAll([0.5], [2, 0.5]))(
    "180 at an alias, %d times the price, are never ok on a young window",
    (factor) => {
      const honest = market(START, 60, 1, PRICE);
      const apart = SHAPES.find(({ name }) => name === "apart")!;
      const none = { times: new Float64Array(), sats: new Float64Array() };
      const plan = { count: 180, offset: factor - 1, end: START + 40 * MINUTE, truePriceUsd: PRICE, market: none };
      const forged = apart.forge(plan).map(({ sats, time }) => ({ valueSats: sats[0]!, timestamp: time }));
      expect(answers([...honest, ...forged], START, 60).filter(isOkAndWrong)).toEqual([]);
    },
  );

  test("a hundred in half an hour at 3 % over a price that falls fast are never ok", () => {
    const attack = START + 120 * MINUTE;
    // It falls by 6 % in an hour, in jumps: no payments stand at one price for long.
    const priceAt = (time: number): number =>
      PRICE * (1 - 0.001 * Math.max(0, Math.floor((time - START) / MINUTE) - 60) + 0.004 * Math.sin(time / 97));
    const honest = simulateMarket({
      seed: 3,
      startSeconds: START,
      durationSeconds: 200 * MINUTE,
      amountsPerSecond: 1.5,
      priceAt,
      roundShare: 0.05,
    });
    const forged = simulateMarket({
      seed: 4,
      startSeconds: attack,
      durationSeconds: 30 * MINUTE,
      amountsPerSecond: 100 / (30 * MINUTE),
      priceAt: () => priceAt(attack + 30 * MINUTE) * 1.03,
      roundShare: 1,
    });
    const asked = answers([...honest, ...forged], attack, 60);
    const isWrong = ({ price, status }: PriceEstimate, step: number): boolean =>
      status === "ok" && Math.abs(price! / priceAt(attack + STEP * MINUTE * (step + 1)) - 1) > 0.02;
    expect(asked.filter(isWrong)).toEqual([]);
  });

  test("without them a window is ok within an hour of a cold start", () => {
    expect(answers(market(START, 60, 2, PRICE), START, 60).at(-1)!.status).toBe("ok");
  });
});

test("a price that moves by 3 % in a minute is ok again within half an hour", () => {
  const before = market(START, 120, 2, PRICE);
  const moved = market(START + 120 * MINUTE, 60, 2, PRICE * 1.03);
  const asked = answers([...before, ...moved], START + 120 * MINUTE, 30);
  expect(asked.at(-1)!.status).toBe("ok");
  expect(Math.abs(asked.at(-1)!.price! / (PRICE * 1.03) - 1)).toBeLessThan(0.003);
});
