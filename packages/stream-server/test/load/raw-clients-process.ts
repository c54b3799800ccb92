// Many raw WebSocket clients in one process, which only count frames and bytes: their own cost
// hides little of the server's.
import { connect, type Socket } from "node:net";

export interface RawClientsSettings {
  readonly port: number;
  readonly clients: number;
  /** Whether they offer `permessage-deflate`. */
  readonly deflate: boolean;
  /** Query of the path, e.g. `?epoch=…&seq=…`. */
  readonly query: string;
  /** Source address; default 127.0.0.1, which has ports for 28,000. */
  readonly localAddress?: string;
  /** Messages after which a client counts as live: by default what it lacked, and the next tick. */
  readonly framesWhenLive?: number;
}

export interface RawClientsReport {
  /** From the first attempt until all are live. */
  readonly allLiveMs: number;
  /** Mean bytes of a client until then, handshake included. */
  readonly bytesPerClient: number;
  /** Connections that failed and were tried again. */
  readonly retries: number;
}

const RETRY_MS = 200;
const {
  port,
  clients,
  deflate,
  query,
  localAddress = "127.0.0.1",
  framesWhenLive = 2,
} = JSON.parse(process.argv[2] ?? "{}") as RawClientsSettings;
const head =
  `GET /ws${query} HTTP/1.1\r\nHost: load\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n` +
  `Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n` +
  `${deflate ? "Sec-WebSocket-Extensions: permessage-deflate\r\n" : ""}\r\n`;

const sockets = new Set<Socket>();
let live = 0;
/** Messages to live clients that `updated` has not yet reported. */
let updates = 0;
let onUpdate = (): void => {};
let bytes = 0;
let retries = 0;

/** Counts the frames of a stream without keeping their payloads. */
class FrameCounter {
  frames = 0;
  #pending: Buffer = Buffer.alloc(0);
  #skip = 0;
  #isOpen = false;

  read(chunk: Buffer): void {
    let rest = chunk;
    if (this.#skip > 0) {
      const skipped = Math.min(this.#skip, rest.length);
      this.#skip -= skipped;
      rest = rest.subarray(skipped);
      if (this.#skip > 0) return;
    }
    rest = this.#pending.length > 0 ? Buffer.concat([this.#pending, rest]) : rest;
    this.#pending = Buffer.alloc(0);
    if (!this.#isOpen) {
      const end = rest.indexOf("\r\n\r\n");
      this.#isOpen = end !== -1;
      rest = end === -1 ? rest : rest.subarray(end + 4);
    }
    while (this.#isOpen && rest.length >= 2) {
      const short = (rest[1] ?? 0) & 0x7f;
      const header = short < 126 ? 2 : short === 126 ? 4 : 10;
      if (rest.length < header) break;
      const length = short < 126 ? short : short === 126 ? rest.readUInt16BE(2) : Number(rest.readBigUInt64BE(2));
      if (((rest[0] ?? 0) & 0x0f) === 1) this.frames += 1;
      this.#skip = Math.max(0, header + length - rest.length);
      rest = rest.subarray(Math.min(rest.length, header + length));
    }
    if (this.#skip === 0) this.#pending = Buffer.from(rest);
  }
}

function open(done: () => void): void {
  const socket = connect({ port, host: "127.0.0.1", localAddress });
  const counter = new FrameCounter();
  let isLive = false;
  sockets.add(socket);
  socket.write(head);
  socket.on("data", (chunk) => {
    if (!isLive) bytes += chunk.length;
    const framesBefore = counter.frames;
    counter.read(chunk);
    if (isLive) {
      updates += counter.frames - framesBefore;
      onUpdate();
    }
    if (isLive || counter.frames < framesWhenLive) return;
    isLive = true;
    live += 1;
    if (live === clients) done();
  });
  socket.on("error", () => {});
  socket.on("close", () => {
    sockets.delete(socket);
    if (isLive) return;
    retries += 1;
    setTimeout(() => open(done), RETRY_MS);
  });
}

/** Replies once each client has received another message. */
function replyWhenUpdated(): void {
  onUpdate = () => {
    if (updates < clients) return;
    updates -= clients;
    onUpdate = () => {};
    process.send?.({ type: "updated" });
  };
  onUpdate();
}

const startedAtMs = performance.now();
const allLive = new Promise<void>((resolve) => {
  for (let count = 0; count < clients; count++) open(resolve);
});
process.on("message", ({ type }: { readonly type: "updated" | "stop" }) => {
  if (type === "updated") {
    replyWhenUpdated();
    return;
  }
  for (const socket of sockets) socket.removeAllListeners("close").destroy();
  process.disconnect();
});
await allLive;
const report: RawClientsReport = {
  allLiveMs: performance.now() - startedAtMs,
  bytesPerClient: bytes / clients,
  retries,
};
process.send?.({ type: "ready", report });
