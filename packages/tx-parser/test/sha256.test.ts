import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import fc from "fast-check";
import { afterEach, describe, expect, it, vi } from "vitest";
import { readIds } from "../src/batch-ids.ts";
import { parseTransaction, serializeTransaction } from "../src/index.ts";
import { sha256Constants } from "../src/sha256-constants.ts";
import {
  digestsAddress,
  jobsAddress,
  messagesAddress,
  overreadBytes,
  type Sha256Engine,
} from "../src/sha256-engine.ts";
import { createJavaScriptEngine } from "../src/sha256-javascript.ts";
import { sha256ModuleBytes } from "../src/sha256-module-loader.ts";
import { createWasmEngine } from "../src/sha256-wasm.ts";
import { sha256ModuleSource } from "../wasm/module-source.ts";
import { assembleSha256d } from "../wasm/sha256d.ts";
import { blockBytes, transactionBytes } from "./transaction-bytes.ts";

const engines: [string, Sha256Engine][] = [
  ["WebAssembly", createWasmEngine()],
  ["JavaScript", createJavaScriptEngine()],
];

/** Hashes the messages in one run; also checks that each id is the reversed digest. */
function digests(engine: Sha256Engine, messages: readonly Uint8Array[]): string[] {
  const view = new DataView(engine.memory.buffer);
  let top = messagesAddress;
  // Bytes of earlier messages must not matter.
  engine.memory.fill(0xa5, messagesAddress);
  messages.forEach((message, job) => {
    engine.memory.set(message, top);
    view.setUint32(jobsAddress + 8 * job, top, true);
    view.setUint32(jobsAddress + 8 * job + 4, message.length, true);
    // Messages are adjacent: none may change another.
    top += message.length;
  });
  expect(top + overreadBytes).toBeLessThanOrEqual(engine.memory.length);
  engine.run(messages.length);
  expect(readIds(engine, messages.length)).toEqual(messages.map((_, job) => engine.readId(job)));
  expect(Buffer.from(engine.memory.subarray(messagesAddress, top)).equals(Buffer.concat(messages))).toBe(true);
  return messages.map((_, job) => {
    const digest = engine.memory.slice(digestsAddress + 32 * job, digestsAddress + 32 * job + 32);
    expect(engine.readId(job)).toBe(Buffer.from(digest).reverse().toString("hex"));
    return Buffer.from(digest).toString("hex");
  });
}

function expected(message: Uint8Array): string {
  const once = createHash("sha256").update(message).digest();
  return createHash("sha256").update(once).digest("hex");
}

describe.each(engines)("double SHA-256 in %s", (_name, engine) => {
  it("hashes every length from 0 to 255, alone and in one run", () => {
    const messages = Array.from({ length: 256 }, (_, length) =>
      Uint8Array.from({ length }, (_, index) => index * 7 + length),
    );
    expect(digests(engine, messages)).toEqual(messages.map(expected));
    for (const message of messages) expect(digests(engine, [message])).toEqual([expected(message)]);
  });

  it("hashes messages of different lengths in one run", () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 700 }), { minLength: 1, maxLength: 40 }), (messages) => {
        expect(digests(engine, messages)).toEqual(messages.map(expected));
      }),
      { numRuns: 150 },
    );
  });

  it("hashes a digest once more, whatever was hashed before", () => {
    const message = Uint8Array.of(1, 2, 3);
    for (const before of [[], [message], [message, message]]) {
      digests(engine, before);
      engine.memory.set(createHash("sha256").update(message).digest(), digestsAddress);
      engine.rehash();
      const digest = Buffer.from(engine.memory.slice(digestsAddress, digestsAddress + 32));
      expect(digest.toString("hex")).toBe(expected(message));
      expect(engine.readId(0)).toBe(digest.reverse().toString("hex"));
    }
  });

  it("hashes 1 MB, the most that its memory holds", () => {
    const message = Uint8Array.from({ length: 1_000_001 }, (_, index) => index % 251);
    const small = Uint8Array.of(1, 2, 3);
    expect(digests(engine, [message])).toEqual([expected(message)]);
    expect(digests(engine, [small, message, small])).toEqual([small, message, small].map(expected));
  });
});

describe("the WebAssembly module", () => {
  it("equals the assembled source", () => {
    const committed = readFileSync(new URL("../src/sha256-module.ts", import.meta.url), "utf8");
    expect(committed === sha256ModuleSource(), "run `node --import tsx wasm/build.ts` in packages/tx-parser").toBe(
      true,
    );
    expect(Buffer.from(sha256ModuleBytes()).equals(Buffer.from(assembleSha256d()))).toBe(true);
  });

  it("is under 4 KB, the limit of old browsers for synchronous compilation", () => {
    expect(sha256ModuleBytes().length).toBeLessThan(4096);
  });

  it("uses the constants of FIPS 180-4", () => {
    const { roundConstants, initialState } = sha256Constants();
    expect(Array.from(roundConstants, (word) => word >>> 0).slice(0, 4)).toEqual([
      0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5,
    ]);
    expect(roundConstants[63]! >>> 0).toBe(0xc67178f2);
    expect(initialState[0]! >>> 0).toBe(0x6a09e667);
    // So far from a rounding boundary that differences between cbrt implementations cannot matter.
    for (let prime = 2, found = 0; found < 64; prime++) {
      if (Array.from({ length: prime - 2 }, (_, index) => prime % (index + 2)).includes(0)) continue;
      for (const root of found < 8 ? [Math.cbrt(prime), Math.sqrt(prime)] : [Math.cbrt(prime)])
        expect(Math.abs(root * 2 ** 32 - Math.round(root * 2 ** 32))).toBeGreaterThan(2 ** -10);
      found++;
    }
  });
});

