import { once } from "node:events";
import { connect, type Socket } from "node:net";
import type { ServiceProcess } from "../e2e/service-process.ts";

/** Opens TCP connections as fast as the program accepts them. Later errors close them. */
export async function openConnections(service: ServiceProcess, count: number): Promise<Socket[]> {
  const { hostname, port } = new URL(service.url);
  const sockets = Array.from({ length: count }, () => connect(Number(port), hostname).on("error", () => {}));
  await Promise.all(sockets.map((socket) => once(socket, "connect")));
  return sockets;
}

/** A WebSocket upgrade request. */
export const webSocketRequest = [
  "GET /ws/mempool HTTP/1.1",
  "Host: localhost",
  "Upgrade: websocket",
  "Connection: Upgrade",
  "Sec-WebSocket-Version: 13",
  "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
  "",
  "",
].join("\r\n");

export const getRequest = (path: string): string => `GET ${path} HTTP/1.1\r\nHost: localhost\r\n\r\n`;

/** A client frame (RFC 6455, section 5.2) with up to 125 bytes and a zero mask. */
export const clientFrame = (firstByte: number, payload: Uint8Array = new Uint8Array(0)): Buffer =>
  Buffer.from([firstByte, 0x80 | payload.byteLength, 0, 0, 0, 0, ...payload]);

/** Waits until the program has closed all connections. @throws {Error} after the timeout. */
export async function expectClosed(sockets: readonly Socket[], withinMs: number): Promise<void> {
  let open = sockets.filter(({ closed }) => !closed).length;
  const allClosed = new Promise<void>((resolve) => {
    if (open === 0) resolve();
    for (const socket of sockets.filter(({ closed }) => !closed))
      socket.once("close", () => {
        open -= 1;
        if (open === 0) resolve();
      });
  });
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`${open} of ${sockets.length} connections are still open`)), withinMs);
  });
  await Promise.race([allClosed, timeout]).finally(() => clearTimeout(timer));
}
