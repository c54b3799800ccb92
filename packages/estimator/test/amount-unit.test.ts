import { describe, expect, it } from "vitest";
import { estimatePosterior, estimateReference, MempoolAnalyzer } from "../src/index.ts";
import { payment } from "./payment.ts";
import { simulatedAmountsBtc } from "./simulated-market.ts";

const NOW = 1_710_000_000;
const amountsBtc = [...simulatedAmountsBtc(67_000, 2_000, 3)];
const inSats = amountsBtc.map((amount) => Math.round(amount * 1e8)).filter((sats) => sats < 21_000_000);
const inMbtc = amountsBtc.map((amount) => amount * 1000).filter((amount) => amount < 1e5);

/** Adds each amount as a payment of its own. */
function fillWindow(amounts: readonly number[]): MempoolAnalyzer {
  const analyzer = new MempoolAnalyzer();
  for (const [index, amount] of amounts.entries())
    analyzer.addTransaction(payment(`${index}`, NOW - 600 + index / 4, [amount]));
  return analyzer;
}

describe("amounts in a unit other than BTC", () => {
  it.each([
    ["satoshis", inSats],
    ["satoshis", [70_000, 1_234_567]],
    ["satoshis", [50_000]],
    ["satoshis", Int32Array.from(inSats)],
    ["satoshis", [...inSats, 0.5]],
    ["satoshis", [5_000_000_000]],
    ["mBTC", inMbtc],
    ["mBTC", inMbtc.slice(0, 60)],
  ])("refuses %s and says how to convert them (%#)", (unit, amounts) => {
    for (const estimate of [estimatePosterior, estimateReference])
      expect(() => estimate(amounts)).toThrow(
        expect.objectContaining({ code: "invalid_amount", message: expect.stringContaining(unit) }),
      );
  });

  it("a window rejects first payments in satoshis or mBTC without counting the last one", () => {
    expect(() => new MempoolAnalyzer().addTransaction(payment("1", NOW, [5_000_000]))).toThrow(/satoshis/);
    expect(() => fillWindow(inSats.filter((sats) => sats < 1e5))).toThrow(/satoshis \/ 100000000/);
    expect(() => fillWindow(inMbtc)).toThrow(/mBTC \/ 1000/);
  });

  it("rejects unrounded mBTC of a simulated market", () => {
    let state = 1;
    const random = (): number => {
      state = (state * 48_271) % 2_147_483_647;
      return state / 2_147_483_647;
    };
    const simulated = Array.from({ length: 500 }, () => (10 ** (3 * random()) / 87_300) * 1000);
    expect(() => estimatePosterior(simulated)).toThrow(/mBTC/);
    expect(() => estimatePosterior(simulated.map((amount) => amount / 1000))).not.toThrow();
  });
});

describe("unusual amounts in BTC", () => {
  it.each([
    ["one payment of 5 BTC", [5]],
    ["whole and other amounts", [1, 2, 3, 0.5]],
    ["half of a set forged in whole bitcoins", [...amountsBtc.slice(0, 500), ...new Array<number>(500).fill(7)]],
    ["one amount many times", new Array<number>(500).fill(1)],
    ["amounts of a few decimals", Array.from({ length: 200 }, (_, index) => (index + 1) / 1e5)],
    ["a price of $1,000", simulatedAmountsBtc(1_000, 2_000, 5)],
  ])("accepts %s", (_, amounts) => {
    expect(() => estimatePosterior(amounts)).not.toThrow();
  });

  it("a window accepts whole bitcoins among its first payments", () => {
    const amounts = amountsBtc.map((amount, index) => (index % 2 === 0 ? 3 : amount));
    expect(fillWindow(amounts).getStats(NOW).activeTxCount).toBe(amounts.length);
  });
});

describe("options with an unknown name", () => {
  it.each([
    [() => new MempoolAnalyzer({ windowSecs: 60 } as never), "did you mean windowSeconds?"],
    [() => new MempoolAnalyzer({ windowseconds: 60 } as never), "did you mean windowSeconds?"],
    [() => new MempoolAnalyzer({ window: 60 } as never), "did you mean windowSeconds?"],
    [() => new MempoolAnalyzer({ maxTransaction: 1000 } as never), "did you mean maxTransactions?"],
    [() => new MempoolAnalyzer({ price: 1 } as never), "the options are windowSeconds, engine"],
    [() => estimatePosterior([], { timestamp: [] } as never), "did you mean timestamps?"],
    [() => estimatePosterior([], { form: 1 } as never), "did you mean from?"],
    [() => estimateReference([], { reCenter: true } as never), "did you mean recenter?"],
  ])("throws with the name that was meant (%#)", (call, remedy) => {
    expect(call).toThrow(expect.objectContaining({ code: "invalid_option", message: expect.stringContaining(remedy) }));
  });
});
