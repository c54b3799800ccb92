import { checkPriceEstimate, checkReferenceEstimate } from "@utxoracle/models";
import { fewOrAll } from "@utxoracle/testkit";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { estimatePosterior, estimateReference, MempoolAnalyzer, type PriceEstimate } from "../src/index.ts";
import { payment } from "./payment.ts";
import { simulatedAmountsBtc } from "./simulated-market.ts";

const NOW = 1_710_000_000;

function checkSense(estimate: PriceEstimate): void {
  checkPriceEstimate(estimate);
  const { price, interval, status, confidence, windowPrice } = estimate;
  expect(price === null).toBe(status === "no_estimate");
  if (price === null) expect([interval, confidence, windowPrice]).toEqual([null, 0, null]);
  if (interval !== null) {
    expect(interval.low).toBeLessThanOrEqual(price!);
    expect(interval.high).toBeGreaterThanOrEqual(price!);
    expect(interval.low).toBeGreaterThan(0);
  }
  if (status === "ok") expect(confidence).toBeGreaterThanOrEqual(0.5);
}

const anyAmount = fc.oneof(
  fc.integer({ min: 1_001, max: 1e13 - 1 }),
  fc.integer({ min: 1_001, max: 2_000_000 }),
  fc.constantFrom(1_001, 1e13 - 1, 10_000, 100_000, 111_100, 1e8),
);
/** Some amounts many times over, as one actor may send them. */
const anyAmountsBtc = fc
  .array(fc.tuple(anyAmount, fc.integer({ min: 1, max: 60 })), { maxLength: 60 })
  .map((runs) => runs.flatMap(([sats, times]) => new Array<number>(times).fill(sats / 1e8)));

describe("for any amounts", () => {
  it("an estimate is a price within its interval or null, never NaN", () => {
    fc.assert(
      fc.property(anyAmountsBtc, (amountsBtc) => {
        checkSense(estimatePosterior(amountsBtc));
        checkReferenceEstimate(estimateReference(amountsBtc));
      }),
      { numRuns: fewOrAll(25, 60) },
    );
  });

  it("a window's estimate is too, at any time", () => {
    const arrival = fc.oneof(fc.integer({ min: 0, max: 12_000 }), fc.constantFrom(-100_000, 0, 10_800, NOW));
    const asked = fc.array(fc.integer({ min: 0, max: 20_000 }), { minLength: 1, maxLength: 4 });
    fc.assert(
      fc.property(
        anyAmountsBtc,
        fc.array(arrival, { minLength: 1, maxLength: 20 }),
        asked,
        (amountsBtc, ages, waits) => {
          const analyzer = new MempoolAnalyzer();
          for (const [i, amount] of amountsBtc.entries())
            analyzer.addTransaction(payment(`${i}`, NOW - (ages[i % ages.length] as number), [amount]));
          let now = NOW;
          for (const wait of waits) {
            now += wait;
            checkSense(analyzer.estimatePrice(now));
            for (const { usd, votes, strength } of analyzer.evidence(now)) {
              expect(usd).toBeGreaterThan(0);
              expect(votes).toBeGreaterThanOrEqual(0);
              expect(Number.isFinite(strength)).toBe(true);
            }
          }
        },
      ),
      { numRuns: fewOrAll(25, 60) },
    );
  });
});

describe("a simulated market", () => {
  it.each([2_000, 67_000, 1_000_000])("at $%d is read cold, with evidence that explains it", (priceUsd) => {
    const amounts = simulatedAmountsBtc(priceUsd, 12_000, 11);
    const analyzer = new MempoolAnalyzer();
    for (const [i, amount] of amounts.entries())
      analyzer.addTransaction(payment(`${i}`, NOW - 10_800 + (i * 10_800) / amounts.length, [amount]));
    const estimate = analyzer.estimatePrice(NOW);
    checkSense(estimate);
    expect(estimate.status).toBe("ok");
    expect(estimate.price! / priceUsd).toBeCloseTo(1, 2);
    const evidence = analyzer.evidence(NOW);
    const hundred = evidence.find(({ usd }) => usd === 100);
    expect(hundred?.votes).toBeGreaterThan(0);
    expect(hundred?.strength).toBeGreaterThan(0);
    const points = analyzer.pricePoints();
    expect(points).toHaveLength(500);
    const near = points.filter(({ price }) => Math.abs(price / priceUsd - 1) < 0.005);
    expect(near.length).toBeGreaterThan(150);
  });
});
