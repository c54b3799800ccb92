import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  computeTxid,
  parseTransaction,
  scanTransaction,
  serializeTransaction,
  type TransactionScan,
  TxParseError,
} from "../src/index.ts";
import { anyTransaction } from "./any-transaction.ts";
import { anyMutations, mutate } from "./mutation.ts";
import { readEverything, readOrFault } from "./read-everything.ts";
import { blockBytes, toHex, transactionBytes } from "./transaction-bytes.ts";

/** `pnpm soak tx-parser-fuzz` runs for minutes. */
const manyRuns = { numRuns: 1000 };

describe("parsing arbitrary bytes succeeds or throws a TxParseError", () => {
  it("for random bytes", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
        readEverything(bytes);
      }),
      manyRuns,
    );
  });

  it("for mutated transactions and blocks", () => {
    const anyBytes = fc.oneof(
      anyTransaction.map(transactionBytes),
      fc.array(anyTransaction.map(transactionBytes), { maxLength: 3 }).map((transactions) => blockBytes(transactions)),
    );
    fc.assert(
      fc.property(anyBytes, anyMutations, (bytes, mutations) => {
        readEverything(bytes);
        readEverything(mutate(bytes, mutations));
      }),
      manyRuns,
    );
  });

  it("reads nothing outside the given subarray", () => {
    const around = fc.tuple(fc.nat(20), fc.nat(40), fc.nat(255));
    const outcome = (bytes: Uint8Array, before: number, after: number, filler: number): string => {
      const whole = new Uint8Array(before + bytes.length + after).fill(filler);
      whole.set(bytes, before);
      const result = readOrFault(whole.subarray(before, before + bytes.length), parseTransaction);
      return result instanceof TxParseError ? result.message : JSON.stringify(result);
    };
    fc.assert(
      fc.property(anyTransaction, anyMutations, around, (transaction, mutations, [before, after, filler]) => {
        const bytes = mutate(transactionBytes(transaction), mutations);
        expect(outcome(bytes, before, after, filler)).toBe(outcome(bytes, 0, 0, 0));
      }),
      manyRuns,
    );
  });
});

describe("a generated transaction", () => {
  it("parses to the fields it was built from and serializes to the same bytes", () => {
    fc.assert(
      fc.property(anyTransaction, (written) => {
        const bytes = transactionBytes(written);
        const read = parseTransaction(bytes);
        expect({ version: read.version, lockTime: read.lockTime }).toEqual({
          version: written.version,
          lockTime: written.lockTime,
        });
        expect(
          read.inputs.map(({ txid, vout, scriptSig, sequence, witness }) => ({
            outpointTxid: Buffer.from(txid, "hex").reverse().toString("hex"),
            vout,
            scriptSig: toHex(scriptSig),
            sequence,
            witness: witness.map(toHex),
          })),
        ).toEqual(written.inputs);
        expect(
          read.outputs.map(({ valueSats, script }) => ({ valueSats: BigInt(valueSats), script: toHex(script) })),
        ).toEqual(written.outputs);
        expect(toHex(serializeTransaction(read))).toBe(toHex(bytes));
        const stripped = transactionBytes({ ...written, segwit: false });
        expect(read.txid).toBe(computeTxid(stripped));
        expect(read.weight).toBe(3 * stripped.length + bytes.length);
        expect(read.vsize).toBe(Math.floor((read.weight + 3) / 4));
      }),
      manyRuns,
    );
  });
});

describe("worst-case input", () => {
  /** 4 MB of the smallest possible parts. Anything quadratic in their number would take minutes. */
  const megabytes = 4_000_000;
  const filled = (head: string, part: string, tail: string): Uint8Array => {
    const count = Math.floor(megabytes / (part.length / 2));
    const prefix = `fe${Buffer.from(Uint32Array.of(count).buffer).toString("hex")}`;
    return new Uint8Array(Buffer.from(head + prefix + part.repeat(count) + tail, "hex"));
  };
  const nullInput = `${"00".repeat(32)}ffffffff00ffffffff`;
  const worst: [string, Uint8Array][] = [
    ["null inputs", filled("02000000", nullInput, "0000000000")],
    ["outputs", filled(`0200000001${nullInput}`, "000000000000000000", "00000000")],
    ["empty witness items", filled(`02000000000101${nullInput}00`, "00", "00000000")],
  ];
  it.each(worst)("parses 4 MB of %s in linear time", (_name, bytes) => {
    const { inputCount, outputCount }: TransactionScan = scanTransaction(bytes);
    const transaction = parseTransaction(bytes);
    expect(transaction.inputs.length).toBe(inputCount);
    expect(transaction.outputs.length).toBe(outputCount);
    expect(transaction.size).toBe(bytes.length);
    expect(serializeTransaction(transaction).length).toBe(bytes.length);
  });

  it("allocates nothing for a count or length of 2^64-1", () => {
    const claims = [
      "02000000",
      `0200000001${nullInput}`,
      `0200000001${"00".repeat(36)}`,
      `02000000000101${nullInput}00`,
    ];
    const inputs = claims.map(
      (head) => new Uint8Array(Buffer.from(`${head}${"ff".repeat(9)}${"00".repeat(40)}`, "hex")),
    );
    const before = process.memoryUsage();
    for (let round = 0; round < 2000; round++)
      for (const bytes of inputs) expect(readOrFault(bytes, parseTransaction)).toBeInstanceOf(TxParseError);
    const after = process.memoryUsage();
    expect(after.arrayBuffers - before.arrayBuffers).toBeLessThan(10_000_000);
  });
});
