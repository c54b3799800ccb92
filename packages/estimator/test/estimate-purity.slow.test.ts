import { describe, expect, it } from "vitest";
import { MempoolAnalyzer, type PriceEstimate, type ProcessedTransaction } from "../src/index.ts";
import { payment } from "./payment.ts";
import { seededRandom, simulatedAmountsBtc } from "./simulated-market.ts";

const NOW = 1_710_000_000;
const WINDOW_SECONDS = 10_800;
const PAYMENTS = 1_500;

/** A market of three hours and a half, so that the first half hour expires by NOW. */
function market(): ProcessedTransaction[] {
  const amounts = simulatedAmountsBtc(67_000, 2 * PAYMENTS, 7);
  const random = seededRandom(8);
  const span = WINDOW_SECONDS + 1_800;
  return Array.from({ length: PAYMENTS }, (_, i) =>
    payment(`${i}`, NOW - span + random() * span, [amounts[2 * i] as number, amounts[2 * i + 1] as number]),
  ).sort((a, b) => a.timestamp - b.timestamp);
}

function shuffled<T>(items: readonly T[], seed: number): T[] {
  const random = seededRandom(seed);
  const copy = [...items];
  for (let i = copy.length - 1; i > 0; i--) {
    const j = Math.floor(random() * (i + 1));
    [copy[i], copy[j]] = [copy[j] as T, copy[i] as T];
  }
  return copy;
}

function built(payments: readonly ProcessedTransaction[], engine: "posterior" | "reference"): MempoolAnalyzer {
  const analyzer = new MempoolAnalyzer({ engine });
  for (const transaction of payments) analyzer.addTransaction(transaction);
  return analyzer;
}

describe.each(["posterior", "reference"] as const)("the estimate of the engine %s, to the last bit", (engine) => {
  const payments = market();
  const survivors = payments.filter(({ timestamp }) => NOW - timestamp <= WINDOW_SECONDS);
  const expected: PriceEstimate = built(survivors, engine).estimatePrice(NOW);
  const expectedEvidence = built(survivors, engine).evidence(NOW);

  it("exists, so that there is something to compare", () => {
    expect(expected.price! / 67_000).toBeCloseTo(1, 2);
  });

  it("does not depend on the order of arrival", () => {
    for (const seed of [1, 2]) {
      const analyzer = built(shuffled(survivors, seed), engine);
      expect(analyzer.estimatePrice(NOW)).toEqual(expected);
      expect(analyzer.evidence(NOW)).toEqual(expectedEvidence);
    }
  });

  it("does not depend on earlier estimates or dropped payments", () => {
    const analyzer = new MempoolAnalyzer({ engine });
    for (const [i, transaction] of payments.entries()) {
      analyzer.addTransaction(transaction);
      if (i % 5 === 0) {
        analyzer.addTransaction(payment(`forged ${i}`, transaction.timestamp, [0.001, 0.002 + i * 1e-7]));
        if (i % 25 === 0) analyzer.estimatePrice(transaction.timestamp);
        analyzer.removeTransaction(`forged ${i}`);
      }
      if (i % 97 === 0) analyzer.estimatePrice(transaction.timestamp);
    }
    expect(analyzer.estimatePrice(NOW)).toEqual(expected);
    expect(analyzer.evidence(NOW)).toEqual(expectedEvidence);
  });

  it("is the same after saving and restoring, now and later", () => {
    const analyzer = built(payments, engine);
    for (let tick = 20; tick > 0; tick--) analyzer.estimatePrice(NOW - tick * 180);
    const restored = MempoolAnalyzer.restore(analyzer.save());
    for (const later of [0, 0.5, 600, WINDOW_SECONDS / 2, 2 * WINDOW_SECONDS]) {
      expect(restored.estimatePrice(NOW + later)).toEqual(analyzer.estimatePrice(NOW + later));
      expect(restored.evidence(NOW + later)).toEqual(analyzer.evidence(NOW + later));
    }
  });
});
