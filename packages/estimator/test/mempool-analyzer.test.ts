import { describe, expect, it } from "vitest";
import { EstimatorError, type EstimatorErrorCode, MempoolAnalyzer, type WindowTransaction } from "../src/index.ts";
import { payment } from "./payment.ts";

const NOW = 1_710_000_000;
const WINDOW_SECONDS = 10_800;
const ID = "ab".repeat(32);

function refusal(act: () => unknown): EstimatorError {
  try {
    act();
  } catch (error) {
    expect(error).toBeInstanceOf(EstimatorError);
    return error as EstimatorError;
  }
  throw new Error("nothing was refused");
}

describe("a payment in the window", () => {
  it("counts once, however often the node repeats it", () => {
    const analyzer = new MempoolAnalyzer();
    expect(analyzer.addTransaction(payment(ID, NOW, [0.001]))).toBe(true);
    expect(analyzer.addTransaction(payment(ID, NOW + 5, [0.001]))).toBe(false);
    expect(analyzer.getStats(NOW + 6)).toMatchObject({ totalReceived: 1, activeTxCount: 1, activeAmountCount: 1 });
  });

  it("stays for exactly the length of the window", () => {
    const analyzer = new MempoolAnalyzer();
    analyzer.addTransaction(payment(ID, NOW, [0.001]));
    expect(analyzer.getStats(NOW + WINDOW_SECONDS).activeTxCount).toBe(1);
    expect(analyzer.getStats(NOW + WINDOW_SECONDS + 0.001)).toMatchObject({ activeTxCount: 0, totalExpired: 1 });
  });

  it("is not added again by its block after it expired, until the node has forgotten it", () => {
    const analyzer = new MempoolAnalyzer();
    analyzer.addTransaction(payment(ID, NOW, [0.001]));
    const later = NOW + 2 * WINDOW_SECONDS;
    analyzer.expire(later);
    expect(analyzer.has(ID)).toBe(true);
    expect(analyzer.seenTxids.has(ID)).toBe(false);
    expect(analyzer.addTransaction(payment(ID, later, [0.001]))).toBe(false);
    expect(analyzer.forgetExpired((txid) => txid === ID)).toBe(0);
    expect(analyzer.forgetExpired(() => false)).toBe(1);
    expect(analyzer.has(ID)).toBe(false);
    expect(analyzer.getStats()).toMatchObject({ totalReceived: 1, totalExpired: 1, rememberedIds: 0, forgottenIds: 0 });
  });

  it("may be added again after its removal, as in a reorganization, and counts once", () => {
    const analyzer = new MempoolAnalyzer();
    analyzer.addTransaction(payment(ID, NOW, [0.001, 0.5]));
    expect(analyzer.removeTransaction(ID)).toBe(true);
    expect(analyzer.removeTransaction(ID)).toBe(false);
    expect(analyzer.getStats()).toMatchObject({ activeTxCount: 0, activeAmountCount: 0, totalRemoved: 1 });
    expect(analyzer.addTransaction(payment(ID, NOW + 60, [0.001, 0.5]))).toBe(true);
    expect(analyzer.getStats()).toMatchObject({ totalReceived: 1, activeTxCount: 1, totalRemoved: 0 });
    // It expires by its second arrival, not by its first.
    expect(analyzer.getStats(NOW + 60 + WINDOW_SECONDS).activeTxCount).toBe(1);
  });

  it("with amounts out of range is kept without them", () => {
    const analyzer = new MempoolAnalyzer();
    expect(analyzer.addTransaction(payment(ID, NOW, []))).toBe(true);
    expect(analyzer.addTransaction(payment("cd".repeat(32), NOW, [0.00001, 0.002]))).toBe(true);
    expect(analyzer.getStats()).toMatchObject({ activeTxCount: 2, activeAmountCount: 1 });
  });
});

