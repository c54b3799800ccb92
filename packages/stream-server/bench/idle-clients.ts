// Memory of idle clients on one process, the kernel's included. Each client process has a source
// address of its own. Needs Linux, and the right to raise the limit of open files. Usage, in this
// package:
//   node --conditions=@utxoracle/source --import tsx bench/idle-clients.ts [clients…]
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { ask, LoadProcesses, pause } from "../test/load/processes.ts";
import type { RawClientsReport, RawClientsSettings } from "../test/load/raw-clients-process.ts";
import type { ServerReport, ServerResources, ServerSettings } from "../test/load/server-process.ts";

const DEFAULT_CLIENTS = [10_000, 19_000, 50_000];
const CLIENTS_PER_PROCESS = 10_000;
const FILES_BESIDES_CLIENTS = 1000;
const NEVER_MS = 3_600_000;
const SETTLED_MS = 3000;
const KIBIBYTE = 1024;

/** Memory of the kernel for sockets and their buffers, KiB. Other programs count too. */
function kernelKib(): number {
  const kib = (name: string): number =>
    Number(new RegExp(`^${name}:\\s+(\\d+) kB`, "m").exec(readFileSync("/proc/meminfo", "utf8"))?.[1]);
  const pages = Number(/^TCP:.* mem (\d+)$/m.exec(readFileSync("/proc/net/sockstat", "utf8"))?.[1]);
  return kib("SUnreclaim") + 4 * pages;
}

async function hold(clients: number): Promise<string[]> {
  const processes = new LoadProcesses();
  try {
    // The clients answer no pings.
    const limits = { pingIntervalMs: NEVER_MS, pongTimeoutMs: NEVER_MS };
    const settings: ServerSettings = { kind: "ours", intervalMs: NEVER_MS, limits };
    const [server, { port }] = await processes.start<{ port: number }>("server-process.ts", settings, [
      "--expose-gc",
      "--optimize-for-size",
    ]);
    const measured = async (): Promise<ServerResources & { readonly kernelKib: number }> => ({
      ...(await ask<{ resources: ServerResources }>(server, "resources")).resources,
      kernelKib: kernelKib(),
    });
    const before = await measured();
    const startedAtMs = performance.now();
    for (let first = 0; first < clients; first += CLIENTS_PER_PROCESS) {
      const crowd: RawClientsSettings = {
        ...{ port, deflate: true, query: "", framesWhenLive: 1 },
        clients: Math.min(CLIENTS_PER_PROCESS, clients - first),
        localAddress: `127.0.0.${2 + Math.floor(first / CLIENTS_PER_PROCESS)}`,
      };
      await processes.start<{ report: RawClientsReport }>("raw-clients-process.ts", crowd);
    }
    const connectedSeconds = (performance.now() - startedAtMs) / 1000;
    await pause(SETTLED_MS);
    const after = await measured();
    const { closed } = (await ask<{ report: ServerReport }>(server, "report")).report;
    assert.equal(after.clients, clients, `clients were lost: ${JSON.stringify(closed)}`);
    await processes.stop();
    const each = (kib: number): string => `${(kib / clients).toFixed(1)} KiB`;
    return [
      `${connectedSeconds.toFixed(0)} s`,
      `${after.rssMiB.toFixed(0)} MiB`,
      each((after.rssMiB - before.rssMiB) * KIBIBYTE),
      each((after.heapMiB - before.heapMiB) * KIBIBYTE),
      // Both ends of each connection are on this machine.
      each((after.kernelKib - before.kernelKib) / 2),
    ];
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
const columns = ["connected", "RSS", "each", "heap each", "kernel each"];
console.log(["clients", ...columns].map((text) => text.padStart(13)).join(" "));
for (const clients of sizes) {
  if (!allowFiles(clients + FILES_BESIDES_CLIENTS)) continue;
  const row = [String(clients), ...(await hold(clients))];
  console.log(row.map((text) => text.padStart(13)).join(" "));
}
