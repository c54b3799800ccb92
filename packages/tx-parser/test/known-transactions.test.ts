import { describe, expect, it } from "vitest";
import { bytesToHex, hexToBytes, parseTransaction, serializeTransaction } from "../src/index.ts";
import { fromHex, littleEndian, toHex, transactionBytes } from "./transaction-bytes.ts";

/** The coinbase of Bitcoin's first block. */
const genesisCoinbase = `01000000010000000000000000000000000000000000000000000000000000000000000000ffffffff4d
  04ffff001d0104455468652054696d65732030332f4a616e2f32303039204368616e63656c6c6f72206f6e206272696e6b206f66207365636f6e
  64206261696c6f757420666f722062616e6b73ffffffff0100f2052a01000000434104678afdb0fe5548271967f1a67130b7105cd6a828e03909
  a67962e0ea1f61deb649f6bc3f4cef38c4f35504e51ec112de5c384df7ba0b8d578a4c702b6bf11d5fac00000000`;

/** BIP 143, section "Native P2WPKH": the unsigned and the signed transaction. */
const bip143Unsigned = `0100000002fff7f7881a8099afa6940d42d1e7f6362bec38171ea3edf433541db4e4ad969f0000000000eeffffff
  ef51e1b804cc89d182d279655c3aa89e815b1b309fe287d9b2b55d57b90ec68a0100000000ffffffff02202cb206000000001976a9148280b37d
  f378db99f66f85c95a783a76ac7a6d5988ac9093510d000000001976a9143bde42dbee7e4dbe6a21b2d50ce2f0167faa815988ac11000000`;
const bip143Signed = `01000000000102fff7f7881a8099afa6940d42d1e7f6362bec38171ea3edf433541db4e4ad969f00000000494830450221
  008b9d1dc26ba6a9cb62127b02742fa9d754cd3bebf337f7a55d114c8e5cdd30be022040529b194ba3f9281a99f2b1c0a19c0489bc22ede944cc
  f4ecbab4cc618ef3ed01eeffffffef51e1b804cc89d182d279655c3aa89e815b1b309fe287d9b2b55d57b90ec68a0100000000ffffffff02202c
  b206000000001976a9148280b37df378db99f66f85c95a783a76ac7a6d5988ac9093510d000000001976a9143bde42dbee7e4dbe6a21b2d50ce2
  f0167faa815988ac000247304402203609e17b84f6a7d30c80bfa610b5b4542f32a8a0d5447a12fb1366d7f01cc44a0220573a954c4518331561
  406f90300e8f3358f51928d43c212a8caed02de67eebee0121025476c2e83188368da1ff3e292e7acafcdb3566bb0ad253f62fc70f07aeee6357
  11000000`;

describe("known transactions", () => {
  it("parses the coinbase of the first block", () => {
    const transaction = parseTransaction(fromHex(genesisCoinbase));
    expect(transaction).toMatchObject({
      txid: "4a5e1e4baab89f3a32518a88c31bc87f618f76673e2cc77ab2127b7afdeda33b",
      wtxid: "4a5e1e4baab89f3a32518a88c31bc87f618f76673e2cc77ab2127b7afdeda33b",
      version: 1,
      lockTime: 0,
      size: 204,
      vsize: 204,
      weight: 816,
      isCoinbase: true,
      isSegwit: false,
    });
    expect(transaction.inputs[0]).toMatchObject({
      txid: "0".repeat(64),
      vout: 0xffffffff,
      sequence: 0xffffffff,
      witness: [],
    });
    expect(new TextDecoder().decode(transaction.inputs[0]!.scriptSig)).toContain("Chancellor on brink");
    expect(transaction.outputs).toMatchObject([{ valueSats: 5_000_000_000, scriptType: "p2pk" }]);
  });

  it("parses BIP 143's signed transaction to the fields that the BIP lists", () => {
    const transaction = parseTransaction(fromHex(bip143Signed));
    expect(transaction).toMatchObject({
      version: 1,
      lockTime: 0x11,
      isSegwit: true,
      isCoinbase: false,
      size: 343,
      weight: 1042,
      vsize: 261,
    });
    const [first, second] = transaction.inputs;
    expect(first!.txid).toBe(
      Buffer.from("fff7f7881a8099afa6940d42d1e7f6362bec38171ea3edf433541db4e4ad969f", "hex").reverse().toString("hex"),
    );
    expect(first).toMatchObject({ vout: 0, sequence: 0xffffffee, witness: [] });
    expect(first!.scriptSig.length).toBe(0x49);
    expect(second).toMatchObject({ vout: 1, sequence: 0xffffffff });
    expect(second!.scriptSig.length).toBe(0);
    expect(second!.witness.map(({ length }) => length)).toEqual([0x47, 0x21]);
    expect(bytesToHex(second!.witness[1]!)).toBe("025476c2e83188368da1ff3e292e7acafcdb3566bb0ad253f62fc70f07aeee6357");
    expect(transaction.outputs).toMatchObject([
      { valueSats: 112_340_000, scriptType: "p2pkh" },
      { valueSats: 223_450_000, scriptType: "p2pkh" },
    ]);
    // Signing sets the first input's scriptSig, which changes the txid; the witness changes only
    // the wtxid.
    const withoutWitness = parseTransaction(serializeTransaction(transaction, { includeWitness: false }));
    expect(withoutWitness.txid).toBe(transaction.txid);
    expect(withoutWitness.wtxid).toBe(transaction.txid);
    expect(transaction.wtxid).not.toBe(transaction.txid);
    expect(parseTransaction(fromHex(bip143Unsigned)).txid).not.toBe(transaction.txid);
  });

  it("BIP 144: the witness does not change the txid", () => {
    const plain = parseTransaction(fromHex(bip143Unsigned));
    const inputs = plain.inputs.map((input, index) => ({
      ...input,
      witness: index === 1 ? [Uint8Array.of(1, 2, 3)] : [],
    }));
    const bytes = serializeTransaction({ ...plain, inputs, outputs: plain.outputs });
    // Marker and flag after the version; one witness stack per input before the lock time.
    expect(toHex(bytes.subarray(4, 6))).toBe("0001");
    expect(toHex(bytes.subarray(-10, -4))).toBe("000103010203");
    const read = parseTransaction(bytes);
    expect(read.txid).toBe(plain.txid);
    expect(read.wtxid).not.toBe(plain.txid);
    expect(read.weight).toBe(4 * plain.size + 2 + 6);
  });
});

