import { describe, expect, it } from "vitest";
import {
  BlockStream,
  bytesToHex,
  computeTxid,
  computeTxids,
  computeWtxid,
  computeWtxids,
  hexToBytes,
  parseBlock,
  parseBlockHeader,
  parseTransaction,
  parseTransactions,
  processMempoolTransaction,
  TxParseError,
} from "../src/index.ts";
import { blockBytes, fromHex, toHex, transactionHex } from "./transaction-bytes.ts";

const hex = transactionHex({ inputs: [{ witness: ["01"] }], outputs: [{ valueSats: 70_000 }] });
const bytes = fromHex(hex);
const txid = parseTransaction(bytes).txid;
/** Longer than a block's header. */
const manyOutputs = fromHex(transactionHex({ outputs: Array.from({ length: 5 }, () => ({ valueSats: 1 })) }));
/** Starts as BIP 174 says. */
const psbtHex = `70736274ff0100${toHex(bytes)}`;

it("names a hole in a list, which would shift the ids after it", () => {
  const holed = [bytes, bytes, bytes];
  delete holed[1];
  expect(() => parseTransactions(holed)).toThrow("transactions[1] must be a Uint8Array or hex, got undefined");
});

it("refuses to write numbers of 16 bits in hex", () => {
  expect(() => bytesToHex(new Uint16Array([258]) as never)).toThrow("bytes must be a Uint8Array");
});

describe("a transaction in hex", () => {
  it("is read like its bytes, with white space around it and in upper case", () => {
    const text = ` \n${hex.toUpperCase()}\r\n`;
    expect(parseTransaction(text)).toEqual(parseTransaction(bytes));
    expect(parseTransactions([text, bytes]).map((each) => each.txid)).toEqual([txid, txid]);
    expect(computeTxid(text)).toBe(txid);
    expect(computeWtxid(text)).toBe(computeWtxid(bytes));
    expect(computeTxids([text])).toEqual([txid]);
    expect(computeWtxids([text, bytes])).toEqual([computeWtxid(bytes), computeWtxid(bytes)]);
    const block = blockBytes([bytes]);
    expect(parseBlock(toHex(block)).header).toEqual(parseBlock(block).header);
    expect(parseBlockHeader(`${toHex(block)}\n`)).toEqual(parseBlockHeader(block));
  });

  it("is named by its index if it is invalid in a list", () => {
    expect(() => parseTransactions([hex, `0x${hex}`])).toThrow("transactions[1]: hex has the prefix 0x");
    expect(() => computeTxids([hex, txid])).toThrow(/transactions\[1\]: the bytes look like a txid/);
    expect(() => computeTxids(hex as never)).toThrow("transactions must be an array, got string");
  });
});

describe("what is passed by mistake is named", () => {
  it.each([
    ["a PSBT in base64", Buffer.from(psbtHex, "hex").toString("base64"), /PSBT.*finalizepsbt/],
    ["a PSBT in hex", psbtHex, /PSBT.*finalizepsbt/],
    ["a PSBT in bytes", fromHex(psbtHex), /PSBT.*finalizepsbt/],
    [
      "a PSBT in base64 as bytes",
      Buffer.from(Buffer.from(psbtHex, "hex").toString("base64")),
      /unexpected|length|PSBT/,
    ],
    ["a txid", txid, /txid.*getrawtransaction/],
    ["a txid in bytes", fromHex(txid), /txid.*getrawtransaction/],
    ["base64", Buffer.from(bytes).toString("base64"), /base64/],
    ["a prefix 0x", `0x${hex}`, /prefix 0x: remove it/],
    ["white space inside", `${hex.slice(0, 20)} ${hex.slice(20)}`, /" " at position 20: remove the white space/],
    ["a digit less", hex.slice(1), /odd number of digits.*cut off/],
    ["hex as bytes", Buffer.from(`${hex}\n`), /hex digits as text: pass them as a string/],
    ["hex in quotes", JSON.stringify(hex), /in quotes: remove them/],
    ["an address", "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4", /hex is an address or a key/],
    ["an old address", "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa", /hex is an address or a key/],
    ["a public key", `xpub${"6".repeat(107)}`, /hex is an address or a key/],
    ["a block", toHex(blockBytes([bytes])), /the bytes look like a block: use parseBlock/],
    ["another text", "transaction.hex", /"t" at position 0$/],
    ["an array of numbers", Array.from(bytes), /transaction must be a Uint8Array.*Uint8Array.from/],
    ["an ArrayBuffer", bytes.slice().buffer, /transaction must be a Uint8Array.*new Uint8Array/],
    ["undefined", undefined, /transaction must be a Uint8Array or hex, got undefined/],
    ["null", null, /transaction must be a Uint8Array, got null/],
  ])("%s", (_, input, message) => {
    expect(() => parseTransaction(input as never)).toThrow(message);
  });

  it("as an option", () => {
    expect(() => parseTransaction(hex, { allowwitness: false } as never)).toThrow(
      "options.allowwitness: the only option is allowWitness, a boolean",
    );
    expect(() => parseTransaction(hex, { allowWitness: "no" } as never)).toThrow("options.allowWitness: the only");
    expect(() => parseTransaction(hex, false as never)).toThrow("options must be { allowWitness }, got boolean");
    expect(() => new BlockStream({ maxbytes: 1 } as never)).toThrow("options.maxbytes: the only option is maxBytes");
    // In plain JavaScript.
    expect([hex].map(parseTransaction as never)).toEqual([parseTransaction(hex)]);
  });

  it("as the window of the payment filter", () => {
    const raw = { rawBytes: bytes, timestamp: 0, topic: "rawtx" } as const;
    for (const seen of [[], {}, null])
      expect(() => processMempoolTransaction(raw, seen as never)).toThrow("seen must have has and add, such as a Set");
  });

  it("with the code and offset of the parse error", () => {
    expect(() => parseTransaction(psbtHex)).toThrow(TxParseError);
    expect(() => parseTransaction(txid)).toThrow(
      expect.objectContaining({ code: expect.any(String), offset: expect.any(Number) }),
    );
  });

  it("in a block too", () => {
    expect(() => parseBlock(txid)).toThrow(/txid or hash.*getblock/);
    expect(() => parseBlock(`0x${hex}`)).toThrow(/prefix 0x/);
    expect(() => parseBlock(psbtHex.padEnd(200, "0"))).toThrow(/PSBT/);
    expect(() => parseBlock(toHex(manyOutputs))).toThrow(/look like a transaction: use parseTransaction/);
  });
});

it("reads hex of a megabyte in linear time", () => {
  const digits = "0123456789abcdefABCDEF".repeat(100_000);
  expect(hexToBytes(digits).length).toBe(1_100_000);
  expect(() => hexToBytes(`${digits}${digits}g0`)).toThrow(RangeError);
});
