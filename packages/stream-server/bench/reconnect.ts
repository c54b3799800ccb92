// All clients reconnect at once, as after a restart of the server (snapshots) and after a lost
// connection (resumed), plain and with permessage-deflate; then the CPU time of broadcasts to them.
// Usage, in this package:
//   node --conditions=@utxoracle/source --import tsx bench/reconnect.ts [clients…]
import { readFileSync } from "node:fs";
import { ask, LoadProcesses, pause } from "../test/load/processes.ts";
import type { RawClientsReport, RawClientsSettings } from "../test/load/raw-clients-process.ts";
import type { ServerReport, ServerSettings } from "../test/load/server-process.ts";

const DEFAULT_CLIENTS = [1000, 10_000];
const INTERVAL_MS = 500;
const STEADY_MS = 10_000;
const HEALTH_PERIOD_MS = 100;
/** Rushes so far. */
let rushes = 0;

/** Connections dropped so far because the accept queue was full. Linux only. */
function listenOverflows(): number {
  const [names = [], values = []] = readFileSync("/proc/net/netstat", "utf8")
    .split("\n")
    .filter((line) => line.startsWith("TcpExt:"))
    .map((line) => line.split(" "));
  return Number(values[names.indexOf("ListenOverflows")]);
}

async function reconnect(clients: number, deflate: boolean, resumes: boolean): Promise<string[]> {
  const processes = new LoadProcesses();
  try {
    const settings: ServerSettings = { kind: "ours", intervalMs: INTERVAL_MS };
    const [server, { port }] = await processes.start<{ port: number }>("server-process.ts", settings);
    server.send({ type: "begin" });
    await pause(4 * INTERVAL_MS);
    const health = watchHealth(port);
    const overflowsBefore = listenOverflows();
    const crowd: RawClientsSettings = {
      port,
      clients,
      deflate,
      query: resumes ? "?epoch=load&seq=1" : "",
      // The ports of the rush before are in TIME_WAIT for a minute.
      localAddress: `127.0.0.${2 + rushes++}`,
    };
    const [, { report }] = await processes.start<{ report: RawClientsReport }>("raw-clients-process.ts", crowd);
    const longestHealthMs = await health.stop();
    const arrived = (await ask<{ report: ServerReport }>(server, "report")).report;
    server.send({ type: "begin" });
    await pause(STEADY_MS);
    const steady = (await ask<{ report: ServerReport }>(server, "report")).report;
    await processes.stop();
    return [
      `${(report.allLiveMs / 1000).toFixed(1)} s`,
      `${(report.bytesPerClient / 1000).toFixed(1)} kB`,
      `${(arrived.cpuMs / 1000).toFixed(1)} s`,
      `${arrived.peakRssMiB.toFixed(0)} MiB`,
      `${longestHealthMs.toFixed(0)} ms`,
      `${arrived.feedDelayMaxMs.toFixed(0)} ms`,
      `${(steady.cpuMs / steady.ticks).toFixed(1)} ms`,
      String(report.retries),
      String(listenOverflows() - overflowsBefore),
    ];
  } finally {
    processes.kill();
  }
}

/** Requests `/health/live` all the time. */
function watchHealth(port: number): { stop(): Promise<number> } {
  let isRunning = true;
  let longestMs = 0;
  const running = (async () => {
    while (isRunning) {
      const startedAtMs = performance.now();
      await (await fetch(`http://127.0.0.1:${port}/health/live`)).text();
      longestMs = Math.max(longestMs, performance.now() - startedAtMs);
      await pause(HEALTH_PERIOD_MS);
    }
  })();
  return {
    stop: async () => {
      isRunning = false;
      await running;
      return longestMs;
    },
  };
}

const given = process.argv.slice(2).map(Number);
const columns = [
  "all live",
  "bytes each",
  "CPU",
  "peak RSS",
  "/health",
  "feed max",
  "CPU/tick",
  "retries",
  "overflows",
];
console.log(["clients", "", "", ...columns].map((text) => text.padStart(10)).join(" "));
for (const clients of given.length > 0 ? given : DEFAULT_CLIENTS)
  for (const resumes of [false, true])
    for (const deflate of [false, true]) {
      const row = [String(clients), resumes ? "resumed" : "snapshot", deflate ? "deflated" : "plain"];
      row.push(...(await reconnect(clients, deflate, resumes)));
      console.log(row.map((text) => text.padStart(10)).join(" "));
    }
