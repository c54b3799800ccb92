import { runInNewContext } from "node:vm";
import { describe, expect, it } from "vitest";
import {
  checkMerkleRoot,
  computeTxid,
  computeTxids,
  parseBlock,
  parseBlockHeader,
  parseTransaction,
  parseTransactions,
  processMempoolTransaction,
  scanBlock,
  scanTransaction,
  serializeTransaction,
  TxParseError,
  type TxParseErrorCode,
} from "../src/index.ts";
import {
  blockBytes,
  fromHex,
  lengthPrefix,
  littleEndian,
  toHex,
  transactionBytes,
  transactionHex,
} from "./transaction-bytes.ts";

const version = "02000000";
const outpoint = `${"11".repeat(32)}00000000`;
const input = `${outpoint}00ffffffff`;
const output = `${littleEndian(5000, 8)}0151`;
const lockTime = "00000000";

function faultOf(read: () => unknown): { code: TxParseErrorCode; offset: number } {
  try {
    read();
  } catch (error) {
    if (!(error instanceof TxParseError)) throw error;
    expect(error.message).toContain(error.code);
    expect(error.message).toContain(`at byte ${error.offset}`);
    return { code: error.code, offset: error.offset };
  }
  throw new Error("nothing was thrown");
}

/** Byte-level faults, some modeled on Bitcoin Core's tx_invalid and serialization tests. */
const faults: [name: string, hex: string, code: TxParseErrorCode, offset: number][] = [
  ["no bytes", "", "unexpected_end", 0],
  ["half a version", "0200", "unexpected_end", 0],
  ["only a version", version, "unexpected_end", 4],
  ["fewer inputs than counted", `${version}02${input}01${output}${lockTime}`, "length_exceeds_input", 4],
  [
    "a truncated outpoint",
    `${version}02${outpoint}0a${"51".repeat(10)}ffffffff${outpoint.slice(2)}`,
    "unexpected_end",
    56,
  ],
  ["scriptSig length 1 in 9 bytes", `${version}01${outpoint}ff0100000000000000`, "non_minimal_length", 41],
  [
    "a scriptSig of 40 bytes with 10 bytes left",
    `${version}01${outpoint}28${"00".repeat(10)}`,
    "length_exceeds_input",
    41,
  ],
  ["a truncated sequence", `${version}01${outpoint}02515151ffff`, "unexpected_end", 44],
  ["no output count", `${version}01${input}`, "unexpected_end", 46],
  ["fewer outputs than counted", `${version}01${input}02${output}`, "length_exceeds_input", 46],
  ["a truncated value", `${version}01${input}01${"00".repeat(8)}`, "length_exceeds_input", 46],
  [
    "an output script longer than the remaining bytes",
    `${version}01${input}01${littleEndian(1, 8)}0551`,
    "length_exceeds_input",
    55,
  ],
  ["a truncated lock time", `${version}01${input}01${output}000000`, "unexpected_end", 57],
  ["one byte too many", `${version}01${input}01${output}${lockTime}00`, "trailing_bytes", 61],
  ["a second transaction after it", `${version}01${input}01${output}${lockTime}${version}`, "trailing_bytes", 61],
  ["a value of -1", `${version}01${input}01${"ff".repeat(8)}0151${lockTime}`, "value_out_of_range", 47],
  ["a value of 2^53", `${version}01${input}01${littleEndian(2n ** 53n, 8)}0151${lockTime}`, "value_out_of_range", 47],
  ["SegWit flag 2", `${version}000201${input}01${output}00${lockTime}`, "unknown_flag", 5],
  ["SegWit flag 255", `${version}00ff01${input}01${output}00${lockTime}`, "unknown_flag", 5],
  ["SegWit without any witness", `${version}000101${input}01${output}00${lockTime}`, "superfluous_witness", 4],
  [
    "SegWit with two inputs, none with a witness",
    `${version}000102${input}${input}01${output}0000${lockTime}`,
    "superfluous_witness",
    4,
  ],
  ["SegWit without inputs", `${version}00010001${output}${lockTime}`, "superfluous_witness", 4],
  ["SegWit, truncated before the witness", `${version}000101${input}01${output}`, "unexpected_end", 59],
  [
    "fewer witness items than counted",
    `${version}000101${input}01${output}070151${lockTime}`,
    "length_exceeds_input",
    59,
  ],
  ["a witness item without length", `${version}000101${input}01${output}02025151`, "unexpected_end", 63],
  [
    "a witness item longer than the remaining bytes",
    `${version}000101${input}01${output}010951${lockTime}`,
    "length_exceeds_input",
    60,
  ],
  ["legacy format with zero inputs and one output", `${version}0001${output}${lockTime}`, "length_exceeds_input", 6],
  ["input count in 3 bytes instead of 1", `${version}fd0100${input}01${output}${lockTime}`, "non_minimal_length", 4],
  ["input count 252 in 3 bytes", `${version}fdfc00${input.repeat(252)}01${output}${lockTime}`, "non_minimal_length", 4],
  [
    "output count in 5 bytes instead of 1",
    `${version}01${input}fe01000000${output}${lockTime}`,
    "non_minimal_length",
    46,
  ],
  [
    "scriptSig length in 9 bytes",
    `${version}01${outpoint}ff020000000000000051510ffffffff01${output}${lockTime}`.slice(0, -1),
    "non_minimal_length",
    41,
  ],
  [
    "script length 65535 in 5 bytes",
    `${version}01${input}01${littleEndian(1, 8)}feffff0000${"51".repeat(65535)}${lockTime}`,
    "non_minimal_length",
    55,
  ],
  ["witness item length in 3 bytes", `${version}000101${input}01${output}01fd01005100000000`, "non_minimal_length", 60],
  [
    "script length 2^32-1 in 9 bytes",
    `${version}01${input}01${littleEndian(1, 8)}${lengthPrefix(0xffffffff, 9)}51${lockTime}`,
    "non_minimal_length",
    55,
  ],
  ["only marker and flag", `${version}0001`, "unexpected_end", 6],
  ["2^64-1 inputs", `${version}${"ff".repeat(9)}${input}01${output}${lockTime}`, "length_exceeds_input", 4],
  ["2^63 outputs", `${version}01${input}ff0000000000000080${output}${lockTime}`, "length_exceeds_input", 46],
  [
    "a script of 2^64-1 bytes",
    `${version}01${input}01${littleEndian(1, 8)}${"ff".repeat(9)}51${lockTime}`,
    "length_exceeds_input",
    55,
  ],
  [
    "a script of 2^53 bytes",
    `${version}01${input}01${littleEndian(1, 8)}ff0000000000002000${"51".repeat(20)}`,
    "length_exceeds_input",
    55,
  ],
  [
    "2^64-1 witness items",
    `${version}000101${input}01${output}${"ff".repeat(9)}0151${lockTime}`,
    "length_exceeds_input",
    59,
  ],
  [
    "a witness item of 2^32-1 bytes",
    `${version}000101${input}01${output}01feffffffff51${lockTime}`,
    "length_exceeds_input",
    60,
  ],
  ["a truncated length prefix", `${version}01${input}01${littleEndian(1, 8)}fd`, "unexpected_end", 55],
  ["text", toHex(new TextEncoder().encode("this is no transaction at all")), "length_exceeds_input", 4],
];

