import type { ChildProcess } from "node:child_process";
import { ask, LoadProcesses, pause } from "./processes.ts";
import type { ReadersReport, ReadersSettings } from "./readers-process.ts";
import type { ServerReport, ServerSettings } from "./server-process.ts";
import type { SlowReadersReport, SlowReadersSettings } from "./slow-readers-process.ts";

export interface LoadSettings {
  readonly clients: number;
  readonly seconds: number;
  readonly server: ServerSettings;
  /** Additional clients that read little or nothing. */
  readonly slow?: Omit<SlowReadersSettings, "port">;
}

export interface LoadReport {
  readonly server: ServerReport;
  readonly received: number;
  readonly missed: number;
  readonly behind: number;
  /** Clients closed by the server. */
  readonly closed: number;
  /** Delay from creating an update to receiving it in a client. */
  readonly delayMs: { readonly p50: number; readonly p99: number; readonly max: number };
  /** CPU time of the server process per broadcast, ms; with few clients mostly of the probes. */
  readonly cpuMsPerBroadcast: number;
  readonly cpuMicrosecondsPerMessage: number;
  readonly slow: SlowReadersReport | null;
}

const MS_PER_SECOND = 1000;
/** Time for the slowest client to receive pending updates after the last tick. */
const SETTLE_MAX_MS = 30_000;
const POLL_MS = 500;
const CLIENTS_PER_PROCESS = 5000;

/** Runs server and clients in separate processes and collects their reports. */
export async function runLoad(settings: LoadSettings): Promise<LoadReport> {
  const processes = new LoadProcesses();
  try {
    const [server, { port }] = await processes.start<{ port: number }>("server-process.ts", settings.server);
    const readers: ChildProcess[] = [];
    for (let first = 0; first < settings.clients; first += CLIENTS_PER_PROCESS) {
      const clients = Math.min(CLIENTS_PER_PROCESS, settings.clients - first);
      const url = `ws://127.0.0.1:${port}/ws`;
      readers.push((await processes.start("readers-process.ts", { url, clients } satisfies ReadersSettings))[0]);
    }
    const slow =
      settings.slow &&
      (await processes.start("slow-readers-process.ts", { port, ...settings.slow } satisfies SlowReadersSettings))[0];
    server.send({ type: "begin" });
    await pause(settings.seconds * MS_PER_SECOND);
    // A delayed server must catch up on ticks.
    while ((await ask<{ ticks: number }>(server, "ticks")).ticks < settings.seconds) await pause(POLL_MS);
    const slowReport = slow ? (await ask<{ report: SlowReadersReport }>(slow, "report")).report : null;
    const serverReport = (await ask<{ report: ServerReport }>(server, "report")).report;
    const reports = await settledReports(readers, serverReport.lastSeq);
    await processes.stop();
    return summary(settings, serverReport, reports, slowReport);
  } finally {
    processes.kill();
  }
}

/** Reports of the clients once all have the last update, or after the timeout. */
async function settledReports(readers: readonly ChildProcess[], lastSeq: number): Promise<ReadersReport[]> {
  for (let waitedMs = 0; ; waitedMs += POLL_MS) {
    const reports: ReadersReport[] = [];
    for (const reader of readers) reports.push((await ask<{ report: ReadersReport }>(reader, "report")).report);
    const complete = reports.every(({ newestSeq, behind }) => newestSeq === lastSeq && behind === 0);
    if (complete || waitedMs >= SETTLE_MAX_MS) return reports;
    await pause(POLL_MS);
  }
}

function summary(
  settings: LoadSettings,
  server: ServerReport,
  reports: readonly ReadersReport[],
  slow: SlowReadersReport | null,
): LoadReport {
  const delays = Float64Array.from(reports.flatMap(({ delaysMs }) => delaysMs)).sort();
  const quantile = (portion: number): number =>
    delays[Math.min(delays.length - 1, Math.floor(delays.length * portion))] ?? Number.NaN;
  const sum = (pick: (report: ReadersReport) => number): number =>
    reports.reduce((total, report) => total + pick(report), 0);
  return {
    server,
    received: sum(({ received }) => received),
    missed: sum(({ missed }) => missed),
    behind: sum((report) => (report.newestSeq === server.lastSeq ? report.behind : report.clients)),
    closed: sum(({ closed }) => Object.values(closed).reduce((total, count) => total + count, 0)),
    delayMs: { p50: quantile(0.5), p99: quantile(0.99), max: quantile(1) },
    cpuMsPerBroadcast: server.cpuMs / server.ticks,
    cpuMicrosecondsPerMessage: (server.cpuMs * MS_PER_SECOND) / (server.ticks * settings.clients),
    slow,
  };
}
