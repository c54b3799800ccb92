// Real WebSocket clients of the program, many in one process. Arguments: URL CLIENTS. Speaks with its parent over IPC: sends
// `ready` when all have their snapshot, counts from `begin`, answers `report` with what was seen since.
import WebSocket from "ws";

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
let received = 0;
let missed = 0;
let resets = 0;
let closed = 0;
let delaysMs: number[] = [];
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
      received += 1;
      if (before === -1) resolve();
      else if (stamp.snapshot) resets += 1;
      else if (stamp.seq === before + 1) delaysMs.push(now - stamp.madeAtMs);
      else missed += 1;
      lastSeq[index] = stamp.seq;
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
process.on("message", (request: "begin" | "report") => {
  if (request === "begin") {
    received = missed = resets = 0;
    delaysMs = [];
    cpuAtBegin = process.cpuUsage();
    return;
  }
  const { user, system } = process.cpuUsage(cpuAtBegin);
  process.send?.({ received, missed, resets, closed, delaysMs, cpuMs: (user + system) / 1000 } satisfies ReadersReport);
});
process.on("disconnect", () => process.exit());
process.send?.("ready");
