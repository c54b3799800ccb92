// Real WebSocket clients of the program, many in one process. Arguments: URL CLIENTS. Speaks with its parent over IPC: sends
// `ready` when all have their snapshot, keeps what comes from `begin` on, and answers a {@link ReportRequest}.
import WebSocket from "ws";

/** What was made in a stretch of time, both ends in Unix ms. */
export interface ReportRequest {
  readonly fromMs: number;
  readonly untilMs: number;
}

/** Given when every reader has something that was made later, so that nothing of that time is still under way. */
export interface ReadersReport {
  readonly received: number;
  /** Deltas that did not follow the one before. */
  readonly missed: number;
  /** Snapshots after the first: the reader was made to begin anew. */
  readonly resets: number;
  readonly closed: number;
  /** From the tick's own time to having it, ms. */
  readonly delaysMs: number[];
  readonly cpuMs: number;
}

const CONNECTIONS_AT_ONCE = 50;
/** Time and number of an update stand before its points, … */
const HEAD_BYTES = 600;
/** … whether it is a snapshot behind them. */
const TAIL_BYTES = 40;

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

/** What is needed of an update, without the cost of parsing all of it; null for a message of the confirmed side. */
function readStamp(data: Buffer): { seq: number; madeAtMs: number; snapshot: boolean } | null {
  const head = data.toString("latin1", 0, HEAD_BYTES);
  if (head.startsWith('{"type":"confirmed_update"')) return null;
  const match = /"timestamp":([\d.]+),"seq":(\d+),/.exec(head);
  if (match === null) throw new Error(`no update: ${head}`);
  const snapshot = data.toString("latin1", data.length - TAIL_BYTES).includes('"snapshot":true');
  return { madeAtMs: Number(match[1]) * 1000, seq: Number(match[2]), snapshot };
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
    const report: ReadersReport = {
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
