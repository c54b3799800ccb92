import { needs } from "@utxoracle/testkit";
import fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";
import { parseBlock } from "../src/index.ts";
import { corpusBlock, corpusBlockNames, corpusMempool } from "./corpus-files.ts";
import { anyMutations, mutate } from "./mutation.ts";
import { compareWithPeers } from "./peers.ts";

describe("bitcoinjs-lib and @scure/btc-signer", needs("corpus"), () => {
  let mempool: Uint8Array[] = [];
  beforeAll(() => {
    mempool = corpusMempool();
  });

  it("read every transaction of the corpus's mempool as we do", () => {
    expect(new Set(mempool.map(compareWithPeers))).toEqual(new Set(["read by all"]));
  });

  it.each(corpusBlockNames)("read every transaction of block %s as we do", (name) => {
    const { rawTransactions } = parseBlock(corpusBlock(name));
    expect(new Set(rawTransactions.map(compareWithPeers))).toEqual(new Set(["read by all"]));
  });

  it("read and refuse mutated ones as we do, but for the reasons stated", () => {
    const small = mempool.filter(({ length }) => length < 1500);
    const outcomes = new Map<string, number>();
    fc.assert(
      fc.property(fc.nat(small.length - 1), anyMutations, (place, mutations) => {
        const outcome = compareWithPeers(mutate(small[place]!, mutations));
        outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
      }),
      // A fixed seed: what is shown here is agreement on known inputs; the soak run goes on with others.
      { numRuns: 12_000, seed: 144 },
    );
    // The mutations reach both sides: enough stay readable, and every kind of fault comes up.
    expect(outcomes.get("read by all")).toBeGreaterThan(1000);
    expect(outcomes.size).toBe(8);
  });
});
