// Real WebSocket clients of the program, many in one process. Arguments: URL CLIENTS. Speaks with
// its parent over IPC: sends `ready` when all have their snapshot, keeps what comes from `begin`
// on, and answers a {@link ReportRequest}.
import WebSocket from "ws";

/** Request for the updates created in a period, Unix ms. */
export interface ReportRequest {
  readonly fromMs: number;
  readonly untilMs: number;
}

/** Sent when every client has a later update, so that none of the period is in transit. */
export interface ClientsReport {
  readonly received: number;
  /** Deltas with a wrong sequence number. */
  readonly missed: number;
  /** Snapshots after the first one. */
  readonly resets: number;
  readonly closed: number;
  /** Delays from tick to client, ms. */
  readonly delaysMs: number[];
  readonly cpuMs: number;
}

const CONNECTIONS_AT_ONCE = 50;
/** Time, number and snapshot flag of an update precede its points. */
const HEAD_BYTES = 600;

const [url = "", clients = "0"] = process.argv.slice(2);
const count = Number(clients);
const lastSeq = new Float64Array(count).fill(-1);
const lastMadeAtMs = new Float64Array(count);
let missed = 0;
let resets = 0;
let closed = 0;
let deltas: { readonly madeAtMs: number; readonly delayMs: number }[] = [];
let cpuAtBegin = process.cpuUsage();
let opening = 0;

function open(index: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(url, { perMessageDeflate: false });
    socket.on("error", reject);
    socket.on("close", () => {
      closed += 1;
    });
    socket.on("message", (data: Buffer) => {
      const now = performance.timeOrigin + performance.now();
      const stamp = readStamp(data);
      if (stamp === null) return;
      const before = lastSeq[index] as number;
      if (before === -1) resolve();
      else if (stamp.snapshot) resets += 1;
      else if (stamp.seq === before + 1) deltas.push({ madeAtMs: stamp.madeAtMs, delayMs: now - stamp.madeAtMs });
      else missed += 1;
      lastSeq[index] = stamp.seq;
      lastMadeAtMs[index] = stamp.madeAtMs;
    });
  });
}

/** Reads the needed fields without parsing the whole update; null for a confirmed update. */
function readStamp(data: Buffer): { seq: number; madeAtMs: number; snapshot: boolean } | null {
  const head = data.toString("latin1", 0, HEAD_BYTES);
  if (head.startsWith('{"type":"confirmed_update"')) return null;
  const match = /"timestamp":([\d.]+),"seq":(\d+),"snapshot":(true|false)/.exec(head);
  if (match === null) throw new Error(`no update: ${head}`);
  return { madeAtMs: Number(match[1]) * 1000, seq: Number(match[2]), snapshot: match[3] === "true" };
}

async function lane(): Promise<void> {
  while (opening < count) {
    const index = opening;
    opening += 1;
    await open(index);
  }
}

await Promise.all(Array.from({ length: CONNECTIONS_AT_ONCE }, lane));
process.on("message", (request: "begin" | ReportRequest) => {
  if (request === "begin") {
    missed = resets = 0;
    deltas = [];
    cpuAtBegin = process.cpuUsage();
    return;
  }
  const { user, system } = process.cpuUsage(cpuAtBegin);
  const poll = setInterval(() => {
    if (lastMadeAtMs.some((madeAtMs) => madeAtMs <= request.untilMs)) return;
    clearInterval(poll);
    const wanted = deltas.filter(({ madeAtMs }) => madeAtMs > request.fromMs && madeAtMs <= request.untilMs);
    const report: ClientsReport = {
      received: wanted.length,
      missed,
      resets,
      closed,
      delaysMs: wanted.map(({ delayMs }) => delayMs),
      cpuMs: (user + system) / 1000,
    };
    process.send?.(report);
  }, 50);
});
process.on("disconnect", () => process.exit());
process.send?.("ready");
