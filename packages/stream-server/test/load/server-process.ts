// The server under load in its own process, controlled by the parent over IPC. SIGTERM closes it
// gracefully.
import { readdirSync } from "node:fs";
import { monitorEventLoopDelay } from "node:perf_hooks";
import type { StreamEvent, StreamLimits } from "../../src/index.ts";
import { startOurs, startPlainWs } from "./broadcaster.ts";
import { FeedProbe } from "./feed-probe.ts";

export interface ServerSettings {
  readonly kind: "ours" | "plain ws";
  readonly intervalMs: number;
  readonly limits?: Partial<StreamLimits>;
  /** Padding of every update, bytes. */
  readonly paddingBytes?: number;
}

/** Measurements between `begin` and `report`. */
export interface ServerReport {
  readonly ticks: number;
  readonly lastSeq: number;
  readonly clients: number;
  /**
   * CPU time of the process, user and system, including the probes (a few percent of a core), ms.
   */
  readonly cpuMs: number;
  readonly seconds: number;
  /** Maximum time between two turns of the event loop, ms. */
  readonly loopStallMaxMs: number;
  /** Maximum delay of a message of the feed probe, ms. */
  readonly feedDelayMaxMs: number;
  readonly feedDelayP99Ms: number;
  readonly longestSliceMs: number;
  readonly broadcastMaxMs: number;
  readonly rssMiB: number;
  /** Highest since the process started. */
  readonly peakRssMiB: number;
  readonly droppedUpdates: number;
  /** Clients closed, by cause and code, e.g. `no_pong 1013`. */
  readonly closed: Record<string, number>;
}

/** Resources of the process. */
export interface ServerResources {
  readonly clients: number;
  readonly fileDescriptors: number;
  /** After a full garbage collection. */
  readonly heapMiB: number;
  readonly rssMiB: number;
}

export type ServerRequest = { readonly type: "begin" | "publish" | "ticks" | "report" | "resources" | "stop" };

const MEBIBYTE = 1024 * 1024;
const settings = JSON.parse(process.argv[2] ?? "{}") as ServerSettings;
const loop = monitorEventLoopDelay({ resolution: 5 });
const probe = new FeedProbe();

let seq = 0;
let longestSliceMs = 0;
let broadcastMaxMs = 0;
let droppedUpdates = 0;
const closed: Record<string, number> = {};

let cpuAtStart = process.cpuUsage();

function onBroadcast(durationMs: number, sliceMs: number): void {
  broadcastMaxMs = Math.max(broadcastMaxMs, durationMs);
  longestSliceMs = Math.max(longestSliceMs, sliceMs);
}

function onEvent(event: StreamEvent): void {
  if (event.type === "broadcast") {
    onBroadcast(event.durationMs, event.longestSliceMs);
  } else if (event.type === "updates_dropped") {
    droppedUpdates += event.updates;
  } else if (event.type === "client_closed") {
    const key = `${event.cause} ${event.code}`;
    closed[key] = (closed[key] ?? 0) + 1;
  }
}

const server =
  settings.kind === "ours"
    ? await startOurs(settings.limits ?? {}, settings.paddingBytes ?? 0, onEvent)
    : await startPlainWs((durationMs) => onBroadcast(durationMs, durationMs));
server.publish(seq);

function publishNext(): void {
  seq += 1;
  server.publish(seq);
}

let timer: NodeJS.Timeout | undefined;
let startedAtMs = 0;
let firstSeq = 0;
async function begin(): Promise<void> {
  probe.stop();
  await probe.start();
  loop.enable();
  probe.reset();
  loop.reset();
  longestSliceMs = 0;
  broadcastMaxMs = 0;
  startedAtMs = performance.now();
  cpuAtStart = process.cpuUsage();
  firstSeq = seq;
  let nextMs = startedAtMs + settings.intervalMs;
  const tick = (): void => {
    publishNext();
    nextMs += settings.intervalMs;
    timer = setTimeout(tick, Math.max(0, nextMs - performance.now()));
  };
  timer = setTimeout(tick, settings.intervalMs);
}

function report(): ServerReport {
  clearTimeout(timer);
  const cpu = process.cpuUsage(cpuAtStart);
  return {
    ticks: seq - firstSeq,
    lastSeq: seq,
    clients: server.clients(),
    cpuMs: (cpu.user + cpu.system) / 1000,
    seconds: (performance.now() - startedAtMs) / 1000,
    loopStallMaxMs: loop.max / 1e6,
    feedDelayMaxMs: probe.quantile(1),
    feedDelayP99Ms: probe.quantile(0.99),
    longestSliceMs,
    broadcastMaxMs,
    rssMiB: process.memoryUsage.rss() / MEBIBYTE,
    peakRssMiB: process.resourceUsage().maxRSS / 1024,
    droppedUpdates,
    closed,
  };
}

function resources(): ServerResources {
  globalThis.gc?.();
  const { heapUsed, rss } = process.memoryUsage();
  return {
    clients: server.clients(),
    fileDescriptors: readdirSync("/proc/self/fd").length,
    heapMiB: heapUsed / MEBIBYTE,
    rssMiB: rss / MEBIBYTE,
  };
}

async function stop(): Promise<void> {
  clearTimeout(timer);
  loop.disable();
  probe.stop();
  await server.close();
  if (process.connected) process.disconnect();
}

process.on("message", (request: ServerRequest) => {
  if (request.type === "begin") void begin();
  else if (request.type === "publish") publishNext();
  else if (request.type === "ticks") process.send?.({ type: "ticks", ticks: seq - firstSeq });
  else if (request.type === "report") process.send?.({ type: "report", report: report() });
  else if (request.type === "resources") process.send?.({ type: "resources", resources: resources() });
  else void stop();
});
process.once("SIGTERM", () => void stop());
process.send?.({ type: "ready", port: server.port });
