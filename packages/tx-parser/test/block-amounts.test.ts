import { needs } from "@utxoracle/testkit";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  bytesToHex,
  examineBlockAmounts,
  examineBlockTransactions,
  type SeenTxids,
  TxParseError,
} from "../src/index.ts";
import { corpusBlock } from "./corpus-files.ts";

/** Id prefixes; records each lookup. */
class Starts {
  readonly ids = new Set<string>();
  readonly asked: string[] = [];
  static of(high: number, low: number): string {
    return [high, low].map((half) => half.toString(16).padStart(8, "0")).join("");
  }
  has(high: number, low: number): boolean {
    this.asked.push(Starts.of(high, low));
    return this.ids.has(Starts.of(high, low));
  }
  add(high: number, low: number): void {
    this.ids.add(Starts.of(high, low));
  }
}

describe("examineBlockAmounts", needs("corpus"), () => {
  it.each(["702861", "367891", "426884", "testnet-928816", "testnet-928849"] as const)(
    "finds the payments that examineBlockTransactions finds: block %s",
    (name) => {
      const block = corpusBlock(name);
      const asked: string[] = [];
      const ids = new Set<string>();
      const seen: SeenTxids = {
        has: (txid) => {
          asked.push(txid.slice(0, 16));
          return ids.has(txid);
        },
        add: (txid) => ids.add(txid),
      };
      const examined = examineBlockTransactions(block, seen, 0);
      const starts = new Starts();
      const { transactionCount, transactionIndexes, amountsBtc, txids } = examineBlockAmounts(block, starts);
      expect(transactionCount).toBe(examined.length);
      expect([...transactionIndexes]).toEqual(
        examined.flatMap(({ transaction }, index) => (transaction === null ? [] : [index])),
      );
      expect(bytesToHex(txids)).toBe(examined.map(({ transaction }) => transaction?.txid ?? "").join(""));
      expect([...amountsBtc].filter((amount) => !Number.isNaN(amount))).toEqual(
        examined.flatMap(({ transaction }) => transaction?.amounts ?? []),
      );
      for (const [payment, place] of transactionIndexes.entries())
        for (const vout of [0, 1])
          expect(Number.isNaN(amountsBtc[2 * payment + vout])).toBe(!examined[place]?.vouts.includes(vout));
      expect([...starts.ids]).toEqual([...ids].map((txid) => txid.slice(0, 16)));
      expect(starts.asked).toEqual(asked);
    },
  );

  it("throws for a damaged block and adds nothing to the seen ids", () => {
    const block = corpusBlock("367891");
    fc.assert(
      fc.property(fc.nat(block.length - 1), (length) => {
        const starts = new Starts();
        expect(() => examineBlockAmounts(block.subarray(0, length), starts)).toThrow(TxParseError);
        expect(starts.ids.size).toBe(0);
      }),
      { numRuns: 50 },
    );
  });
});