describe("without WebAssembly", () => {
  afterEach(() => {
    vi.unstubAllGlobals();
    vi.resetModules();
  });

  const raw = transactionBytes({ inputs: [{ witness: ["0102"] }], outputs: [{ valueSats: 5000 }] });
  const failures: [string, unknown][] = [
    ["is missing", undefined],
    [
      "is forbidden by a Content-Security-Policy",
      {
        Module: class {
          constructor() {
            throw new Error("Wasm code generation disallowed by embedder");
          }
        },
      },
    ],
  ];
  it.each(failures)("computes the same ids in JavaScript when WebAssembly %s", async (_name, stub) => {
    const usual = await import("../src/index.ts");
    expect(usual.hashEngine()).toBe("wasm-simd");
    vi.resetModules();
    vi.stubGlobal("WebAssembly", stub);
    const fallback = await import("../src/index.ts");
    expect(fallback.hashEngine()).toBe("javascript");
    expect(fallback.computeTxid(raw)).toBe(usual.computeTxid(raw));
    expect(fallback.computeWtxids([raw, raw])).toEqual(usual.computeWtxids([raw, raw]));
  });
});

describe("Node's own SHA-256", () => {
  afterEach(() => {
    vi.unstubAllGlobals();
    vi.resetModules();
  });

  /**
   * Sizes around both limits from which it is used, 120 and 512 bytes, with and without witness.
   */
  const transactions = [1, 50, 58, 59, 60, 61, 62, 200, 448, 449, 450, 451, 452, 3000].flatMap((bytes) =>
    [[], ["01"], ["ab".repeat(3000)]].map((witness) =>
      transactionBytes({ inputs: [{ witness }], outputs: [{ valueSats: bytes, script: "51".repeat(bytes) }] }),
    ),
  );

  it("gives the same ids as WebAssembly alone, one at a time, in a batch and in a block", async () => {
    const expectedIds = transactions.map(txidOf);
    for (const process of [globalThis.process, undefined, { release: { name: "node" }, versions: { bun: "1.4" } }]) {
      vi.stubGlobal("process", process);
      vi.resetModules();
      const { computeTxid, computeTxids, computeWtxid, computeWtxids, parseBlock } = await import("../src/index.ts");
      expect(transactions.map((bytes) => computeTxid(bytes))).toEqual(expectedIds);
      expect(computeTxids(transactions)).toEqual(expectedIds);
      expect(transactions.map((bytes) => computeTxids([bytes])[0])).toEqual(expectedIds);
      expect(computeWtxids(transactions)).toEqual(transactions.map((bytes) => computeWtxid(bytes)));
      expect(parseBlock(blockBytes(transactions)).transactions.map(({ txid }) => txid)).toEqual(expectedIds);
      vi.unstubAllGlobals();
    }
  });

  it("does not change the bytes of the caller", async () => {
    const { computeTxid, parseBlock } = await import("../src/index.ts");
    const block = blockBytes(transactions);
    const copies = [...transactions, block].map((bytes) => bytes.slice());
    for (const bytes of transactions) computeTxid(bytes);
    parseBlock(block);
    expect([...transactions, block]).toEqual(copies);
  });
});

/** The txid by Node's SHA-256 and `serializeTransaction`. */
function txidOf(bytes: Uint8Array): string {
  const stripped = serializeTransaction(parseTransaction(bytes), { includeWitness: false });
  return Buffer.from(expected(stripped), "hex").reverse().toString("hex");
}

describe("messages larger than the engine's memory", () => {
  it("are hashed between smaller ones, and their memory is freed", async () => {
    const { computeTxids, computeWtxid } = await import("../src/index.ts");
    const small = transactionBytes({ outputs: [{ valueSats: 1 }] });
    const large = transactionBytes({ outputs: [{ valueSats: 1, script: "51".repeat(3_000_000) }] });
    expect(computeTxids([small, large, small])).toEqual([small, large, small].map(txidOf));
    expect(computeWtxid(large)).toBe(txidOf(large));
    // Needs several runs, both by count and by size.
    const many = Array.from({ length: 700 }, (_, index) =>
      index % 100 === 0 ? transactionBytes({ outputs: [{ valueSats: index, script: "52".repeat(200_000) }] }) : small,
    );
    expect(computeTxids(many)).toEqual(many.map(txidOf));
  });

  it("are hashed in a block with more messages than one run takes", async () => {
    const { computeTxid, examineBlockTransactions, parseBlock } = await import("../src/index.ts");
    const small = (lockTime: number) =>
      transactionBytes({ lockTime, inputs: [{ witness: lockTime % 2 ? ["01"] : [] }] });
    const largeScript = (bytes: number) =>
      transactionBytes({ outputs: [{ valueSats: 1, script: "51".repeat(bytes) }] });
    const largeWitness = transactionBytes({ inputs: [{ witness: ["52".repeat(3_000_000)] }] });
    const transactions = [
      ...Array.from({ length: 1030 }, (_, index) => small(index)),
      largeWitness,
      ...[700_000, 400_000, 400_000, 400_000, 1_200_000].map(largeScript),
      small(7),
    ];
    const bytes = blockBytes(transactions);
    const ids = transactions.map(computeTxid);
    expect(ids).toEqual(transactions.map(txidOf));
    expect(parseBlock(bytes).transactions.map(({ txid }) => txid)).toEqual(ids);
    expect(examineBlockTransactions(bytes, new Set(), 0).map(({ txid }) => txid)).toEqual(ids);
  });
});
