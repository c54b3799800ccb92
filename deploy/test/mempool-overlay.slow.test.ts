import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { createStreamServer } from "@utxoracle/stream-server";
import { needs } from "@utxoracle/testkit";
import { describe, expect, it, onTestFinished } from "vitest";
import WebSocket, { WebSocketServer } from "ws";
import { handlersOf } from "../../apps/live/src/serve/http/routes.ts";
import { createServiceMetrics } from "../../apps/live/src/serve/metrics/service-metrics.ts";
import { TestState, tick } from "../../apps/live/test/http/test-state.ts";
import { ProxyProcess } from "./proxy-process.ts";

/** Stands for a mempool instance: names the path, and repeats what its WebSocket receives. */
async function mempoolInstance(): Promise<string> {
  const server = createServer((request, response) => response.end(JSON.stringify({ mempool: request.url })));
  const sockets = new WebSocketServer({ server });
  sockets.on("connection", (socket) => {
    socket.on("message", (message) => socket.send(String(message)));
    // Caddy may send an unmasked close frame when it stops.
    socket.on("error", () => {});
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    sockets.close();
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

describe.each(["nginx", "caddy"] as const)("the overlay of a mempool instance with %s", (name) => {
  it("answers the price paths and passes everything else", needs(name), async () => {
    const state = new TestState();
    const service = createStreamServer();
    service.addRoutes(handlersOf("public", { state, version: "1.2.3", metrics: createServiceMetrics({ state }) }));
    const { url } = await service.listen();
    onTestFinished(() => service.close());
    const proxy = await ProxyProcess.start(name, url, { mempoolUrl: await mempoolInstance() });
    onTestFinished(() => proxy.stop());
    const json = async (path: string): Promise<unknown> => await (await fetch(proxy.url + path)).json();

    // The paths of github.com/derekclapham/ha-mempool, which reads "USD" of both.
    expect(await json("/api/v1/prices")).toMatchObject({ USD: 113_601 });
    expect(await json("/api/v1/historical-price?currency=USD")).toHaveProperty("prices");
    const passed = [
      "/api/v1/fees/recommended",
      "/api/blocks/tip/height",
      "/api/v1/prices/x",
      "/",
      "/api/v1/mining/pools/1w",
    ];
    for (const path of passed) expect(await json(path)).toEqual({ mempool: path });

    const socket = new WebSocket(`${proxy.url.replace("http", "ws")}/api/v1/ws`);
    onTestFinished(() => socket.terminate());
    const echo = await new Promise<string>((resolve, reject) => {
      socket.once("error", reject);
      socket.once("open", () => socket.send('{"action":"init"}'));
      socket.once("message", (data) => resolve(String(data)));
    });
    expect(echo).toBe('{"action":"init"}');

    state.tick = tick({ status: "stale", confidence: 0 });
    const missing = await fetch(`${proxy.url}/api/v1/prices`);
    expect([missing.status, missing.headers.get("retry-after")]).toEqual([503, "5"]);
  });
});
