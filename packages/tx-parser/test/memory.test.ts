import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { expect, it } from "vitest";
import {
  computeTxids,
  examineMempoolTransaction,
  examineMempoolTransactions,
  processMempoolTransaction,
} from "../src/index.ts";
import { transactionBytes } from "./transaction-bytes.ts";

setFlagsFromString("--expose-gc");
const collectGarbage = runInNewContext("gc") as () => void;

it("a processed transaction does not keep its receive buffer in memory", async () => {
  const transaction = transactionBytes({
    inputs: [{ witness: ["01"] }],
    outputs: [{ valueSats: 50_000 }, { valueSats: 60_000 }],
  });
  const held: unknown[] = [];
  const buffers: WeakRef<ArrayBuffer>[] = [];
  const seen = new Set<string>();
  for (let count = 0; count < 60; count++) {
    const received = new Uint8Array(4_000_000);
    buffers.push(new WeakRef(received.buffer));
    received.set(transaction, 1000);
    new DataView(received.buffer).setUint32(1000 + transaction.length - 4, count);
    const rawBytes = received.subarray(1000, 1000 + transaction.length);
    const raw = { rawBytes, timestamp: count, topic: "rawtx" } as const;
    held.push(processMempoolTransaction(raw, seen), examineMempoolTransaction(raw), examineMempoolTransactions([raw]));
  }
  // The target of a new WeakRef is kept until the task ends.
  await new Promise((resolve) => setImmediate(resolve));
  collectGarbage();
  // The last one may still be on the stack.
  expect(buffers.filter((buffer) => buffer.deref() !== undefined).length).toBeLessThanOrEqual(1);
  expect(held.length).toBe(180);
  expect(seen.size).toBe(60);
});

it("an id of a batch does not keep the other ids in memory", () => {
  const transactions = Array.from({ length: 500 }, (_, lockTime) => transactionBytes({ lockTime }));
  const held: string[] = [];
  collectGarbage();
  const before = process.memoryUsage().heapUsed;
  // Each batch is 34 kB of ids: 17 MB in total if they were slices of one string.
  for (let batch = 0; batch < 500; batch++) held.push(computeTxids(transactions)[batch] ?? "");
  collectGarbage();
  expect(process.memoryUsage().heapUsed - before).toBeLessThan(4_000_000);
  expect(new Set(held).size).toBe(500);
});
