import { setTimeout as pause } from "node:timers/promises";
import { tellsUsage, usageOf } from "../e2e/process-usage.ts";
import { deployedFlags, programPath, ServiceProcess } from "../e2e/service-process.ts";
import { type AttackReport, HealthProbe, NO_SILENCE } from "./under-attack.ts";

/** Period of sampling the memory, ms. Short, because the process may exit at any time. */
const LOOK_MS = 20;

/** A run of the program with a hostile input. */
export interface InputCase {
  readonly words: readonly string[];
  readonly env?: NodeJS.ProcessEnv;
  /** Time to watch a listening service before SIGTERM, ms. */
  readonly watchMs: number;
  /** Maximum time until it exits or listens, and until it exits after SIGTERM, ms. */
  readonly withinMs: number;
}

/**
 * Starts the built program with a hostile input. It must exit with a user error, or serve.
 * @throws {Error} if it does neither in time, or reports an unexpected error.
 */
export async function boundedRun({ words, env, watchMs, withinMs }: InputCase): Promise<AttackReport> {
  const what = words.join(" ");
  const service = new ServiceProcess([...words, "--port", "0"], env, programPath, deployedFlags);
  let peakRssMib: number | null = null;
  const looks = setInterval(() => {
    if (!tellsUsage || service.child.exitCode !== null) return;
    try {
      const { peakRssMib: peak } = usageOf(service);
      // A zombie process has no memory entry.
      if (!Number.isNaN(peak)) peakRssMib = peak;
    } catch (error) {
      // The process just exited.
      if ((error as NodeJS.ErrnoException).code !== "ENOENT" && (error as NodeJS.ErrnoException).code !== "ESRCH")
        throw error;
    }
  }, LOOK_MS);
  const timeout = new AbortController();
  const late = pause(withinMs, "late" as const, { signal: timeout.signal });
  const listening = service.logLine(({ msg }) => msg === "listening").catch(() => null);
  let silence = NO_SILENCE;
  try {
    const first = await Promise.race([service.ended, listening, late]);
    if (first === "late") throw new Error(`${what}: neither an end nor an answer within ${withinMs} ms`);
    if (first !== null && "url" in first) {
      service.url = String(first["url"]);
      const probe = await HealthProbe.start(service);
      await Promise.race([service.ended, pause(watchMs)]);
      if (service.child.exitCode === null) silence = (await probe?.stop()) ?? silence;
      probe?.end();
    }
    service.child.kill("SIGTERM");
    const end = await Promise.race([service.ended, late]);
    if (end === "late") throw new Error(`${what}: no end ${withinMs} ms after its start, and after SIGTERM`);
    const { exitCode, stderr } = end;
    if (exitCode === null || /unexpected|please report|^\s+at /m.test(stderr))
      throw new Error(`${what}: exit code ${exitCode}\n${stderr.slice(-2000)}`);
    return { peakRssMib, ...silence, exitCode };
  } finally {
    timeout.abort();
    late.catch(() => undefined);
    clearInterval(looks);
    service.child.kill("SIGKILL");
  }
}

/** Maxima of several runs. The exit code is null, because the runs differ. */
export function worstOf(reports: readonly AttackReport[]): AttackReport {
  const most = (values: readonly (number | null)[]): number | null =>
    values.reduce((worst, value) => (value === null ? worst : Math.max(worst ?? 0, value)), null);
  return {
    peakRssMib: most(reports.map(({ peakRssMib }) => peakRssMib)),
    longestSilenceMs: most(reports.map(({ longestSilenceMs }) => longestSilenceMs)),
    silenceCpuMs: most(reports.map(({ silenceCpuMs }) => silenceCpuMs)),
    exitCode: null,
  };
}