describe("bytes that are not a transaction", () => {
  it.each(faults)("%s", (_name, hex, code, offset) => {
    const bytes = fromHex(hex);
    for (const read of [parseTransaction, scanTransaction, computeTxid])
      expect(faultOf(() => read(bytes))).toEqual({ code, offset });
    expect(faultOf(() => parseTransactions([bytes]))).toEqual({ code, offset });
  });

  it("reads nothing past the end of a truncated transaction", () => {
    const whole = transactionBytes({
      inputs: [{ scriptSig: "51".repeat(300), witness: ["", "52".repeat(70), "53".repeat(260)] }, { witness: ["01"] }],
      outputs: [{ valueSats: 1000 }, { valueSats: 2000, script: "6a".repeat(80) }],
    });
    expect(parseTransaction(whole).inputs.length).toBe(2);
    for (let length = 0; length < whole.length; length++) {
      // The rest of the transaction follows in memory: reading past the end would succeed.
      const { code, offset } = faultOf(() => parseTransaction(whole.subarray(0, length)));
      expect(["unexpected_end", "length_exceeds_input"]).toContain(code);
      expect(offset).toBeLessThanOrEqual(length);
    }
  });

  it("names the index of the invalid transaction in a batch", () => {
    const good = transactionBytes({ outputs: [{ valueSats: 1 }] });
    expect(() => computeTxids([good, good.subarray(3)])).toThrow(/^transactions\[1\]: .* at byte \d+ \(\w+\)$/);
  });

  it("accepts a Uint8Array of another realm", () => {
    const bytes = transactionBytes({ outputs: [{ valueSats: 1 }] });
    const foreign = runInNewContext("Uint8Array.from(values)", { values: [...bytes] }) as Uint8Array;
    expect(foreign).not.toBeInstanceOf(Uint8Array);
    expect(parseTransaction(foreign).txid).toBe(parseTransaction(bytes).txid);
    expect(computeTxids([foreign])).toEqual([computeTxid(bytes)]);
    expect(processMempoolTransaction({ rawBytes: foreign, timestamp: 0, topic: "rawtx" })).toEqual(
      processMempoolTransaction({ rawBytes: bytes, timestamp: 0, topic: "rawtx" }),
    );
  });

  it("throws a TypeError for anything but a Uint8Array or hex", () => {
    const wrong: unknown[] = [0, null, undefined, [1, 2, 3], new ArrayBuffer(10), new DataView(new ArrayBuffer(10))];
    wrong.push(new Uint16Array(10), new Int8Array(10), { length: 10, [Symbol.toStringTag]: "Uint8Array" });
    for (const value of wrong)
      for (const read of [parseTransaction, parseBlock, parseBlockHeader, computeTxid, scanTransaction])
        expect(() => read(value as Uint8Array)).toThrow(TypeError);
    expect(() => computeTxids([fromHex(""), "00"])).toThrow(TxParseError);
    expect(() => computeTxids([0 as never])).toThrow("transactions[0] must be a Uint8Array or hex, got number");
    expect(() => scanBlock("00" as never, () => {})).toThrow("block must be a Uint8Array, got string");
    expect(() => scanTransaction("00" as never)).toThrow("bytes must be a Uint8Array, got string");
  });
});

