// Delay, CPU time and stalls of broadcasts to WebSocket clients in other processes, compared with a
// plain `ws` broadcast in the same run. Usage, in this package:
//   node --conditions=@utxoracle/source --import tsx bench/fan-out.ts [--alone] [seconds] [clients…]
import assert from "node:assert/strict";
import { type LoadReport, runLoad } from "../test/load/load-run.ts";

const INTERVAL_MS = 500;
const DEFAULT_SECONDS = 10;
const DEFAULT_CLIENTS = [100, 1000, 10_000];

const alone = process.argv.includes("--alone");
const [seconds = DEFAULT_SECONDS, ...given] = process.argv
  .slice(2)
  .filter((word) => word !== "--alone")
  .map(Number);
const figures: readonly [string, (report: LoadReport) => number][] = [
  ["p50 ms", ({ delayMs }) => delayMs.p50],
  ["p99 ms", ({ delayMs }) => delayMs.p99],
  ["max ms", ({ delayMs }) => delayMs.max],
  ["CPU ms/tick", ({ cpuMsPerBroadcast }) => cpuMsPerBroadcast],
  ["µs/message", ({ cpuMicrosecondsPerMessage }) => cpuMicrosecondsPerMessage],
  ["slice ms", ({ server }) => server.longestSliceMs],
  ["round ms", ({ server }) => server.broadcastMaxMs],
  ["feed p99 ms", ({ server }) => server.feedDelayP99Ms],
  ["feed max ms", ({ server }) => server.feedDelayMaxMs],
  ["RSS MiB", ({ server }) => server.rssMiB],
];

console.log(["clients", "server", ...figures.map(([name]) => name)].map((name) => name.padStart(11)).join(" "));
for (const clients of given.length > 0 ? given : DEFAULT_CLIENTS)
  for (const kind of alone ? (["ours"] as const) : (["ours", "plain ws"] as const)) {
    const report = await runLoad({ clients, seconds, server: { kind, intervalMs: INTERVAL_MS } });
    assert.equal(report.missed, 0, "a reader missed an update");
    assert.equal(report.behind, 0, "a reader did not get the last update");
    assert.equal(report.closed, 0, "a reader was closed");
    assert.equal(report.received, clients * (report.server.lastSeq + 1));
    const row = [String(clients), kind, ...figures.map(([, read]) => read(report).toFixed(1))];
    console.log(row.map((text) => text.padStart(11)).join(" "));
  }
