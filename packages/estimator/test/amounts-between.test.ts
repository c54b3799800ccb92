import { expect, test } from "vitest";
import { MempoolAnalyzer } from "../src/index.ts";
import { payment } from "./payment.ts";

const NOW = 1_710_000_000;

test("returns the amounts of a span in the order of time, without removed payments", () => {
  const analyzer = new MempoolAnalyzer();
  const arrivals = [
    ["late", NOW, 0.04],
    ["first", NOW - 600, 0.01],
    ["second", NOW - 300, 0.02],
    ["replaced", NOW - 200, 0.03],
    ["early", NOW - 601, 0.05],
  ] as const;
  for (const [txid, time, amount] of arrivals) analyzer.addTransaction(payment(txid, time, [amount]));
  analyzer.removeTransaction("replaced");
  const { amountsBtc, timestamps } = analyzer.amountsBetween(NOW - 600, NOW - 1);
  expect([...amountsBtc]).toEqual([0.01, 0.02]);
  expect([...timestamps]).toEqual([NOW - 600, NOW - 300]);
});

test("rejects a time in milliseconds", () => {
  expect(() => new MempoolAnalyzer().amountsBetween(0, NOW * 1000)).toThrow("to");
});
