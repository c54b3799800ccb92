import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { BlockStream, parseBlock, streamBlock, type Transaction, toPlain } from "../src/index.ts";
import { anyTransaction } from "./any-transaction.ts";
import { blockBytes, fromHex, toHex, transactionBytes } from "./transaction-bytes.ts";

const one = transactionBytes({ inputs: [{ witness: ["aa"] }], outputs: [{ valueSats: 1 }] });
const two = transactionBytes({ outputs: [{ valueSats: 2 }, { valueSats: 3 }] });

/** Cuts bytes at the given places, in any order. */
function cut(bytes: Uint8Array, places: readonly number[]): Uint8Array[] {
  const sorted = [0, ...places.map((place) => place % (bytes.length + 1)).sort((a, b) => a - b), bytes.length];
  return sorted.slice(1).map((end, index) => bytes.slice(sorted[index], end));
}

async function readAll(chunks: Iterable<Uint8Array>): Promise<{ transactions: Transaction[]; weight: number }> {
  const transactions: Transaction[] = [];
  const stream = streamBlock(chunks);
  for (;;) {
    const { done, value } = await stream.next();
    if (done) return { transactions, weight: value.weight };
    transactions.push(value);
  }
}

describe("a block in chunks", () => {
  it("gives the same transactions as the whole block, wherever it is cut", async () => {
    const anyBlock = fc
      .array(anyTransaction.map(transactionBytes), { minLength: 1, maxLength: 5 })
      .map((all) => blockBytes(all));
    await fc.assert(
      fc.asyncProperty(anyBlock, fc.array(fc.nat(), { maxLength: 8 }), async (bytes, places) => {
        const whole = parseBlock(bytes);
        const { transactions, weight } = await readAll(cut(bytes, places));
        // Text, because comparing long scripts byte by byte is slow.
        expect(JSON.stringify(transactions)).toBe(JSON.stringify(whole.transactions));
        expect(weight).toBe(whole.weight);
      }),
      { numRuns: 100 },
    );
  });

  it("gives each transaction with its last byte, byte by byte", () => {
    const bytes = blockBytes([one, two]);
    const stream = new BlockStream();
    const arrivals: [position: number, txid: string][] = [];
    expect(stream.header).toBeNull();
    bytes.forEach((byte, index) => {
      for (const { txid } of stream.push(Uint8Array.of(byte))) arrivals.push([index + 1, txid]);
      if (index + 1 === 80) expect(stream.header).toEqual(parseBlock(bytes).header);
    });
    const [first, second] = parseBlock(bytes).transactions;
    expect(arrivals).toEqual([
      [81 + one.length, first!.txid],
      [bytes.length, second!.txid],
    ]);
    expect(stream.end()).toMatchObject({ transactionCount: 2, size: bytes.length });
  });

  it("copies chunks, so that a buffer can be used again", () => {
    const bytes = blockBytes([one, two]);
    const stream = new BlockStream();
    const chunk = new Uint8Array(40);
    const transactions: Transaction[] = [];
    for (let start = 0; start < bytes.length; start += 40) {
      const part = bytes.subarray(start, start + 40);
      chunk.set(part);
      transactions.push(...stream.push(chunk.subarray(0, part.length)));
      chunk.fill(0xff);
    }
    expect(transactions.map(toPlain)).toEqual(parseBlock(bytes).transactions.map(toPlain));
  });

  it.each([
    ["a missing end", blockBytes([one, two]).subarray(0, -1), "unexpected_end"],
    ["a missing count", blockBytes([one]).subarray(0, 80), "unexpected_end"],
    ["bytes after the block", fromHex(`${toHex(blockBytes([one]))}00`), "trailing_bytes"],
    [
      "more transactions than fit into a block",
      fromHex(`${toHex(blockBytes([])).slice(0, 160)}fe00000010`),
      "length_exceeds_input",
    ],
    ["a superfluous witness", blockBytes([transactionBytes({ segwit: true })]), "superfluous_witness"],
    ["a length with a longer encoding", blockBytes([fromHex("01000000fd0100")]), "non_minimal_length"],
  ])("refuses %s in every cut, as the whole block is refused", async (_, bytes, code) => {
    expect(() => parseBlock(bytes)).toThrow();
    for (const size of [1, 7, bytes.length]) {
      const places = Array.from({ length: Math.floor(bytes.length / size) }, (_, index) => index * size);
      await expect(readAll(cut(bytes, places))).rejects.toMatchObject({ name: "TxParseError", code });
    }
  });

  it("names the offset in the block", async () => {
    const bytes = blockBytes([one, transactionBytes({ segwit: true })]);
    const whole = (): unknown => parseBlock(bytes);
    expect(whole).toThrow(expect.objectContaining({ offset: 81 + one.length + 4 }));
    await expect(readAll(cut(bytes, [90, 81 + one.length]))).rejects.toMatchObject({ offset: 81 + one.length + 4 });
  });

  it("holds at most maxBytes", () => {
    const stream = new BlockStream({ maxBytes: 1000 });
    // One input whose script never ends.
    stream.push(fromHex(`${toHex(blockBytes([])).slice(0, 160)}0101000000 01 ${"11".repeat(36)} fe00000020`));
    expect(() => {
      for (let count = 0; count < 100; count++) stream.push(new Uint8Array(100));
    }).toThrow("block is larger than 1000 bytes");
    expect(() => new BlockStream({ maxBytes: 0 })).toThrow(/maxBytes must be a positive integer/);
  });

  it("takes linear time for a large transaction in small chunks", () => {
    const large = transactionBytes({ inputs: [{ witness: ["ab".repeat(3_000_000)] }], outputs: [{ valueSats: 1 }] });
    const bytes = blockBytes([large]);
    const stream = new BlockStream();
    let transactions = 0;
    for (let start = 0; start < bytes.length; start += 100)
      transactions += stream.push(bytes.subarray(start, start + 100)).length;
    expect(transactions).toBe(1);
  });

  it("names wrong arguments", async () => {
    expect(() => new BlockStream().push("00" as never)).toThrow("chunk must be a Uint8Array, got string");
    await expect(streamBlock(undefined as never).next()).rejects.toThrow("chunks must be an iterable of Uint8Arrays");
  });
});
