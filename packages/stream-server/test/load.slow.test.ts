import type { ChildProcess } from "node:child_process";
import { connect } from "node:net";
import { needs } from "@utxoracle/testkit";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { crowd } from "./load/crowd.ts";
import { runLoad } from "./load/load-run.ts";
import { ask, ended, LoadProcesses, pause } from "./load/processes.ts";
import type { ReadersReport } from "./load/readers-process.ts";
import type { ServerResources, ServerSettings } from "./load/server-process.ts";

// Short versions of the benchmarks. They fail on lost messages and leaks, never because of a time.
const TEST_TIMEOUT_MS = 240_000;
const KIBIBYTE = 1024;
const POLL_MS = 100;

describe("real clients in other processes", () => {
  // `pnpm soak fan-out` measures up to 10,000.
  it(
    "closes slow clients with 1013 without loss for others; memory stays bounded",
    async () => {
      const { server, missed, behind, closed, received, slow } = await runLoad({
        clients: 40,
        seconds: 14,
        // Updates large and fast enough to fill the system's buffers in a short test.
        server: {
          kind: "ours",
          intervalMs: 250,
          paddingBytes: 256 * KIBIBYTE,
          limits: { pingIntervalMs: 2000, pongTimeoutMs: 10_000, closeTimeoutMs: 30_000 },
        },
        slow: { neverRead: 10, oneByteASecond: 10 },
      });
      expect({ missed, behind, closed }).toEqual({ missed: 0, behind: 0, closed: 0 });
      expect(received).toBe(40 * (server.lastSeq + 1));
      expect(slow).toEqual({ ends: { 1013: 20 }, greetedAgain: 20 });
      expect(server.closed["no_pong 1013"]).toBe(20);
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

describe("a server with a thousand clients in all", needs("/proc"), () => {
  const processes = new LoadProcesses();
  let server: ChildProcess;
  let port: number;
  let before: ServerResources;

  beforeAll(async () => {
    const limits = { maxClients: 100, maxConnections: 150 };
    const settings: ServerSettings = { kind: "ours", intervalMs: 20, limits };
    [server, { port }] = await processes.start<{ port: number }>("server-process.ts", settings, ["--expose-gc"]);
    await crowd(port, 270);
    before = await settled(server, 40);
  });
  afterAll(() => processes.kill());

  it(
    "has no more file descriptors and memory afterwards",
    async () => {
      await crowd(port, 810);
      const after = await settled(server, before.fileDescriptors);
      expect(after.clients).toBe(0);
      expect(after.fileDescriptors).toBeLessThanOrEqual(before.fileDescriptors);
      expect(after.heapMiB - before.heapMiB).toBeLessThan(2);
    },
    TEST_TIMEOUT_MS,
  );

  it(
    "refuses clients beyond its limit and recovers",
    async () => {
      const sockets = Array.from({ length: 600 }, () => connect(port, "127.0.0.1").on("error", () => {}));
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
    },
    TEST_TIMEOUT_MS,
  );

  it(
    "closes 100 clients with 1001 on SIGTERM and exits with 0",
    async () => {
      await settled(server, before.fileDescriptors);
      const url = `ws://127.0.0.1:${port}/ws`;
      const [readers] = await processes.start("readers-process.ts", { url, clients: 100 });
      const report = async () => (await ask<{ report: ReadersReport }>(readers, "report")).report;
      server.send({ type: "begin" });
      // Each has its snapshot and some updates.
      await expect.poll(report, { timeout: 30_000, interval: POLL_MS }).toSatisfy(({ received }) => received > 1000);
      server.kill("SIGTERM");
      expect(await ended(server)).toBe(0);
      // The server exits after all closing handshakes; clients see the disconnect slightly later.
      await expect
        .poll(async () => (await report()).closed, { timeout: 30_000, interval: POLL_MS })
        .toEqual({ 1001: 100 });
    },
    TEST_TIMEOUT_MS,
  );
});
