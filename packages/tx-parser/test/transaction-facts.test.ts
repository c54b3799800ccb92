import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  fee,
  feeRate,
  hexReplacer,
  isRbf,
  parseBlock,
  parseTransaction,
  satsToBtc,
  scriptToAsm,
  serializeBlock,
  serializeTransaction,
  toPlain,
} from "../src/index.ts";
import { anyTransaction } from "./any-transaction.ts";
import { blockBytes, fromHex, toHex, transactionBytes } from "./transaction-bytes.ts";

const bytes = transactionBytes({
  inputs: [{ witness: ["aabb", ""], sequence: 0xfffffffd }, { scriptSig: "0102" }],
  outputs: [{ valueSats: 70_000 }, { valueSats: 20_000, script: "6a0101" }],
});

describe("toPlain", () => {
  it("survives structuredClone and spread, with bytes that are copies", () => {
    const given = bytes.slice();
    const plain = toPlain(parseTransaction(given));
    given.fill(0);
    const { inputs, outputs, ...rest } = structuredClone(plain);
    expect({ inputs, outputs, ...rest }).toEqual(toPlain(parseTransaction(bytes)));
    expect(Object.keys(plain).sort()).toEqual(
      [..."inputs isCoinbase isSegwit lockTime outputs size txid version vsize weight wtxid".split(" ")].sort(),
    );
    expect(toHex(inputs[0]!.witness[0]!)).toBe("aabb");
    expect(inputs[0]!.witness[0]!.buffer.byteLength).toBe(2);
  });

  it("serializes to the same bytes, for any transaction and its block", () => {
    fc.assert(
      fc.property(anyTransaction, (fields) => {
        const raw = transactionBytes(fields);
        const plain = structuredClone(toPlain(parseTransaction(raw)));
        expect(toHex(serializeTransaction(plain))).toBe(toHex(raw));
        const block = blockBytes([raw, raw]);
        expect(toHex(serializeBlock(structuredClone(toPlain(parseBlock(block)))))).toBe(toHex(block));
      }),
      { numRuns: 50 },
    );
  });
});

describe("JSON.stringify", () => {
  it("writes the bytes of every part in hex", () => {
    const transaction = parseTransaction(bytes);
    const { inputs, outputs } = transaction;
    expect(JSON.parse(JSON.stringify(outputs[1]))).toEqual({
      valueSats: 20_000,
      script: "6a0101",
      scriptType: "op_return",
    });
    expect(JSON.parse(JSON.stringify(inputs[0]))).toMatchObject({ scriptSig: "", witness: ["aabb", ""] });
    const json = JSON.parse(JSON.stringify(transaction));
    expect(json.inputs).toEqual(JSON.parse(JSON.stringify(inputs)));
    expect(JSON.parse(JSON.stringify(toPlain(transaction), hexReplacer))).toEqual(json);
    expect(JSON.stringify(inputs[0]!.witness, hexReplacer)).toBe('["aabb",""]');
    expect(JSON.stringify(outputs[1]!.script, hexReplacer)).toBe('"6a0101"');
    expect(JSON.stringify({ script: Buffer.from([0x6a, 1]) }, hexReplacer)).toBe('{"script":"6a01"}');
    expect(JSON.parse(JSON.stringify(parseBlock(blockBytes([bytes])))).transactions).toEqual([json]);
  });
});

describe("fee, feeRate and isRbf", () => {
  const transaction = parseTransaction(bytes);

  it("take satoshis or outputs, one per input", () => {
    expect(fee(transaction, [50_000, 41_000])).toBe(1_000);
    expect(fee(transaction, [{ valueSats: 50_000 }, transaction.outputs[0]!])).toBe(30_000);
    expect(feeRate(transaction, [50_000, 41_000])).toBe(1_000 / transaction.vsize);
  });

  it.each([
    [[50_000], /one entry per input, 2, got 1/],
    [[50_000, 1], /outputs exceed the spent outputs by 39999/],
    [[50_000, 0.5], /spentOutputs\[1\] must be whole satoshis.*0.5/],
    [[null, 1], /spentOutputs\[0\] must be whole satoshis.*undefined/],
    [90_000, /spentOutputs must be an array/],
  ])("refuse %j", (spent, message) => {
    expect(() => feeRate(transaction, spent as never)).toThrow(message);
  });

  it("see a signal to replace in one input, and none in a coinbase", () => {
    expect(isRbf(transaction)).toBe(true);
    for (const [sequence, expected] of [
      [0xffffffff, false],
      [0xfffffffe, false],
      [0xfffffffd, true],
      [0, true],
    ] as const)
      expect(isRbf(parseTransaction(transactionBytes({ inputs: [{}, { sequence }] })))).toBe(expected);
    const coinbase = { outpointTxid: "00".repeat(32), vout: 0xffffffff, sequence: 0 };
    expect(isRbf(parseTransaction(transactionBytes({ inputs: [coinbase] })))).toBe(false);
    expect(() => fee(parseTransaction(transactionBytes({ inputs: [coinbase] })), [1])).toThrow(/coinbase/);
  });
});