describe("unusual transactions", () => {
  it("parses no inputs and no outputs, as Bitcoin Core does", () => {
    const { inputs, outputs, isSegwit, isCoinbase, size } = parseTransaction(fromHex(`${version}0000${lockTime}`));
    expect({ inputs, outputs, isSegwit, isCoinbase, size }).toEqual({
      inputs: [],
      outputs: [],
      isSegwit: false,
      isCoinbase: false,
      size: 10,
    });
  });

  it("parses zero inputs with outputs when allowWitness is false", () => {
    const hex = transactionHex({ inputs: [], outputs: [{ valueSats: 5000 }, { valueSats: 6000 }], lockTime: 9 });
    const transaction = parseTransaction(fromHex(hex), { allowWitness: false });
    expect(transaction.outputs.map(({ valueSats }) => valueSats)).toEqual([5000, 6000]);
    expect(transaction.isSegwit).toBe(false);
    expect(toHex(serializeTransaction(transaction))).toBe(hex);
    expect(() => parseTransaction(fromHex(hex))).toThrow(TxParseError);
  });

  it("parses no output, empty witness items and maximum numbers", () => {
    const hex = transactionHex({
      version: 0xffffffff,
      inputs: [{ outpointTxid: "ff".repeat(32), vout: 0xffffffff, sequence: 0, witness: ["", ""] }],
      outputs: [],
      lockTime: 0xffffffff,
    });
    const transaction = parseTransaction(fromHex(hex));
    expect(transaction).toMatchObject({ version: 0xffffffff, lockTime: 0xffffffff, isSegwit: true, isCoinbase: false });
    expect(transaction.inputs).toEqual([
      {
        txid: "ff".repeat(32),
        vout: 0xffffffff,
        scriptSig: new Uint8Array(0),
        sequence: 0,
        witness: [new Uint8Array(0), new Uint8Array(0)],
      },
    ]);
    expect(toHex(serializeTransaction(transaction))).toBe(hex);
  });

  it("parses a value of 2^53-1 satoshis, above the money supply", () => {
    const bytes = transactionBytes({ outputs: [{ valueSats: Number.MAX_SAFE_INTEGER }] });
    expect(parseTransaction(bytes).outputs[0]!.valueSats).toBe(Number.MAX_SAFE_INTEGER);
  });

  it.each([252, 253, 65535, 65536])("parses a script of %i bytes, at a boundary of the length prefix", (length) => {
    const hex = transactionHex({
      inputs: [{ scriptSig: "51".repeat(length), witness: ["52".repeat(length)] }],
      outputs: [{ valueSats: 1, script: "53".repeat(length) }],
    });
    const transaction = parseTransaction(fromHex(hex));
    expect(transaction.inputs[0]!.scriptSig.length).toBe(length);
    expect(transaction.inputs[0]!.witness[0]!.length).toBe(length);
    expect(transaction.outputs[0]!.script.length).toBe(length);
    expect(toHex(serializeTransaction(transaction)) === hex).toBe(true);
  });

  it.each([252, 253, 65536])("parses %i inputs, outputs and witness items", (count) => {
    const hex = transactionHex({
      inputs: [{ witness: new Array(count).fill("01") }, ...new Array(count - 1).fill({})],
      outputs: new Array(count).fill({ valueSats: 1, script: "" }),
    });
    const transaction = parseTransaction(fromHex(hex));
    expect(transaction.inputs.length).toBe(count);
    expect(transaction.outputs.length).toBe(count);
    expect(transaction.inputs[0]!.witness.length).toBe(count);
    expect(toHex(serializeTransaction(transaction)) === hex).toBe(true);
  });
});

