import { describe, expect, it } from "vitest";
import {
  ByteWriter,
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

describe("ByteWriter", () => {
  it("writes little-endian numbers, prefixes and bytes, and grows", () => {
    const writer = new ByteWriter(1);
    writer.uint8(0x01);
    writer.uint16(0x0302);
    writer.uint32(0xf7060504);
    writer.uint64(2 ** 53 - 1);
    for (const length of [0xfc, 0xfd, 0x10000]) writer.prefix(length);
    writer.prefixed(Uint8Array.of(8, 9));
    writer.raw(new Uint8Array(100).fill(7), 1, 100);
    expect(toHex(writer.view())).toBe(
      `0102030405 06f7 ffffffffffff1f00 fc fdfd00 fe00000100 020809 ${"07".repeat(99)}`.replaceAll(" ", ""),
    );
  });

  it("writes over earlier bytes where its length is set back", () => {
    const writer = new ByteWriter(8);
    writer.uint32(1);
    writer.length = 0;
    writer.uint16(0x0201);
    expect(toHex(writer.view())).toBe("0102");
  });
});
