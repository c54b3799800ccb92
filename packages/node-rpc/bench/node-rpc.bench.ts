// Duration of the largest responses, and how long they block the process, compared with fetching
// everything and JSON.parse. Asserts the results. Never fails because of a time.
import assert from "node:assert/strict";
import { fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { createNodeRpc } from "../src/index.ts";

const count = Number(process.env["ENTRIES"] ?? 100_000);
const node = fork(fileURLToPath(new URL("./big-node.ts", import.meta.url)), [String(count)]);
const [port] = (await once(node, "message")) as [number];
const url = `http://127.0.0.1:${port}`;
const rpc = createNodeRpc({ url, auth: { user: "me", password: "any" } });

async function measure(name: string, work: () => Promise<number>, expected: number): Promise<void> {
  let worstMs = 0;
  let last = performance.now();
  let running = true;
  const watch = (): void => {
    const now = performance.now();
    worstMs = Math.max(worstMs, now - last);
    last = now;
    if (running) setImmediate(watch);
  };
  setImmediate(watch);
  const begin = performance.now();
  assert.equal(await work(), expected);
  const elapsedMs = performance.now() - begin;
  await new Promise(setImmediate);
  running = false;
  const rssMb = process.memoryUsage().rss / 2 ** 20;
  console.log(
    `${name.padEnd(52)} ${elapsedMs.toFixed(0).padStart(6)} ms, longest stop ${worstMs.toFixed(1).padStart(6)} ms, RSS ${rssMb.toFixed(0)} MiB`,
  );
}

async function entries(): Promise<number> {
  let read = 0;
  for await (const entry of rpc.getMempoolEntries()) read += entry.ancestorCount;
  return read;
}

async function plain(params: unknown[]): Promise<{ result: object }> {
  const body = JSON.stringify({ method: "getrawmempool", params });
  return (await (await fetch(url, { method: "POST", body })).json()) as { result: object };
}

await entries();
await measure(`getrawmempool true, ${count} entries`, entries, count);
await measure("the same by fetch and JSON.parse", async () => Object.keys((await plain([true])).result).length, count);
await measure(
  `getrawmempool false true, ${count} ids`,
  async () => (await rpc.getRawMempoolSequence()).txids.length,
  count,
);
await measure("getblock, 4 MB", async () => (await rpc.getBlock("00".repeat(32))).length, 4e6);
rpc.close();
node.disconnect();