describe("bytes that are not a block", () => {
  const good = transactionBytes({ outputs: [{ valueSats: 1 }] });

  it("throws for truncated parts, an oversized count and trailing bytes", () => {
    const whole = blockBytes([good, good]);
    expect(faultOf(() => parseBlock(whole.subarray(0, 79)))).toEqual({ code: "unexpected_end", offset: 0 });
    expect(faultOf(() => parseBlock(whole.subarray(0, 80)))).toEqual({ code: "unexpected_end", offset: 80 });
    expect(faultOf(() => parseBlock(whole.subarray(0, -1)))).toEqual({
      code: "unexpected_end",
      offset: 81 + 2 * good.length - 4,
    });
    expect(faultOf(() => parseBlock(fromHex(`${toHex(whole)}00`)))).toEqual({
      code: "trailing_bytes",
      offset: whole.length,
    });
    const endless = fromHex(toHex(whole.subarray(0, 80)) + "ff".repeat(9) + toHex(good));
    expect(faultOf(() => parseBlock(endless))).toEqual({ code: "length_exceeds_input", offset: 80 });
    const padded = fromHex(toHex(whole.subarray(0, 80)) + lengthPrefix(2, 3) + toHex(good) + toHex(good));
    expect(faultOf(() => parseBlock(padded))).toEqual({ code: "non_minimal_length", offset: 80 });
    for (let length = 0; length < whole.length; length++) {
      faultOf(() => parseBlock(whole.subarray(0, length)));
      faultOf(() => scanBlock(whole.subarray(0, length), () => {}));
    }
  });

  it("parses a header alone and a block without transactions", () => {
    const empty = blockBytes([]);
    expect(parseBlockHeader(empty.subarray(0, 80))).toEqual(parseBlock(empty).header);
    expect(parseBlock(empty)).toMatchObject({ transactions: [], rawTransactions: [], size: 81, weight: 324 });
    expect(checkMerkleRoot(parseBlock(empty))).toBe(true);
  });
});
