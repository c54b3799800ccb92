import { computeTxid, serializeTransaction } from "@utxoracle/tx-parser";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { LiveWindow } from "../src/ingest/live-window.ts";

// Cluster mempool (Bitcoin Core 31.0, pull request 33629) replaces across up to 100 clusters and
// evicts whole chunks, which can be several transactions (Core's pages on mempool replacements and
// design). The `sequence` topic still names each removed transaction in a message of its own, and
// `rawtx` comes from another socket, so the two can arrive in either order (its page on ZMQ).

const START = 1_700_000_000;

/** A payment that spends one output. */
function payment(spentTxid: string, seed: number): { readonly txid: string; readonly bytes: Uint8Array } {
  const script = Uint8Array.of(0, 20, ...Array<number>(20).fill(seed));
  const bytes = serializeTransaction({
    version: 2,
    lockTime: seed,
    inputs: [{ txid: spentTxid, vout: 0, scriptSig: new Uint8Array(0), sequence: 0xfffffffd, witness: [] }],
    outputs: [
      { valueSats: 100_000 + seed, script },
      { valueSats: 7_654_321 + seed, script },
    ],
  });
  return { txid: computeTxid(bytes), bytes };
}

/** Ids of outputs that were confirmed long ago. */
const confirmed = (index: number): string => index.toString(16).padStart(64, "0");

/** A cluster: a payment, a child of it, and a child of that. */
function cluster(index: number) {
  const parent = payment(confirmed(index), index);
  const child = payment(parent.txid, 100 + index);
  return [parent, child, payment(child.txid, 200 + index)];
}

const activeIn = (window: LiveWindow): number => window.analyzer.getStats(START + 10).activeTxCount;
const windowWith = (transactions: readonly { readonly bytes: Uint8Array }[]): LiveWindow => {
  const window = new LiveWindow({ windowSeconds: 3600, engine: "reference" });
  for (const { bytes } of transactions) window.transaction(bytes, START);
  return window;
};

describe("a node with cluster mempool", () => {
  it("replaces payments of several clusters: any order of the messages leaves the replacement alone", () => {
    const clusters = [1, 2, 3].map(cluster);
    const untouched = payment(confirmed(9), 9);
    const replacement = payment(confirmed(1), 50);
    const messages = [...clusters.flat().map(({ txid }) => txid), replacement];
    fc.assert(
      fc.property(fc.shuffledSubarray(messages, { minLength: messages.length }), (order) => {
        const window = windowWith([...clusters.flat(), untouched]);
        expect(activeIn(window)).toBe(4); // Three parents: rule 6 rejects their descendants.
        for (const message of order)
          if (typeof message === "string") window.remove(message);
          else window.transaction(message.bytes, START + 1);
        expect([...window.analyzer.unconfirmedTransactions()].map(([txid]) => txid).sort()).toEqual(
          [untouched.txid, replacement.txid].sort(),
        );
      }),
    );
  });

  it("evicts a chunk of descendants: their parent stays", () => {
    const [parent, child, grandchild] = cluster(1) as [
      ReturnType<typeof payment>,
      ReturnType<typeof payment>,
      ReturnType<typeof payment>,
    ];
    const window = windowWith([parent, child, grandchild]);
    for (const { txid } of [grandchild, child]) window.remove(txid);
    expect([...window.analyzer.unconfirmedTransactions()].map(([txid]) => txid)).toEqual([parent.txid]);
  });

  it("counts a payment once that is accepted again after its eviction", () => {
    const [parent] = cluster(1) as [ReturnType<typeof payment>];
    const window = windowWith([parent]);
    window.remove(parent.txid);
    expect(activeIn(window)).toBe(0);
    window.transaction(parent.bytes, START + 5);
    window.transaction(parent.bytes, START + 6);
    expect(activeIn(window)).toBe(1);
  });
});
