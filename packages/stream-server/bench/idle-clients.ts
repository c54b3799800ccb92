// Memory of idle clients on one process, the kernel's included, and whether an update reaches each
// of them. Each client process has a source address of its own. Needs Linux, and the right to raise
// the limit of open files. Usage, in this package:
//   node --conditions=@utxoracle/source --import tsx bench/idle-clients.ts [clients…]
import assert from "node:assert/strict";
import { type ChildProcess, execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { ask, LoadProcesses, pause } from "../test/load/processes.ts";
import type { RawClientsReport, RawClientsSettings } from "../test/load/raw-clients-process.ts";
import type { ServerReport, ServerResources, ServerSettings } from "../test/load/server-process.ts";

const DEFAULT_CLIENTS = [10_000, 19_000, 50_000];
const CLIENTS_PER_PROCESS = 10_000;
const FILES_BESIDES_CLIENTS = 1000;
const NEVER_MS = 3_600_000;
/** The clients answer no pings, and the machine may be slow. */
const patientLimits = {
  pingIntervalMs: NEVER_MS,
  pongTimeoutMs: NEVER_MS,
  headersTimeoutMs: NEVER_MS,
  requestTimeoutMs: NEVER_MS,
  stallTimeoutMs: NEVER_MS,
};
const SETTLED_MS = 3000;
const KIBIBYTE = 1024;

/**
 * Memory of the kernel for sockets and their buffers, KiB. Other programs count too. All slabs: the
 * inode and directory entry of an open socket count as reclaimable.
 */
function kernelKib(): number {
  const kib = Number(/^Slab:\s+(\d+) kB/m.exec(readFileSync("/proc/meminfo", "utf8"))?.[1]);
  const pages = Number(/^TCP:.* mem (\d+)$/m.exec(readFileSync("/proc/net/sockstat", "utf8"))?.[1]);
  return kib + 4 * pages;
}

type Measured = ServerResources & { readonly kernelKib: number };

async function measure(server: ChildProcess): Promise<Measured> {
  const { resources } = await ask<{ resources: ServerResources }>(server, "resources");
  return { ...resources, kernelKib: kernelKib() };
}

/** Adds clients to one server, and measures at each of the numbers. */
async function hold(sizes: readonly number[]): Promise<void> {
  const processes = new LoadProcesses();
  try {
    const settings: ServerSettings = { kind: "ours", intervalMs: NEVER_MS, limits: patientLimits };
    const flags = ["--expose-gc", "--optimize-for-size"];
    const [server, { port }] = await processes.start<{ port: number }>("server-process.ts", settings, flags);
    const before = await measure(server);
    const crowds: ChildProcess[] = [];
    let connected = 0;
    for (const clients of sizes) {
      const startedAtMs = performance.now();
      while (connected < clients) {
        const crowd: RawClientsSettings = {
          ...{ port, deflate: true, query: "", framesWhenLive: 1 },
          clients: Math.min(CLIENTS_PER_PROCESS, clients - connected),
          localAddress: `127.0.0.${2 + crowds.length}`,
        };
        const [process] = await processes.start<{ report: RawClientsReport }>("raw-clients-process.ts", crowd);
        crowds.push(process);
        connected += crowd.clients;
      }
      const connectedAtMs = performance.now();
      await pause(SETTLED_MS);
      const after = await measure(server);
      const publishedAtMs = performance.now();
      server.send({ type: "publish" });
      await Promise.all(crowds.map((process) => ask(process, "updated")));
      const updatedAtMs = performance.now();
      const { closed } = (await ask<{ report: ServerReport }>(server, "report")).report;
      assert.equal(after.clients, clients, `clients were lost: ${JSON.stringify(closed)}`);
      const each = (kib: number): string => `${(kib / clients).toFixed(1)} KiB`;
      const row = [
        String(clients),
        `${((connectedAtMs - startedAtMs) / 1000).toFixed(0)} s`,
        `${((updatedAtMs - publishedAtMs) / 1000).toFixed(1)} s`,
        `${after.rssMiB.toFixed(0)} MiB`,
        each((after.rssMiB - before.rssMiB) * KIBIBYTE),
        each((after.heapMiB - before.heapMiB) * KIBIBYTE),
        // Both ends of each connection are on this machine.
        each((after.kernelKib - before.kernelKib) / 2),
      ];
      console.log(row.map((text) => text.padStart(13)).join(" "));
    }
    await processes.stop();
  } finally {
    processes.kill();
  }
}

/**
 * Raises the limit of open files for this process and its children.
 * @returns whether it is high enough
 */
function allowFiles(files: number): boolean {
  const limit = Number(/^Max open files\s+\d+\s+(\d+)/m.exec(readFileSync("/proc/self/limits", "utf8"))?.[1]);
  if (limit >= files) return true;
  try {
    execFileSync("prlimit", ["--pid", String(process.pid), `--nofile=${files}:${files}`], { stdio: "ignore" });
    return true;
  } catch {
    console.error(`this system allows ${limit} open files, not ${files}: not measured`);
    return false;
  }
}

const given = process.argv.slice(2).map(Number);
const sizes = given.length > 0 ? given : DEFAULT_CLIENTS;
const columns = ["connected", "update", "RSS", "each", "heap each", "kernel each"];
console.log(["clients", ...columns].map((text) => text.padStart(13)).join(" "));
await hold(sizes.filter((clients) => allowFiles(clients + FILES_BESIDES_CLIENTS)));
