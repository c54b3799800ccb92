import { needs } from "@utxoracle/testkit";
import { beforeAll, describe, expect, it } from "vitest";
import {
  checkMerkleRoot,
  checkWitnessCommitment,
  computeMerkleRoot,
  computeTxid,
  computeTxids,
  computeWtxid,
  computeWtxids,
  examineBlockTransactions,
  examineMempoolTransaction,
  examineMempoolTransactions,
  parseBlock,
  parseTransaction,
  parseTransactions,
  type RawTransaction,
  scanBlock,
  scanTransaction,
  serializeBlock,
  serializeTransaction,
  type Transaction,
} from "../src/index.ts";
import { corpusBlock, corpusBlockNames, corpusMempool } from "./corpus-files.ts";
import { toHex } from "./transaction-bytes.ts";

describe("the mempool of 2024-03-14", needs("corpus"), () => {
  let mempool: Uint8Array[] = [];
  let transactions: Transaction[] = [];
  let txids: string[] = [];
  beforeAll(() => {
    mempool = corpusMempool();
    transactions = mempool.map((bytes) => parseTransaction(bytes));
    txids = transactions.map(({ txid }) => txid);
  });

  it("serializes all 8,131 parsed transactions to the same bytes", () => {
    expect(mempool.length).toBe(8131);
    const changed = mempool.filter(
      (bytes, index) => toHex(serializeTransaction(transactions[index]!)) !== toHex(bytes),
    );
    expect(changed.map(computeTxid)).toEqual([]);
  });

  it("computes the txids by which child transactions refer to their parents", () => {
    const place = new Map(txids.map((txid, index) => [txid, index]));
    expect(place.size).toBe(8131);
    let spends = 0;
    for (const [index, { inputs }] of transactions.entries())
      for (const { txid, vout } of inputs) {
        const parent = place.get(txid);
        if (parent === undefined) continue;
        spends++;
        if (parent >= index || vout >= transactions[parent]!.outputs.length)
          expect.fail(`${txids[index]} spends ${txid}`);
      }
    expect(spends).toBeGreaterThan(2000);
  });

  it("computes the same ids one by one, in batches and by parsing", () => {
    expect(mempool.map((bytes) => computeTxid(bytes))).toEqual(txids);
    expect(computeTxids(mempool)).toEqual(txids);
    expect(parseTransactions(mempool).map(({ txid }) => txid)).toEqual(txids);
    const wtxids = computeWtxids(mempool);
    expect(transactions.map(({ wtxid }) => wtxid)).toEqual(wtxids);
    expect(mempool.slice(0, 500).map((bytes) => computeWtxid(bytes))).toEqual(wtxids.slice(0, 500));
  });

  it("scans the same counts, sizes and values that it parses", () => {
    for (const [index, bytes] of mempool.entries()) {
      const scan = scanTransaction(bytes);
      const { inputs, outputs, size, isSegwit, weight } = transactions[index]!;
      expect(scan).toMatchObject({ size, isSegwit, inputCount: inputs.length, outputCount: outputs.length });
      expect(scan.firstValueSats).toBe(outputs[0]?.valueSats);
      expect(scan.secondValueSats).toBe(outputs[1]?.valueSats ?? 0);
      expect(scan.hasOpReturn).toBe(outputs.some(({ scriptType }) => scriptType === "op_return"));
      expect(weight).toBe(serializeTransaction(transactions[index]!, { includeWitness: false }).length * 3 + size);
    }
  });

  it("finds 2,516 payments with 4,861 amounts, one by one and in a batch", () => {
    const raws: RawTransaction[] = mempool.map((rawBytes, index) => ({ rawBytes, timestamp: index, topic: "rawtx" }));
    const seen = new Set<string>();
    const examined = raws.map((raw) => examineMempoolTransaction(raw, seen));
    const payments = examined.flatMap(({ transaction }) => transaction ?? []);
    expect(payments.length).toBe(2516);
    expect(payments.flatMap(({ amounts }) => amounts).length).toBe(4861);
    expect(seen.size).toBe(8131);
    expect(examineMempoolTransactions(raws)).toEqual(examined);
    // Each rule rejects some of them, except coinbase: a mempool has none.
    const reasons = new Set(examined.map(({ reason }) => reason));
    expect([...reasons].sort()).toEqual(
      [null, "too_many_inputs", "not_two_outputs", "op_return", "large_witness", "spends_window_transaction"].sort(),
    );
  });
});

describe("the blocks of the corpus", needs("corpus"), () => {
  for (const name of corpusBlockNames) {
    it(`${name}: serializes to the same bytes; merkle root and witness commitment match`, () => {
      const bytes = corpusBlock(name);
      const block = parseBlock(bytes);
      expect(toHex(serializeBlock(block)) === toHex(bytes)).toBe(true);
      expect(computeMerkleRoot(block.transactions.map(({ txid }) => txid))).toBe(block.header.merkleRoot);
      expect(checkMerkleRoot(block)).toBe(true);
      // Blocks before SegWit have no commitment.
      const hasWitness = block.transactions.some(({ isSegwit }) => isSegwit);
      expect(checkWitnessCommitment(block)).toBe(hasWitness ? true : null);
      expect(block.transactions.map(({ isCoinbase }) => isCoinbase)).toEqual(
        block.transactions.map((_, index) => index === 0),
      );
      expect(block.size).toBe(bytes.length);
      expect(block.weight).toBeLessThanOrEqual(4_000_000);
      expect(block.rawTransactions.map(computeTxid)).toEqual(block.transactions.map(({ txid }) => txid));
      const sizes: number[] = [];
      expect(scanBlock(bytes, ({ size }) => sizes.push(size))).toBe(block.transactions.length);
      expect(sizes).toEqual(block.rawTransactions.map(({ length }) => length));
    });
  }

  it("parses the header and hash of block 702861", () => {
    const { header, transactions } = parseBlock(corpusBlock("702861"));
    expect(header.hash).toMatch(/^0{19}[0-9a-f]+726dafae$/);
    expect(new Date(header.time * 1000).toISOString()).toMatch(/^2021-09-30T11:50/);
    expect(transactions.length).toBe(2500);
  });

  it("finds 1,680 payments with 3,315 amounts in block 702861", () => {
    const bytes = corpusBlock("702861");
    const seen = new Set<string>();
    const examined = examineBlockTransactions(bytes, seen, 1_633_002_600);
    const payments = examined.flatMap(({ transaction }) => transaction ?? []);
    expect(payments.length).toBe(1680);
    expect(payments.flatMap(({ amounts }) => amounts).length).toBe(3315);
    expect(examined[0]?.reason).toBe("coinbase");
    expect(seen.size).toBe(2500);
  });

  it("detects a changed transaction and a changed witness", () => {
    const bytes = corpusBlock("testnet-928816");
    const block = parseBlock(bytes);
    const segwit = block.transactions.findIndex(({ isSegwit, isCoinbase }) => isSegwit && !isCoinbase);
    const { inputs, outputs } = block.transactions[segwit]!;
    inputs
      .find(({ witness }) => witness.some(({ length }) => length > 0))!
      .witness.find(({ length }) => length > 0)![0]! ^= 1;
    const witnessChanged = parseBlock(bytes);
    expect(checkMerkleRoot(witnessChanged)).toBe(true);
    expect(checkWitnessCommitment(witnessChanged)).toBe(false);
    outputs[0]!.script[0]! ^= 1;
    expect(checkMerkleRoot(parseBlock(bytes))).toBe(false);
  });
});