describe("a transaction that the filter rejected", () => {
  it("counts once as filtered, and is known to rule 6 while in the window", () => {
    const analyzer = new MempoolAnalyzer();
    expect(analyzer.rejectTransaction(ID, NOW)).toBe(true);
    expect(analyzer.rejectTransaction(ID, NOW + 1)).toBe(false);
    expect(analyzer.addTransaction(payment(ID, NOW + 1, [0.001]))).toBe(false);
    expect(analyzer.removeTransaction(ID)).toBe(false);
    expect(analyzer.seenTxids.has(ID)).toBe(true);
    expect(analyzer.expire(NOW + WINDOW_SECONDS + 1)).toBe(0);
    expect(analyzer.seenTxids.has(ID)).toBe(false);
    expect(analyzer.getStats()).toMatchObject({ totalReceived: 1, totalFiltered: 1, totalExpired: 0 });
  });

  it("counts as filtered while only the filter has seen it, and as a payment once added", () => {
    const analyzer = new MempoolAnalyzer();
    analyzer.seenTxids.add(ID);
    analyzer.seenTxids.add("refused");
    expect(analyzer.getStats()).toMatchObject({ totalReceived: 2, totalFiltered: 2, activeTxCount: 0 });
    expect(analyzer.addTransaction(payment(ID, NOW, [0.001]))).toBe(true);
    expect(analyzer.getStats(NOW)).toMatchObject({ totalReceived: 2, totalFiltered: 1, activeTxCount: 1 });
    expect(analyzer.seenTxids.has("refused")).toBe(true);
    analyzer.expire(NOW + WINDOW_SECONDS + 1);
    expect(analyzer.seenTxids.has("refused")).toBe(false);
  });
});

describe("ids older than the window", () => {
  it("are remembered up to a limit; the oldest are dropped first and counted", () => {
    const analyzer = new MempoolAnalyzer({ maxExpiredIds: 2 });
    for (const [i, id] of ["a", "b", "c", "d"].entries()) analyzer.addTransaction(payment(id, NOW + i, [0.001]));
    analyzer.expire(NOW + WINDOW_SECONDS + 10);
    expect(["a", "b", "c", "d"].filter((id) => analyzer.has(id))).toEqual(["c", "d"]);
    expect(analyzer.getStats()).toMatchObject({ totalExpired: 4, rememberedIds: 2, forgottenIds: 2 });
  });

  it("can be added before they are seen, without counting", () => {
    const analyzer = new MempoolAnalyzer();
    analyzer.addTransaction(payment("held", NOW, [0.001]));
    expect(analyzer.rememberExpired("old")).toBe(true);
    expect(analyzer.rememberExpired("old")).toBe(false);
    expect(analyzer.rememberExpired("held")).toBe(false);
    const restored = MempoolAnalyzer.restore(analyzer.save());
    for (const each of [analyzer, restored]) {
      expect(each.addTransaction(payment("old", NOW, [0.001]))).toBe(false);
      expect(each.has("old")).toBe(true);
      expect(each.seenTxids.has("old")).toBe(false);
      expect(each.getStats(NOW)).toMatchObject({ totalReceived: 1, activeTxCount: 1, rememberedIds: 1 });
      expect(each.forgetExpired(() => false)).toBe(1);
      expect(each.addTransaction(payment("old", NOW, [0.001]))).toBe(true);
    }
  });

  it("are kept if the callback throws", () => {
    const analyzer = new MempoolAnalyzer();
    for (const id of ["a", "b", "c"]) analyzer.addTransaction(payment(id, NOW, [0.001]));
    analyzer.expire(NOW + WINDOW_SECONDS + 10);
    const failing = (txid: string): boolean => {
      if (txid === "b") throw new Error("node is gone");
      return false;
    };
    expect(() => analyzer.forgetExpired(failing)).toThrow("node is gone");
    expect(["a", "b", "c"].every((id) => analyzer.has(id))).toBe(true);
  });

  it("do not grow without limit in a long run", () => {
    const analyzer = new MempoolAnalyzer({ windowSeconds: 60, maxExpiredIds: 500 });
    for (let i = 0; i < 50_000; i++) {
      analyzer.addTransaction(payment(`id ${i}`, NOW + i, [0.001]));
      if (i % 10 === 0) analyzer.expire(NOW + i);
    }
    analyzer.expire(NOW + 50_000);
    const stats = analyzer.getStats();
    expect(stats.rememberedIds).toBe(500);
    expect(stats.totalReceived).toBe(stats.activeTxCount + stats.totalExpired);
    // Ids, times and amounts of some 600 transactions, not of 50,000.
    expect(analyzer.save().length).toBeLessThan(100_000);
  });
});

