import { describe, expect, it } from "vitest";
import { MempoolAnalyzer, pricePointsOf } from "../src/index.ts";
import { payment } from "./payment.ts";

const NOW = 1_710_000_000;
const PRICE = 70_000;

/** So many dollars at a price, in whole satoshis. */
function usd(dollars: number, priceUsd = PRICE): number {
  return Math.round((dollars / priceUsd) * 1e8) / 1e8;
}

describe("price points", () => {
  it("use the nearest round dollar amount of an output, once", () => {
    const [point, ...others] = pricePointsOf([payment("a", NOW, [usd(100, 70_700)])], PRICE);
    expect(others).toEqual([]);
    expect(point).toMatchObject({ txid: "a", vout: 0, timestamp: NOW, amount: usd(100, 70_700) });
    expect(point?.price).toBeCloseTo(70_700, -2);
    // $22 is nearer to $20 than to $25; one output is one point.
    expect(pricePointsOf([payment("b", NOW, [usd(22)])], PRICE).map(({ price }) => Math.round(price / 100))).toEqual([
      636,
    ]);
  });

  it("skip round amounts of bitcoin and outputs near no round dollar amount", () => {
    const amounts = [0.0014, 0.00139999, 0.5, 1, usd(70), usd(1_300), usd(3.5), usd(0.8)];
    for (const amount of amounts)
      expect(pricePointsOf([payment("a", NOW, [amount])], PRICE), String(amount)).toEqual([]);
    expect(pricePointsOf([payment("a", NOW, [0.00142857])], PRICE)).toHaveLength(1);
  });

  it("have the index of their output", () => {
    const transaction = { ...payment("a", NOW, [usd(100), usd(50)]), vouts: [1, 0] };
    expect(pricePointsOf([transaction], PRICE).map(({ vout }) => vout)).toEqual([1, 0]);
    expect(pricePointsOf([{ ...payment("a", NOW, [usd(100)]), vouts: [1] }], PRICE)[0]?.vout).toBe(1);
    // Of an output too small to count and one that counts, the second keeps its number.
    expect(pricePointsOf([payment("a", NOW, [0.00001, usd(100)])], PRICE)[0]?.vout).toBe(1);
  });
});

describe("price points of the window", () => {
  it("are the latest in order of time, for any order of arrival", () => {
    const analyzer = new MempoolAnalyzer();
    for (const age of [30, 10, 50, 20, 40]) analyzer.addTransaction(payment(`age ${age}`, NOW - age, [usd(100)]));
    expect(analyzer.pricePoints({ aroundUsd: PRICE, limit: 3 }).map(({ txid }) => txid)).toEqual([
      "age 30",
      "age 20",
      "age 10",
    ]);
  });

  it("of equal times keep the order of arrival", () => {
    const analyzer = new MempoolAnalyzer();
    for (const id of ["a", "b"]) analyzer.addTransaction(payment(id, NOW, [usd(100)]));
    analyzer.expire(NOW);
    for (const id of ["c", "d"]) analyzer.addTransaction(payment(id, NOW, [usd(100)]));
    analyzer.addTransaction(payment("earlier", NOW - 1, [usd(100)]));
    const order = analyzer.pricePoints({ aroundUsd: PRICE }).map(({ txid }) => txid);
    expect(order).toEqual(["earlier", "a", "b", "c", "d"]);
  });

  it("can be polled: each once, without removed and expired payments", () => {
    const analyzer = new MempoolAnalyzer();
    const seen: string[] = [];
    let since = 0;
    for (let tick = 0; tick < 20; tick++) {
      for (let i = 0; i < tick; i++)
        analyzer.addTransaction(payment(`${tick}.${i}`, NOW + tick - i * 1000, [usd(100), usd(20)]));
      if (tick > 2) analyzer.removeTransaction(`${tick}.1`);
      seen.push(...analyzer.pricePoints({ aroundUsd: PRICE, since }).map(({ txid, vout }) => `${txid}:${vout}`));
      since = analyzer.arrivalCount;
    }
    const expected: string[] = [];
    for (let tick = 0; tick < 20; tick++)
      for (let i = 0; i < tick; i++) if (tick <= 2 || i !== 1) expected.push(`${tick}.${i}:0`, `${tick}.${i}:1`);
    expect(seen).toEqual(expected);
  });

  it("are the latest ones if there are more than the limit", () => {
    const analyzer = new MempoolAnalyzer();
    for (let i = 0; i < 40_000; i++) analyzer.addTransaction(payment(`${i}`, NOW, [usd(100)]));
    const points = analyzer.pricePoints({ aroundUsd: PRICE, since: 1, limit: 100_000 });
    expect(points.at(-1)?.txid).toBe("39999");
    expect(points).toHaveLength(16_384);
    expect(analyzer.pricePoints({ aroundUsd: PRICE, since: 39_998 }).map(({ txid }) => txid)).toEqual([
      "39998",
      "39999",
    ]);
    expect(analyzer.pricePoints({ aroundUsd: PRICE })).toHaveLength(500);
    expect(analyzer.pricePoints({ aroundUsd: PRICE, since: analyzer.arrivalCount })).toEqual([]);
  });

  it("do not mistake a transaction for an earlier one with the same entry", () => {
    const analyzer = new MempoolAnalyzer({ windowSeconds: 10, maxExpiredIds: 0 });
    analyzer.addTransaction(payment("old", NOW, [usd(100)]));
    analyzer.expire(NOW + 100);
    analyzer.addTransaction(payment("new", NOW + 100, [usd(100)]));
    expect(analyzer.pricePoints({ aroundUsd: PRICE, since: 0 }).map(({ txid }) => txid)).toEqual(["new"]);
  });
});
