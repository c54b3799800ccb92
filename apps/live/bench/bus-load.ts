// Compares one process with three edges of one analyzer, for the same number of clients, in turns.
// Arguments: CLIENTS SECONDS ROUNDS. Prints delays from tick to client and CPU times. Fails if an
// update is lost or a client disconnected, never on time. The client processes run on the same
// machine.
import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { cpus, loadavg } from "node:os";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import type { MempoolTick } from "@utxoracle/viz/client";
import { BusFleet } from "../test/bus/bus-fleet.ts";
import type { ClientsReport, ReportRequest } from "../test/bus/load-clients-process.ts";
import { WebSocketClient } from "../test/e2e/websocket-client.ts";

const [clients = 9000, seconds = 60, rounds = 2] = process.argv.slice(2).map(Number);
const EDGES = 3;
/** Default interval of the analyzer. */
const INTERVAL_MS = 500;
/** Pause after all clients have connected, ms. */
const SETTLE_MS = 3000;
/** Linux counts CPU time in hundredths of a second (USER_HZ). */
const MS_PER_CPU_TICK = 10;
const program = fileURLToPath(new URL("../test/bus/load-clients-process.ts", import.meta.url));

const fleet = await BusFleet.start({ analyzers: 1, edges: EDGES, seed: 5, blocks: false, usualWindow: true });
const [analyzer] = fleet.analyzers;
const servers = [
  { name: "analyzer", pid: () => analyzer?.process?.child.pid },
  ...fleet.edges.map((edge) => ({ name: edge.name, pid: () => edge.process?.child.pid })),
  { name: "nats-server", pid: () => fleet.nats.pid },
];

console.log(`Node ${process.version}, ${cpus().length} x ${cpus()[0]?.model}`);
try {
  for (let round = 0; round < rounds; round++) {
    await measure(
      "one process",
      Array.from({ length: EDGES }, () => analyzer?.url ?? ""),
    );
    await measure(
      "three edges",
      fleet.edges.map(({ url }) => url),
    );
  }
} finally {
  await fleet.dispose();
}

async function measure(name: string, urls: readonly string[]): Promise<void> {
  const processes: ChildProcess[] = [];
  const serverMs = (): number[] => servers.map(({ pid }) => cpuMs(pid()));
  const beforeAll = serverMs();
  try {
    for (const url of urls) {
      const words = [`${url.replace("http", "ws")}/ws/mempool`, String(Math.round(clients / urls.length))];
      const child = fork(program, words, {
        execArgv: ["--conditions=@utxoracle/source", "--import", "tsx"],
        serialization: "advanced",
      });
      processes.push(child);
      await once(child, "message");
    }
    const coming = sum(since(beforeAll, serverMs())) / clients;
    const probe = await WebSocketClient.open(analyzer?.url ?? "");
    for (const child of processes) child.send("begin");
    const fromMs = Date.now() + SETTLE_MS;
    await sleep(SETTLE_MS);
    const before = serverMs();
    await sleep(fromMs + seconds * 1000 - Date.now());
    const untilMs = Date.now();
    const used = since(before, serverMs());
    const reports: ClientsReport[] = [];
    for (const child of processes) {
      child.send({ fromMs, untilMs } satisfies ReportRequest);
      reports.push((await once(child, "message"))[0] as ClientsReport);
    }
    await probe.close();
    const isMade = ({ timestamp }: MempoolTick["data"]): boolean =>
      timestamp * 1000 > fromMs && timestamp * 1000 <= untilMs;
    const bytes = probe.updateBytes.filter((_, index) => isMade(probe.updates[index] as MempoolTick["data"]));
    print(name, reports, used, probe.updates.filter(isMade), bytes);
    console.log(`  CPU of all servers per connecting client: ${coming.toFixed(2)} ms`);
  } finally {
    for (const child of processes) child.disconnect();
    await Promise.all(processes.map((child) => (child.exitCode === null ? once(child, "exit") : null)));
  }
}

function print(
  name: string,
  reports: readonly ClientsReport[],
  usedMs: readonly number[],
  made: readonly MempoolTick["data"][],
  bytes: readonly number[],
): void {
  const delays = Float64Array.from(reports.flatMap(({ delaysMs }) => delaysMs)).sort();
  const quantile = (portion: number): string =>
    (delays[Math.min(delays.length - 1, Math.floor(delays.length * portion))] ?? Number.NaN).toFixed(0);
  const total = (pick: (report: ClientsReport) => number): number => sum(reports.map(pick));
  const received = total((report) => report.received);
  console.log(
    `${name}: ${clients} clients, ${received} updates of ${clients * made.length}; p50 ${quantile(0.5)} ms, p99 ${quantile(0.99)} ms, max ${quantile(1)} ms`,
  );
  const share = (ms: number, ofMs = seconds * 1000): string => `${((100 * ms) / ofMs).toFixed(1)} %`;
  console.log(
    `  CPU of a core: ${servers.map((server, index) => `${server.name} ${share(usedMs[index] as number)}`).join(", ")}; the clients ${share(
      total(({ cpuMs: ms }) => ms),
      seconds * 1000 + SETTLE_MS,
    )}`,
  );
  const serving = sum(usedMs.slice(0, -1));
  console.log(`  CPU of analyzer and edges per update and client: ${((1000 * serving) / received).toFixed(1)} µs`);
  const waits = made.slice(1).map(({ timestamp }, index) => timestamp - (made[index]?.timestamp ?? 0));
  const nominal = (1000 * seconds) / INTERVAL_MS;
  console.log(
    `  analyzer: ${made.length} updates of ${nominal}, ${(sum(bytes) / bytes.length).toFixed(0)} bytes each, longest interval ${(1000 * Math.max(...waits)).toFixed(0)} ms; load ${loadavg()[0]?.toFixed(1)}`,
  );
  const missed = total((report) => report.missed);
  const resets = total((report) => report.resets);
  if (resets > 0) console.log(`  ${resets} extra snapshots to clients`);
  const closed = total((report) => report.closed);
  if (missed > 0 || closed > 0 || received + resets < clients * made.length) {
    console.log(`  ${missed} updates lost, ${closed} clients disconnected`);
    process.exitCode = 1;
  }
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, one) => total + one, 0);
}

function since(before: readonly number[], now: readonly number[]): number[] {
  return now.map((one, index) => one - (before[index] as number));
}

/** Processor time of a process so far, user and system. Linux only. */
function cpuMs(pid: number | undefined): number {
  const fields = readFileSync(`/proc/${pid}/stat`, "utf8")
    .replace(/^.*\) /s, "")
    .split(" ");
  return (Number(fields[11]) + Number(fields[12])) * MS_PER_CPU_TICK;
}
