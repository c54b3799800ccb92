import type { ChildProcess } from "node:child_process";
import { connect } from "node:net";
import { needs } from "@utxoracle/testkit";
import { describe, expect, it } from "vitest";
import { crowd } from "./load/crowd.ts";
import { type LoadReport, type LoadSettings, runLoad } from "./load/load-run.ts";
import { ask, ended, LoadProcesses, pause } from "./load/processes.ts";
import type { ReadersReport } from "./load/readers-process.ts";
import type { ServerResources, ServerSettings } from "./load/server-process.ts";

// Short versions of the benchmarks. They fail on lost messages and leaks, never because of a time.
const UPDATE_INTERVAL_MS = 500;
const TEST_TIMEOUT_MS = 240_000;
const KIBIBYTE = 1024;
const POLL_MS = 100;

async function run(settings: Omit<LoadSettings, "server">): Promise<LoadReport> {
  const report = await runLoad({ ...settings, server: { kind: "ours", intervalMs: UPDATE_INTERVAL_MS } });
  const { delayMs, server } = report;
  const rounded = Object.entries({
    p50: delayMs.p50,
    p99: delayMs.p99,
    max: delayMs.max,
    "CPU per broadcast": report.cpuMsPerBroadcast,
    "longest slice": server.longestSliceMs,
    "feed stall": server.feedDelayMaxMs,
  }).map(([name, ms]) => `${name} ${ms.toFixed(1)} ms`);
  console.log(`${settings.clients} clients: ${rounded.join(", ")}, RSS ${server.rssMiB.toFixed(0)} MiB`);
  return report;
}

describe("real clients in other processes", () => {
  // `pnpm soak fan-out` measures up to 10,000.
  it(
    "miss no update",
    async () => {
      const settings = { clients: 1000, seconds: 5 };
      const { server, received, missed, behind, closed } = await run(settings);
      expect(server.clients).toBe(settings.clients);
      expect(server.ticks).toBeGreaterThanOrEqual(settings.seconds);
      expect({ missed, behind, closed, dropped: server.droppedUpdates }).toEqual({
        missed: 0,
        behind: 0,
        closed: 0,
        dropped: 0,
      });
      expect(received).toBe(settings.clients * (server.lastSeq + 1));
      // Clients share message bytes, so each costs only its connection.
      expect(server.rssMiB).toBeLessThan(150 + settings.clients * 0.02);
    },
    TEST_TIMEOUT_MS,
  );

  it(
    "closes slow clients with 1013 without loss for others; memory stays bounded",
    async () => {
      const { server, missed, behind, closed, received, slow } = await runLoad({
        clients: 60,
        seconds: 14,
        // Updates large and fast enough to fill the system's buffers in a short test.
        server: {
          kind: "ours",
          intervalMs: 250,
          paddingBytes: 256 * KIBIBYTE,
          limits: { pingIntervalMs: 2000, pongTimeoutMs: 10_000, closeTimeoutMs: 30_000 },
        },
        slow: { neverRead: 20, oneByteASecond: 20 },
      });
      expect({ missed, behind, closed }).toEqual({ missed: 0, behind: 0, closed: 0 });
      expect(received).toBe(60 * (server.lastSeq + 1));
      expect(slow).toEqual({ ends: { 1013: 40 }, greetedAgain: 40 });
      expect(server.closed["no_pong 1013"]).toBe(40);
      // Not everything was sent to slow clients, and buffered messages are shared.
      expect(server.droppedUpdates).toBeGreaterThan(0);
      expect(server.rssMiB).toBeLessThan(250);
    },
    TEST_TIMEOUT_MS,
  );
});

/** Resources of the server after all clients have disconnected. */
async function settled(server: ChildProcess, fileDescriptorsMax: number): Promise<ServerResources> {
  for (let attempt = 0; ; attempt++) {
    const { resources } = await ask<{ resources: ServerResources }>(server, "resources");
    if ((resources.clients === 0 && resources.fileDescriptors <= fileDescriptorsMax) || attempt === 100)
      return resources;
    await pause(POLL_MS);
  }
}

async function withServer(
  settings: Partial<ServerSettings>,
  use: (server: ChildProcess, port: number, processes: LoadProcesses) => Promise<void>,
): Promise<void> {
  const processes = new LoadProcesses();
  try {
    const all: ServerSettings = { kind: "ours", intervalMs: 100, ...settings };
    const [server, { port }] = await processes.start<{ port: number }>("server-process.ts", all, ["--expose-gc"]);
    await use(server, port, processes);
    await processes.stop();
  } finally {
    processes.kill();
  }
}

describe("a server after thousands of clients", needs("/proc"), () => {
  it(
    "has no more file descriptors and memory than before",
    () =>
      withServer({}, async (server, port) => {
        await crowd(port, 450);
        const before = await settled(server, 40);
        await crowd(port, 1350);
        const after = await settled(server, before.fileDescriptors);
        expect(after.clients).toBe(0);
        expect(after.fileDescriptors).toBeLessThanOrEqual(before.fileDescriptors);
        expect(after.heapMiB - before.heapMiB).toBeLessThan(2);
      }),
    TEST_TIMEOUT_MS,
  );

  it(
    "refuses clients beyond its limit and recovers",
    () =>
      withServer({ limits: { maxClients: 100, maxConnections: 150 } }, async (server, port) => {
        const before = (await ask<{ resources: ServerResources }>(server, "resources")).resources;
        const sockets = Array.from({ length: 2000 }, () => connect(port, "127.0.0.1").on("error", () => {}));
        const closed = Promise.all(
          sockets.map((socket) => new Promise<void>((resolve) => socket.on("close", () => resolve()))),
        );
        const during = (await ask<{ resources: ServerResources }>(server, "resources")).resources;
        expect(during.fileDescriptors).toBeLessThanOrEqual(before.fileDescriptors + 151);
        for (const socket of sockets) socket.destroy();
        await closed;
        const after = await settled(server, before.fileDescriptors);
        expect(after.fileDescriptors).toBeLessThanOrEqual(before.fileDescriptors);
        await crowd(port, 90);
      }),
    TEST_TIMEOUT_MS,
  );
});

describe("SIGTERM under load", () => {
  it(
    "closes 500 clients with 1001 and exits with 0 within 10 s",
    () =>
      withServer({ intervalMs: 20 }, async (server, port, processes) => {
        const url = `ws://127.0.0.1:${port}/ws`;
        const [readers] = await processes.start("readers-process.ts", { url, clients: 500 });
        server.send({ type: "begin" });
        await pause(1000);
        const startedAtMs = performance.now();
        server.kill("SIGTERM");
        expect(await ended(server)).toBe(0);
        expect(performance.now() - startedAtMs).toBeLessThan(10_000);
        // The server exits after all closing handshakes; clients see the disconnect slightly later.
        const closed = async () => (await ask<{ report: ReadersReport }>(readers, "report")).report.closed;
        await expect.poll(closed, { timeout: 30_000, interval: POLL_MS }).toEqual({ 1001: 500 });
      }),
    TEST_TIMEOUT_MS,
  );
});