describe("transactions as large as the largest known ones", () => {
  it("parses 1 MB without witness and 5,569 inputs", () => {
    // Shaped like the transaction of 2015 cited in BIP 143: 1 MB, 5,569 inputs of 179 bytes, one
    // output.
    const inputs = Array.from({ length: 5569 }, (_, index) => ({
      outpointTxid: littleEndian(index, 4).padEnd(64, "7"),
      vout: index,
      scriptSig: "47".repeat(138 + (index % 2)),
    }));
    const bytes = transactionBytes({ inputs, outputs: [{ valueSats: 100_000_000 }] });
    expect(bytes.length).toBeGreaterThan(990_000);
    const transaction = parseTransaction(bytes);
    expect(transaction.inputs.length).toBe(5569);
    expect(transaction.inputs[5568]!.vout).toBe(5568);
    expect(toHex(serializeTransaction(transaction)) === toHex(bytes)).toBe(true);
  });

  it("parses a witness of 4 MB without hashing it for the txid", () => {
    const bytes = transactionBytes({
      inputs: [{ witness: ["aa".repeat(64), "bb".repeat(3_938_000), "cc".repeat(33)] }],
      outputs: [{ valueSats: 10_000 }],
    });
    const transaction = parseTransaction(bytes);
    expect(transaction.inputs[0]!.witness.map(({ length }) => length)).toEqual([64, 3_938_000, 33]);
    expect(transaction.weight).toBeLessThan(4_000_000);
    expect(transaction.txid).toBe(parseTransaction(serializeTransaction(transaction, { includeWitness: false })).txid);
    expect(transaction.wtxid).not.toBe(transaction.txid);
  });
});

describe("a parsed transaction", () => {
  it("is made of views into its bytes, also for a slice of a Buffer", () => {
    const large = Buffer.alloc(1000, 0xee);
    const raw = fromHex(bip143Signed);
    large.set(raw, 100);
    const transaction = parseTransaction(large.subarray(100, 100 + raw.length));
    const { script } = transaction.outputs[0]!;
    expect(script.buffer).toBe(large.buffer);
    expect(Object.getPrototypeOf(script)).toBe(Uint8Array.prototype);
    large[script.byteOffset - large.byteOffset] = 0x6a;
    expect(script[0]).toBe(0x6a);
    expect(transaction.outputs).toBe(transaction.outputs);
  });

  it("prints all fields in JSON and console.log, bytes in hex", async () => {
    const transaction = parseTransaction(fromHex(bip143Signed));
    const json = JSON.parse(JSON.stringify(transaction));
    expect(json).toMatchObject({
      txid: transaction.txid,
      wtxid: transaction.wtxid,
      version: 1,
      outputs: [
        { valueSats: 112_340_000, script: "76a9148280b37df378db99f66f85c95a783a76ac7a6d5988ac", scriptType: "p2pkh" },
        {},
      ],
    });
    expect(json.inputs[1].witness).toEqual(transaction.inputs[1]!.witness.map((item) => bytesToHex(item)));
    const { inspect } = await import("node:util");
    expect(inspect(transaction)).toContain(transaction.inputs[0]!.txid);
  });

  it("converts hex both ways and names the position of an invalid digit", () => {
    expect(bytesToHex(hexToBytes("00ff7F"))).toBe("00ff7f");
    expect(() => hexToBytes("0")).toThrow("odd number of digits: 1");
    expect(() => hexToBytes("00 0")).toThrow('" " at position 2');
    // Command output ends with a newline.
    expect(bytesToHex(hexToBytes(" \t00ff\r\n"))).toBe("00ff");
    expect(() => hexToBytes(" 0g")).toThrow('"g" at position 2');
    expect(() => hexToBytes(undefined as never)).toThrow(TypeError);
  });
});
