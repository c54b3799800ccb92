// Delay of a feed while 3,000 clients connect at once, with and without slices, in one run.
// Usage, in this package: node --conditions=@utxoracle/source --import tsx bench/arrivals.ts
import assert from "node:assert/strict";
import { ask, LoadProcesses, pause } from "../test/load/processes.ts";
import type { ReadersReport, ReadersSettings } from "../test/load/readers-process.ts";
import type { ServerReport, ServerSettings } from "../test/load/server-process.ts";

const CLIENTS = 3000;
const SNAPSHOT_PADDING_BYTES = 500_000;
const PROBE_STARTS_MS = 2000;

async function arrive(sliceMs: number): Promise<ServerReport> {
  const processes = new LoadProcesses();
  try {
    const settings: ServerSettings = {
      kind: "ours",
      intervalMs: 3_600_000,
      paddingBytes: SNAPSHOT_PADDING_BYTES,
      limits: { sliceMs },
    };
    const [server, { port }] = await processes.start<{ port: number }>("server-process.ts", settings);
    server.send({ type: "begin" });
    await pause(PROBE_STARTS_MS);
    const url = `ws://127.0.0.1:${port}/ws`;
    const crowd: ReadersSettings = { url, clients: CLIENTS, atOnce: CLIENTS };
    const [readers] = await processes.start("readers-process.ts", crowd);
    const { report } = await ask<{ report: ServerReport }>(server, "report");
    const { report: seen } = await ask<{ report: ReadersReport }>(readers, "report");
    assert.equal(seen.received, CLIENTS, "a client did not get its snapshot");
    await processes.stop();
    return report;
  } finally {
    processes.kill();
  }
}

for (const [name, sliceMs] of [
  ["in slices of 8 ms", 8],
  ["without slices", 1e9],
] as const) {
  const { feedDelayP99Ms, feedDelayMaxMs, seconds } = await arrive(sliceMs);
  console.log(
    `${CLIENTS} arrivals ${name}: the feed waits p99 ${feedDelayP99Ms.toFixed(0)} ms, max ${feedDelayMaxMs.toFixed(0)} ms (${seconds.toFixed(1)} s)`,
  );
}
