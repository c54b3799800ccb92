import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { TxidSet } from "../src/feed/txid-set.ts";

/** Ids whose first digits hold a number; many share the bits by which their slot is chosen. */
const txid = (number: number): string =>
  (number % 7).toString(16).padStart(8, "0") + (number * 4096).toString(16).padStart(8, "0").slice(-8) + "0".repeat(48);

describe("a set of transaction ids", () => {
  it("has what was added and nothing else, however many share a slot", () => {
    fc.assert(
      fc.property(fc.array(fc.nat(20_000), { maxLength: 9000 }), (numbers) => {
        const set = new TxidSet();
        const model = new Set<string>();
        for (const number of numbers) {
          set.add(txid(number));
          model.add(txid(number));
        }
        for (let number = 0; number < 20_000; number += 13) expect(set.has(txid(number))).toBe(model.has(txid(number)));
        for (const id of model) expect(set.has(id)).toBe(true);
      }),
      { numRuns: 20 },
    );
  });
});
