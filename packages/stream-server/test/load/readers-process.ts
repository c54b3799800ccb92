// Many real WebSocket clients in one process, controlled by the parent over IPC.
import WebSocket from "ws";
import { readStamp, sharedNowMs } from "./messages.ts";

export interface ReadersSettings {
  readonly url: string;
  readonly clients: number;
  /** Connections opened concurrently; default 50. */
  readonly atOnce?: number;
}

export interface ReadersReport {
  readonly clients: number;
  readonly received: number;
  /** Number of gaps in the sequence numbers. */
  readonly missed: number;
  /** Clients without the latest message received by any of them. */
  readonly behind: number;
  /** Connections closed by the server, by close code. */
  readonly closed: Record<string, number>;
  readonly delaysMs: number[];
  readonly newestSeq: number;
}

const DEFAULT_AT_ONCE = 50;
const settings = JSON.parse(process.argv[2] ?? "{}") as ReadersSettings;
const lastSeq = new Int32Array(settings.clients).fill(-1);
const sockets: WebSocket[] = [];
const closed: Record<string, number> = {};
const delaysMs: number[] = [];
let received = 0;
let missed = 0;
let ending = false;
let opening = 0;

function open(index: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(settings.url, { perMessageDeflate: false });
    sockets.push(socket);
    socket.on("error", reject);
    socket.on("close", (code) => {
      if (ending) return;
      closed[code] = (closed[code] ?? 0) + 1;
    });
    socket.on("message", (data: Buffer) => {
      const now = sharedNowMs();
      const { seq, sentAtMs, snapshot } = readStamp(data.toString("latin1", 0, 160));
      const before = lastSeq[index] ?? -1;
      received += 1;
      if (before === -1 && snapshot) resolve();
      else if (snapshot || seq !== before + 1) missed += 1;
      else delaysMs.push(now - sentAtMs);
      lastSeq[index] = seq;
    });
  });
}

async function lane(): Promise<void> {
  while (opening < settings.clients) {
    const index = opening;
    opening += 1;
    await open(index);
  }
}

function report(): ReadersReport {
  const newestSeq = lastSeq.reduce((newest, seq) => Math.max(newest, seq), -1);
  const behind = lastSeq.filter((seq) => seq !== newestSeq).length;
  return { clients: settings.clients, received, missed, behind, closed, delaysMs, newestSeq };
}

await Promise.all(Array.from({ length: settings.atOnce ?? DEFAULT_AT_ONCE }, lane));
process.on("message", (request: { type: "report" | "stop" }) => {
  if (request.type === "report") {
    process.send?.({ type: "report", report: report() });
    return;
  }
  ending = true;
  for (const socket of sockets) socket.terminate();
  process.disconnect();
});
process.send?.({ type: "ready" });