it.each([
  [0, "0.00000000"],
  [1, "0.00000001"],
  [-1, "-0.00000001"],
  [1_234_567, "0.01234567"],
  [2_100_000_000_000_000, "21000000.00000000"],
  [Number.MAX_SAFE_INTEGER, "90071992.54740991"],
  [123_456_789_012_345_678_901n, "1234567890123.45678901"],
])("satsToBtc(%s) is %s", (sats, btc) => {
  expect(satsToBtc(sats)).toBe(btc);
});

it.each([0.5, 2 ** 53, Number.NaN, "1", null])("satsToBtc refuses %s", (sats) => {
  expect(() => satsToBtc(sats as never)).toThrow(/sats must be a whole number/);
});

it.each([
  ["", ""],
  [`76a914${"ab".repeat(20)}88ac`, `OP_DUP OP_HASH160 ${"ab".repeat(20)} OP_EQUALVERIFY OP_CHECKSIG`],
  [`0014${"ab".repeat(20)}`, `0 ${"ab".repeat(20)}`],
  ["4f5160", "-1 1 16"],
  ["0181", "-1"],
  ["0180", "0"],
  ["04ffffffff", "-2147483647"],
  ["04ffffff7f", "2147483647"],
  ["050102030405", "0102030405"],
  ["4c0101", "1"],
  ["4d02000100", "1"],
  ["4e0100000005", "5"],
  ["4c", "[error]"],
  ["4e01000000", "[error]"],
  ["51054142", "1 [error]"],
  ["50b1b2baff", "OP_RESERVED OP_CHECKLOCKTIMEVERIFY OP_CHECKSEQUENCEVERIFY OP_CHECKSIGADD OP_INVALIDOPCODE"],
  ["bbfe6aae", "OP_UNKNOWN OP_UNKNOWN OP_RETURN OP_CHECKMULTISIG"],
])("scriptToAsm of %s is %s", (hex, asm) => {
  expect(scriptToAsm(fromHex(hex))).toBe(asm);
});

it("names the fields that hand-made transactions lack, instead of a fee of NaN", () => {
  const input = { sequence: 0, scriptSig: new Uint8Array(0), witness: [] };
  expect(() => isRbf({ inputs: [5], isCoinbase: false } as never)).toThrow("transaction.inputs[0].sequence must be");
  const made = { inputs: [input], outputs: [{ value: 1 }], isCoinbase: false } as never;
  expect(() => fee(made, [5])).toThrow("transaction.outputs[0].valueSats must be whole satoshis, got undefined");
  const sizeless = { inputs: [input], outputs: [], isCoinbase: false } as never;
  expect(() => feeRate(sizeless, [5])).toThrow("transaction.vsize must be above 0, got undefined");
  expect(() => toPlain({ inputs: [{}], outputs: [] } as never)).toThrow("inputs[0].witness must be an array");
  expect(() => toPlain({ inputs: [], outputs: [{}] } as never)).toThrow("outputs[0].script must be a Uint8Array");
});

it.each([
  ["a bigint of another library", () => fee(parseTransaction(bytes), [50_000n, 41_000n] as never), "50000n"],
  ["text", () => fee(parseTransaction(bytes), ["50000", 41_000] as never), '"50000"'],
  ["text in satsToBtc", () => satsToBtc("10" as never), '"10"'],
])("shows %s instead of satoshis", (_, call, shown) => {
  expect(call).toThrow(`got ${shown}`);
});