describe("a window with too many transactions", () => {
  it("drops the oldest, counts them, and stays consistent", () => {
    const analyzer = new MempoolAnalyzer({ maxTransactions: 200, maxExpiredIds: 50 });
    for (let i = 0; i < 1000; i++) {
      // Late ones among them, and some that the filter refused.
      const time = NOW + i - (i % 7 === 0 ? 100 : 0);
      if (i % 3 === 0) analyzer.rejectTransaction(`id ${i}`, time);
      else analyzer.addTransaction(payment(`id ${i}`, time, [0.001 + i * 1e-6]));
    }
    const stats = analyzer.getStats();
    expect(stats.displacedTransactions).toBeGreaterThanOrEqual(800);
    expect(stats.activeTxCount).toBeLessThanOrEqual(200);
    expect(stats.totalReceived).toBe(
      stats.totalFiltered + stats.activeTxCount + stats.totalExpired + stats.totalRemoved,
    );
    expect(analyzer.has("id 998")).toBe(true);
    expect(analyzer.addTransaction(payment("id 1", NOW, [0.001]))).toBe(true);
    expect(MempoolAnalyzer.restore(analyzer.save()).getStats()).toEqual(analyzer.getStats());
    // Nothing is left of what was dropped when all have expired.
    analyzer.expire(NOW + 1_000_000);
    expect(analyzer.getStats()).toMatchObject({ activeTxCount: 0, activeAmountCount: 0 });
    expect(analyzer.estimatePrice(NOW + 1_000_000).price).toBeNull();
  });
});

describe("the latest arrivals", () => {
  it("are those of payments in the window, newest first", () => {
    const analyzer = new MempoolAnalyzer({ windowSeconds: 100 });
    expect(analyzer.latestArrivals(3)).toEqual([]);
    for (const [id, time] of [
      ["a", 10],
      ["b", 50],
      ["c", 30],
      ["d", 40],
    ] as const)
      analyzer.addTransaction(payment(id, NOW + time, [0.001]));
    analyzer.rejectTransaction("refused", NOW + 90);
    analyzer.removeTransaction("b");
    expect(analyzer.latestArrivals(2)).toEqual([NOW + 40, NOW + 30]);
    expect(analyzer.latestArrivals(9)).toEqual([NOW + 40, NOW + 30, NOW + 10]);
    analyzer.expire(NOW + 135);
    expect(analyzer.latestArrivals(9)).toEqual([NOW + 40]);
    expect(() => analyzer.latestArrivals(0)).toThrow("limit");
  });
});

