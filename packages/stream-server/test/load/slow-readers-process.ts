// Clients that open a WebSocket and read nothing, or one byte per second, until the test lets them
// continue.
import { connect, type Socket } from "node:net";
import WebSocket from "ws";

export interface SlowReadersSettings {
  readonly port: number;
  readonly neverRead: number;
  readonly oneByteASecond: number;
}

export interface SlowReadersReport {
  /** Connections by close code at the end of their data, or `none`. */
  readonly ends: Record<string, number>;
  /** Reconnected clients that got a snapshot. */
  readonly greetedAgain: number;
}

const settings = JSON.parse(process.argv[2] ?? "{}") as SlowReadersSettings;
const HANDSHAKE = [
  "GET /ws HTTP/1.1",
  "Host: localhost",
  "Upgrade: websocket",
  "Connection: Upgrade",
  "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
  "Sec-WebSocket-Version: 13",
  "\r\n",
].join("\r\n");
const CLOSE_OPCODE_BYTE = 0x88;

function openSlow(): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect(settings.port, "127.0.0.1", () => socket.write(HANDSHAKE));
    socket.once("error", reject);
    socket.once("readable", () => {
      // The handshake response is complete; now reads at the given rate.
      socket.read(1);
      resolve(socket);
    });
  });
}

/** Reads to the end and returns the code of the close frame. */
function readToEnd(socket: Socket): Promise<string> {
  return new Promise((resolve) => {
    let tail = Buffer.alloc(0);
    socket.on("data", (chunk: Buffer) => {
      tail = Buffer.concat([tail, chunk]).subarray(-200);
      const at = tail.lastIndexOf(CLOSE_OPCODE_BYTE);
      const length = at < 0 ? -1 : (tail[at + 1] ?? 0);
      // The close frame is the last data from the server.
      if (at < 0 || at + 2 + length !== tail.length || length < 2) return;
      resolve(String(tail.readUInt16BE(at + 2)));
      socket.destroy();
    });
    socket.on("close", () => resolve("none"));
    socket.on("error", () => {});
    socket.resume();
  });
}

function greeted(): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = new WebSocket(`ws://127.0.0.1:${settings.port}/ws`);
    socket.on("message", (data: Buffer) => {
      resolve(/"snapshot":true/.test(data.toString("latin1", 0, 160)));
      socket.terminate();
    });
    socket.on("error", () => resolve(false));
  });
}

async function finish(): Promise<SlowReadersReport> {
  clearInterval(trickle);
  const ends: Record<string, number> = {};
  for (const end of await Promise.all(sockets.map(readToEnd))) ends[end] = (ends[end] ?? 0) + 1;
  const greetings = await Promise.all(sockets.map(greeted));
  return { ends, greetedAgain: greetings.filter(Boolean).length };
}

const sockets = await Promise.all(
  Array.from({ length: settings.neverRead + settings.oneByteASecond }, () => openSlow()),
);
const trickle = setInterval(() => {
  for (const socket of sockets.slice(settings.neverRead)) socket.read(1);
}, 1000);

process.on("message", async (request: { type: "report" | "stop" }) => {
  if (request.type === "report") process.send?.({ type: "report", report: await finish() });
  else process.disconnect();
});
process.send?.({ type: "ready" });
