import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { WebSocket, WebSocketServer } from "ws";
import { createStreamServer, jsonResponse, type StreamEvent, type StreamLimits } from "../../src/index.ts";
import { priceMessage } from "./messages.ts";

/** Interface of the compared servers. */
export interface Broadcaster {
  readonly port: number;
  publish(seq: number): void;
  clients(): number;
  close(): Promise<void>;
}

/** This package's server with limits for a load test. */
export async function startOurs(
  limits: Partial<StreamLimits>,
  paddingBytes: number,
  onEvent: (event: StreamEvent) => void,
): Promise<Broadcaster> {
  const room = { maxClients: 120_000, maxClientsPerAddress: 120_000, maxConnections: 120_000 };
  const server = createStreamServer({ limits: { ...room, ...limits }, onEvent });
  const topic = server
    .channel({ webSocketPath: "/ws", ssePath: "/sse" })
    .topic("mempool_update", { merge: (deltas) => deltas.at(-1) ?? null });
  server.addRoute("/health/live", () => jsonResponse({ ok: true }));
  const { port } = await server.listen();
  return {
    port,
    publish: (seq) =>
      topic.publish({
        delta: priceMessage(seq, false, paddingBytes),
        snapshot: () => priceMessage(seq, true, paddingBytes),
        position: { epoch: "load", seq },
      }),
    clients: () => server.clients().websocket + server.clients().sse,
    close: () => server.close(),
  };
}

/** Plain `ws` broadcast for comparison: one `send` per client. */
export async function startPlainWs(onBroadcast: (durationMs: number) => void): Promise<Broadcaster> {
  const http = createServer();
  const webSockets = new WebSocketServer({ server: http, perMessageDeflate: false });
  let latest = 0;
  webSockets.on("connection", (client) => client.send(priceMessage(latest, true)));
  await new Promise<void>((resolve) => http.listen(0, "127.0.0.1", resolve));
  return {
    port: (http.address() as AddressInfo).port,
    publish(seq) {
      latest = seq;
      const startedAtMs = performance.now();
      const text = priceMessage(seq, false);
      for (const client of webSockets.clients) if (client.readyState === WebSocket.OPEN) client.send(text);
      onBroadcast(performance.now() - startedAtMs);
    },
    clients: () => webSockets.clients.size,
    close: async () => {
      for (const client of webSockets.clients) client.terminate();
      http.close();
    },
  };
}
