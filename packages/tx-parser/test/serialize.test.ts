import { describe, expect, it } from "vitest";
import {
  parseBlock,
  parseTransaction,
  serializeBlock,
  serializeBlockHeader,
  serializeTransaction,
} from "../src/index.ts";
import { blockBytes, toHex, transactionBytes } from "./transaction-bytes.ts";

describe("serializeTransaction", () => {
  const transaction = parseTransaction(
    transactionBytes({ inputs: [{ scriptSig: "51", witness: ["0102"] }], outputs: [{ valueSats: 5000 }] }),
  );
  const { version, lockTime, outputs } = transaction;
  const [input] = transaction.inputs as [(typeof transaction.inputs)[number]];
  const fields = { version, lockTime, inputs: [input], outputs };

  it("serializes hand-made and modified transactions", () => {
    const changed = serializeTransaction({
      ...fields,
      outputs: [{ valueSats: 2 ** 53 - 1, script: Uint8Array.of(0x51) }],
    });
    expect(parseTransaction(changed).outputs).toEqual([
      { valueSats: 2 ** 53 - 1, script: Uint8Array.of(0x51), scriptType: "unknown" },
    ]);
    const withoutWitness = serializeTransaction({ ...fields, inputs: [{ ...input, witness: [] }] });
    expect(toHex(withoutWitness)).toBe(toHex(serializeTransaction(fields, { includeWitness: false })));
  });

  const wrong: [string, object][] = [
    ["version", { version: -1 }],
    ["lockTime", { lockTime: 2 ** 32 }],
    ["inputs[0].txid", { inputs: [{ ...input, txid: "ab" }] }],
    ["inputs[0].vout", { inputs: [{ ...input, vout: 0.5 }] }],
    ["inputs[0].sequence", { inputs: [{ ...input, sequence: Number.NaN }] }],
    ["inputs[0].scriptSig", { inputs: [{ ...input, scriptSig: "51" }] }],
    ["inputs[0].witness[1]", { inputs: [{ ...input, witness: [Uint8Array.of(1), [2]] }] }],
    ["outputs[1].valueSats", { outputs: [...outputs, { valueSats: -1, script: Uint8Array.of() }] }],
    ["outputs[1].valueSats", { outputs: [...outputs, { valueSats: 2 ** 53, script: Uint8Array.of() }] }],
    ["outputs[1].valueSats", { outputs: [...outputs, { valueSats: 10n, script: Uint8Array.of() }] }],
    ["inputs[0].witness", { inputs: [{ ...input, witness: undefined }] }],
    ["inputs", { inputs: undefined }],
    ["outputs", { outputs: "51" }],
    ["outputs[1].script", { outputs: [...outputs, { valueSats: 1 }] }],
  ];
  it.each(wrong)("names the invalid field: %s", (name, change) => {
    expect(() => serializeTransaction({ ...fields, ...change })).toThrow(`${name} must be`);
  });
});

describe("serializeBlock", () => {
  const bytes = blockBytes([
    transactionBytes({ outputs: [{ valueSats: 1 }] }),
    transactionBytes({ inputs: [{ witness: ["01"] }] }),
  ]);

  it("restores the bytes of a parsed block", () => {
    const block = parseBlock(bytes);
    expect(toHex(serializeBlock(block))).toBe(toHex(bytes));
    expect(toHex(serializeBlockHeader(block.header))).toBe(toHex(bytes.subarray(0, 80)));
    expect(block.header).toMatchObject({
      version: 4,
      previousBlockHash: "22".repeat(32),
      time: 1_700_000_000,
      bits: 0x1d00ffff,
      nonce: 7,
    });
  });

  it("names the invalid header field", () => {
    const { header } = parseBlock(bytes);
    expect(() => serializeBlockHeader({ ...header, merkleRoot: "no" })).toThrow("merkleRoot must be 64 hex digits");
    expect(() => serializeBlockHeader({ ...header, nonce: -1 })).toThrow("nonce must be an integer");
  });
});
