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
  analyzer.estimatePrice(NOW + 100);
  return analyzer;
}

describe("a saved window", () => {
  it("comes back with everything: counts, ids, points, price, and goes on the same way", () => {
    const original = filled();
    const restored = MempoolAnalyzer.restore(original.save());
    for (const analyzer of [original, restored]) analyzer.addTransaction(payment("later", NOW + 200, [0.0014286]));
    expect(restored.windowSeconds).toBe(3600);
    expect(restored.engine).toBe("reference");
    expect(restored.arrivalCount).toBe(original.arrivalCount);
    expect(restored.getStats()).toEqual(original.getStats());
    expect(restored.pricePoints()).toEqual(original.pricePoints());
    expect(restored.estimatePrice(NOW + 300)).toEqual(original.estimatePrice(NOW + 300));
    for (const id of ["refused 7", "seen only", "5".padStart(64, "0"), "1f3".padStart(64, "0")]) {
      expect(restored.has(id)).toBe(original.has(id));
      expect(restored.seenTxids.has(id)).toBe(original.seenTxids.has(id));
    }
    expect(restored.save()).toEqual(original.save());
  });

  it("refuses bytes that are cut off, changed, of another version or of something else", () => {
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

  it("takes 60 bytes or so for a payment of one amount", () => {
    const analyzer = new MempoolAnalyzer({ engine: "reference" });
    const empty = analyzer.save().length;
    for (let i = 0; i < 1000; i++) analyzer.addTransaction(payment(i.toString(16).padStart(64, "0"), NOW, [0.01]));
    expect((analyzer.save().length - empty) / 1000).toBeLessThan(70);
  });
});
