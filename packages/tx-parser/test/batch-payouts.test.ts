import { needs } from "@utxoracle/testkit";
import { describe, expect, it } from "vitest";
import { batchPayouts, parseBlock, serializeBlock, TxParseError } from "../src/index.ts";
import { corpusBlock } from "./corpus-files.ts";

const header = {
  version: 1,
  previousBlockHash: "00".repeat(32),
  merkleRoot: "00".repeat(32),
  time: 0,
  bits: 0,
  nonce: 0,
};

function transactionOf(valuesSats: readonly number[], spent: string) {
  const script = new Uint8Array(300);
  return {
    version: 2,
    inputs: [{ txid: spent, vout: 0xffffffff, scriptSig: new Uint8Array(), sequence: 0, witness: [] }],
    outputs: valuesSats.map((valueSats) => ({ valueSats, script })),
    lockTime: 0,
  };
}

describe("batchPayouts of a small block", () => {
  it("takes 21 outputs, not 20, not the coinbase, and drops amounts out of range", () => {
    const values = Array.from({ length: 21 }, (_, index) => 1000 + index);
    const block = serializeBlock({
      header,
      transactions: [
        transactionOf(values, "00".repeat(32)),
        transactionOf(values.slice(1), "ab".repeat(32)),
        transactionOf(values, "ab".repeat(32)),
      ],
    });
    expect(batchPayouts(block).map((batch) => [...batch])).toEqual([values.slice(1).map((sats) => sats / 1e8)]);
  });
});

describe("batchPayouts", needs("corpus"), () => {
  it.each(["702861", "367891", "testnet-928816"] as const)(
    "finds the transactions of many outputs: block %s",
    (name) => {
      const block = corpusBlock(name);
      const expected = parseBlock(block)
        .transactions.filter(({ outputs, isCoinbase }) => outputs.length > 20 && !isCoinbase)
        .map(({ outputs }) => outputs.map(({ valueSats }) => valueSats / 1e8).filter((btc) => btc > 1e-5 && btc < 1e5));
      expect(batchPayouts(block).map((batch) => [...batch])).toEqual(expected);
    },
  );

  it("finds 27 batches with 1,198 amounts in block 702861", () => {
    const batches = batchPayouts(corpusBlock("702861"));
    expect(batches).toHaveLength(27);
    expect(batches.flatMap((batch) => [...batch])).toHaveLength(1198);
  });

  it("rejects bytes that are not a block", () => {
    expect(() => batchPayouts(new Uint8Array(80))).toThrow(TxParseError);
  });
});
