import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { EstimatorError, MempoolAnalyzer } from "../src/index.ts";
import { payment } from "./payment.ts";

const NOW = 1_710_000_000;

function filled(): MempoolAnalyzer {
  const analyzer = new MempoolAnalyzer({ windowSeconds: 3600, maxExpiredIds: 1000, engine: "reference" });
  for (let i = 0; i < 500; i++)
    analyzer.addTransaction({
      ...payment(i.toString(16).padStart(64, "0"), NOW - i * 10, [0.001 + i * 1e-6]),
      vouts: [i % 2],
    });
  for (let i = 0; i < 100; i++) analyzer.rejectTransaction(`refused ${i}`, NOW - i);
  analyzer.seenTxids.add("seen only");
  analyzer.removeTransaction("5".padStart(64, "0"));
  analyzer.confirmTransaction("7".padStart(64, "0"));
  analyzer.estimatePrice(NOW + 100);
  return analyzer;
}

describe("a saved window", () => {
  it("restores counts, ids, points and price, and continues the same way", () => {
    const original = filled();
    const restored = MempoolAnalyzer.restore(original.save());
    for (const analyzer of [original, restored]) analyzer.addTransaction(payment("later", NOW + 200, [0.0014286]));
    expect(restored.windowSeconds).toBe(3600);
    expect(restored.engine).toBe("reference");
    expect(restored.arrivalCount).toBe(original.arrivalCount);
    expect(restored.getStats()).toEqual(original.getStats());
    expect(restored.unconfirmedTransactions()).toEqual(original.unconfirmedTransactions());
    expect(restored.unconfirmedTransactions().map(([txid]) => txid)).not.toContain("7".padStart(64, "0"));
    expect(restored.pricePoints()).toEqual(original.pricePoints());
    expect(restored.estimatePrice(NOW + 300)).toEqual(original.estimatePrice(NOW + 300));
    for (const id of ["refused 7", "seen only", "5".padStart(64, "0"), "1f3".padStart(64, "0")]) {
      expect(restored.has(id)).toBe(original.has(id));
      expect(restored.seenTxids.has(id)).toBe(original.seenTxids.has(id));
    }
    expect(restored.save()).toEqual(original.save());
  });

  it("restores its time: an id without a time is as old as the latest time received", () => {
    const analyzer = new MempoolAnalyzer({ windowSeconds: 100, engine: "reference" });
    analyzer.expire(NOW);
    const restored = MempoolAnalyzer.restore(analyzer.save());
    restored.seenTxids.add("seen");
    restored.expire(NOW + 100);
    expect(restored.seenTxids.has("seen")).toBe(true);
    restored.expire(NOW + 101);
    expect(restored.seenTxids.has("seen")).toBe(false);
  });

  it("returns points in order of arrival from before and after it was saved", () => {
    const analyzer = new MempoolAnalyzer({ engine: "reference" });
    for (const id of ["gone", "a", "b"]) analyzer.addTransaction(payment(id, NOW, [0.00142857]));
    analyzer.removeTransaction("gone");
    const restored = MempoolAnalyzer.restore(analyzer.save());
    expect(restored.arrivalCount).toBe(3);
    restored.addTransaction(payment("c", NOW - 1, [0.00142857]));
    const since = (arrival: number): string[] =>
      restored.pricePoints({ since: arrival, aroundUsd: 70_000 }).map(({ txid }) => txid);
    expect([since(0), since(2), since(3), since(4)]).toEqual([["a", "b", "c"], ["b", "c"], ["c"], []]);
  });

  it("has no points without payments", () => {
    const analyzer = new MempoolAnalyzer({ windowSeconds: 100, engine: "reference" });
    analyzer.addTransaction(payment("a", NOW, [0.00142857]));
    analyzer.expire(NOW + 101);
    const restored = MempoolAnalyzer.restore(analyzer.save());
    expect(restored.pricePoints({ since: 0, aroundUsd: 70_000 })).toEqual([]);
    restored.addTransaction(payment("b", NOW + 102, [0.00142857]));
    expect(restored.pricePoints({ since: 1, aroundUsd: 70_000 }).map(({ txid }) => txid)).toEqual(["b"]);
  });

  it("with ids from before any time was known keeps them from the first time on", () => {
    const analyzer = new MempoolAnalyzer({ windowSeconds: 100, engine: "reference" });
    for (const id of ["a", "b"]) analyzer.seenTxids.add(id);
    const restored = MempoolAnalyzer.restore(analyzer.save());
    expect(restored.save()).toEqual(analyzer.save());
    restored.expire(NOW);
    restored.expire(NOW + 100);
    expect(["a", "b"].every((id) => restored.seenTxids.has(id))).toBe(true);
    restored.expire(NOW + 101);
    expect(["a", "b"].some((id) => restored.seenTxids.has(id))).toBe(false);
  });

  it("rejects bytes that are truncated, changed, of another version or foreign", () => {
    const saved = filled().save();
    const changed = saved.slice();
    changed[saved.length >> 1]! ^= 1;
    const newer = saved.slice();
    newer[4] = 9;
    const wrong: Array<[bytes: unknown, words: string]> = [
      [saved.subarray(0, saved.length - 1), "checksum"],
      [changed, "checksum"],
      [newer, "version 9"],
      [new Uint8Array(0), "do not begin"],
      [new TextEncoder().encode("some quite different file"), "do not begin"],
      ["text", "not a Uint8Array"],
    ];
    for (const [bytes, words] of wrong) {
      const restore = () => MempoolAnalyzer.restore(bytes as Uint8Array);
      expect(restore).toThrow(EstimatorError);
      expect(restore).toThrow(words);
    }
  });

  it("of the previous version is read", () => {
    const saved = readFileSync(new URL("./fixtures/saved-window-version-1.base64", import.meta.url), "latin1");
    const analyzer = MempoolAnalyzer.restore(Uint8Array.from(Buffer.from(saved, "base64")));
    const id = (number: number): string => number.toString(16).padStart(64, "0");
    expect(analyzer.getStats()).toEqual({
      activeTxCount: 2,
      activeAmountCount: 3,
      totalReceived: 8,
      totalFiltered: 3,
      totalExpired: 1,
      totalRemoved: 2,
      rememberedIds: 4,
      forgottenIds: 0,
      displacedTransactions: 0,
    });
    const known = [id(1), id(3), id(4), id(9), "refused", "refused too", "seen"];
    expect(known.filter((txid) => !analyzer.has(txid))).toEqual([]);
    expect([id(2), id(5)].filter((txid) => analyzer.has(txid))).toEqual([]);
    expect(analyzer.unconfirmedTransactions()).toEqual([
      [id(3), NOW + 10],
      [id(4), NOW + 20],
    ]);
    // What was removed may come again, in the window or long gone from it.
    for (const txid of [id(2), id(5)])
      expect(analyzer.addTransaction(payment(txid, NOW + 50, [0.01])), txid).toBe(true);
    expect(analyzer.getStats()).toMatchObject({ activeTxCount: 4, totalReceived: 8, totalRemoved: 0 });
  });

  it("takes about 60 bytes per payment of one amount", () => {
    const analyzer = new MempoolAnalyzer({ engine: "reference" });
    const empty = analyzer.save().length;
    for (let i = 0; i < 1000; i++) analyzer.addTransaction(payment(i.toString(16).padStart(64, "0"), NOW, [0.01]));
    expect((analyzer.save().length - empty) / 1000).toBeLessThan(70);
  });
});