describe("invalid input", () => {
  const good = payment(ID, NOW, [0.001]);
  const cases: Array<[field: string, code: EstimatorErrorCode, transaction: unknown]> = [
    ...[Number.NaN, -0.001, 0, -0, Number.POSITIVE_INFINITY, 1e5, 1e300, "0.001", null, undefined, 1n].map(
      (amount) =>
        ["amounts[0]", "invalid_amount", { ...good, amounts: [amount] }] as [string, EstimatorErrorCode, unknown],
    ),
    ["amounts[1]", "invalid_amount", { ...good, amounts: [0.001, Number.NaN] }],
    ["amounts", "invalid_transaction", { ...good, amounts: [1, 2, 3] }],
    ["amounts", "invalid_transaction", { ...good, amounts: undefined }],
    ...["0.1", "", "12", null, 0.1].map(
      (amounts) => ["amounts", "invalid_transaction", { ...good, amounts }] as [string, EstimatorErrorCode, unknown],
    ),
    ["vouts[0]", "invalid_transaction", { ...good, vouts: [2] }],
    ...[Number.NaN, -1, Number.POSITIVE_INFINITY, 1e11, 1_710_000_000_000, "1710000000", undefined].map(
      (timestamp) =>
        ["timestamp", "invalid_timestamp", { ...good, timestamp }] as [string, EstimatorErrorCode, unknown],
    ),
    ...["", "x".repeat(257), 7, null, undefined].map(
      (txid) => ["txid", "invalid_txid", { ...good, txid }] as [string, EstimatorErrorCode, unknown],
    ),
    ["transaction", "invalid_transaction", null],
    ["transaction", "invalid_transaction", 5],
  ];

  it.each(cases)("%s: %s, which changes nothing", (field, code, transaction) => {
    const analyzer = new MempoolAnalyzer();
    analyzer.addTransaction(payment("cd".repeat(32), NOW, [0.002]));
    const before = analyzer.save();
    const error = refusal(() => analyzer.addTransaction(transaction as WindowTransaction));
    expect(error.code).toBe(code);
    expect(error.message).toContain(field);
    expect(analyzer.save()).toEqual(before);
  });

  it("throws with the name of the invalid time, id or option", () => {
    const analyzer = new MempoolAnalyzer();
    expect(refusal(() => analyzer.estimatePrice(Number.NaN)).message).toContain("now is NaN");
    expect(refusal(() => analyzer.estimatePrice(Date.UTC(2024, 0))).message).toContain("not milliseconds");
    expect(refusal(() => analyzer.expire(-1)).message).toContain("now is -1");
    expect(refusal(() => analyzer.getStats(Number.NaN)).message).toContain("now");
    expect(refusal(() => analyzer.rejectTransaction(ID, Number.NaN)).message).toContain("timestamp");
    expect(refusal(() => analyzer.rejectTransaction("", NOW)).message).toContain("txid");
    expect(refusal(() => analyzer.removeTransaction(5 as never)).message).toContain("txid");
    expect(refusal(() => analyzer.seenTxids.add("")).message).toContain("txid");
    expect(refusal(() => analyzer.pricePoints({ limit: -1 })).message).toContain("limit");
    expect(refusal(() => analyzer.pricePoints({ since: 0.5 })).message).toContain("since");
    expect(refusal(() => analyzer.pricePoints({ aroundUsd: 0 })).message).toContain("aroundUsd");
    expect(() => new MempoolAnalyzer(null as never)).toThrow("options is null: it must be an object");
    for (const [option, value] of Object.entries({
      windowSeconds: 0,
      engine: "best",
      maxExpiredIds: 1.5,
      maxTransactions: 99,
    }))
      expect(refusal(() => new MempoolAnalyzer({ [option]: value })).message).toContain(option);
    expect(analyzer.getStats()).toMatchObject({ totalReceived: 0 });
  });
});

describe("without evidence", () => {
  it.each(["posterior", "reference"] as const)("engine %s has no price and says so", (engine) => {
    const analyzer = new MempoolAnalyzer({ engine });
    const nothing = { price: null, interval: null, confidence: 0, status: "no_estimate", windowPrice: null };
    expect(analyzer.estimatePrice(NOW)).toEqual(nothing);
    analyzer.addTransaction(payment(ID, NOW, [0.001]));
    analyzer.removeTransaction(ID);
    expect(analyzer.estimatePrice(NOW)).toEqual(nothing);
    expect(analyzer.pricePoints()).toEqual([]);
    expect(analyzer.evidence(NOW)).toEqual([]);
  });
});
