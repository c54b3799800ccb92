import { connect } from "node:net";
import WebSocket from "ws";

/** Clients of all kinds, correct and faulty, that connect and disconnect in all ways. */
export async function crowd(port: number, visitors: number): Promise<void> {
  const webSocket = (leave: (socket: WebSocket) => void): Promise<void> =>
    new Promise((resolve) => {
      const socket = new WebSocket(`ws://127.0.0.1:${port}/ws`);
      socket.once("message", () => leave(socket));
      socket.on("close", () => resolve());
      socket.on("error", () => resolve());
    });
  const raw = (bytes: string): Promise<void> =>
    new Promise((resolve) => {
      const socket = connect(port, "127.0.0.1", () => socket.write(bytes, "latin1"));
      socket.once("data", () => socket.destroy());
      socket.on("error", () => {});
      socket.on("close", () => resolve());
    });
  const visits = [
    () => webSocket((socket) => socket.close(1000)),
    () => webSocket((socket) => socket.terminate()),
    () => webSocket((socket) => socket.send("x".repeat(5000))),
    () => webSocket((socket) => Array.from({ length: 30 }, () => socket.send("{}"))),
    () => raw("GET /sse HTTP/1.1\r\nHost: a\r\n\r\n"),
    () => raw("GET /nothing HTTP/1.1\r\nHost: a\r\n\r\n"),
    () => raw(`GET /${"x".repeat(20_000)} HTTP/1.1\r\n\r\n`),
    () => raw("\x16\x03\x01 no HTTP\r\n\r\n"),
    () => raw("GET /ws HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n"),
  ];
  for (let first = 0; first < visitors; first += 90)
    await Promise.all(Array.from({ length: 90 }, (_, index) => visits[index % visits.length]?.()));
}
