import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { tellsUsage, usageOf } from "../e2e/process-usage.ts";
import { cleanEnvironment, eventually, ServiceProcess } from "../e2e/service-process.ts";
import type { AttackSize } from "./attack.ts";

/** Effect of an attack on the program. */
export interface AttackReport {
  /** Peak memory, MiB; null if the system does not report it. */
  readonly peakRssMib: number | null;
  /**
   * Longest time without a response of `/health/live`, ms; null for a command that does not listen.
   */
  readonly longestSilenceMs: number | null;
  /** Exit code, after SIGTERM unless the attack ended the program. */
  readonly exitCode: number | null;
}

/**
 * Starts the built program, attacks it while a probe polls `/health/live`, and stops it with
 * SIGTERM.
 * @param words - command line without `--port`.
 * @param attack - returns when the attack is over.
 */
export async function underAttack(
  words: readonly string[],
  attack: (service: ServiceProcess) => Promise<void>,
  env: NodeJS.ProcessEnv = {},
): Promise<AttackReport> {
  return attackService(await ServiceProcess.listening(words, env), attack);
}

/**
 * Attacks the demo. At full size the attack begins when the demo has loaded its window and blocks:
 * that alone keeps `/health/live` waiting for up to 1 s, which would count as an effect of the attack.
 */
export async function attackDemo(
  size: AttackSize,
  attack: (service: ServiceProcess) => Promise<void>,
): Promise<AttackReport> {
  const service = await ServiceProcess.listening(["demo"]);
  if (size === "full") {
    const confirmedPrice = () => service.get("/api/v1/historical-price");
    await eventually("the demo's blocks", confirmedPrice, ({ status }) => status === 200).catch((error: unknown) => {
      service.child.kill("SIGKILL");
      throw error;
    });
  }
  return attackService(service, attack);
}

async function attackService(
  service: ServiceProcess,
  attack: (service: ServiceProcess) => Promise<void>,
): Promise<AttackReport> {
  let peakRssMib: number | null = null;
  let longestSilenceMs: number;
  const probe = await HealthProbe.start(new URL("/health/live", service.url), service.ended);
  if (probe === null) throw new Error(`the program ended before the attack:\n${service.stderr}`);
  try {
    await attack(service);
  } finally {
    longestSilenceMs = await probe.stop();
    if (tellsUsage && service.child.exitCode === null) ({ peakRssMib } = usageOf(service));
    service.child.kill("SIGTERM");
  }
  const { exitCode } = await service.ended;
  return { peakRssMib, longestSilenceMs, exitCode };
}

/** Measures in another process the longest time without a response of a URL. */
export class HealthProbe {
  readonly #process: ChildProcess;

  private constructor(process: ChildProcess) {
    this.#process = process;
  }

  /** Resolves after the first response, or with null if `ended` resolves first. */
  static async start(url: URL, ended?: Promise<unknown>): Promise<HealthProbe | null> {
    const program = fileURLToPath(new URL("./health-probe-process.ts", import.meta.url));
    const process = fork(program, [url.href], {
      execArgv: ["--import", "tsx"],
      env: cleanEnvironment(),
      stdio: ["ignore", "inherit", "inherit", "ipc"],
    });
    const answered = once(process, "message").then(() => new HealthProbe(process));
    const probe = await Promise.race([answered, ...(ended === undefined ? [] : [ended.then(() => null)])]);
    if (probe === null) process.kill("SIGKILL");
    return probe;
  }

  /** Stops the probe without a result. */
  end(): void {
    this.#process.kill("SIGKILL");
  }

  /** Resolves with the longest time without a response, ms. */
  async stop(): Promise<number> {
    const answered = once(this.#process, "message");
    this.#process.send("stop");
    const [longestSilenceMs] = (await answered) as [number];
    return longestSilenceMs;
  }
}

/** The program did not hold; the figures of the attack all the same. */
export class NotHeldError extends Error {
  override readonly name = "NotHeldError";
  readonly report: AttackReport;

  constructor(report: AttackReport, problem: string) {
    super(problem);
    this.report = report;
  }
}

/** @throws {NotHeldError} when the report is beyond a limit. */
export function expectHeld(
  report: AttackReport,
  limits: { readonly peakRssMib?: number; readonly longestSilenceMs?: number; readonly exitCode?: number | null },
): AttackReport {
  const { peakRssMib = Number.POSITIVE_INFINITY, longestSilenceMs = Number.POSITIVE_INFINITY, exitCode = 0 } = limits;
  if ((report.peakRssMib ?? 0) > peakRssMib)
    throw new NotHeldError(report, `peak memory ${report.peakRssMib?.toFixed(0)} MiB, limit ${peakRssMib} MiB`);
  if ((report.longestSilenceMs ?? 0) > longestSilenceMs)
    throw new NotHeldError(
      report,
      `no answer for ${report.longestSilenceMs?.toFixed(0)} ms, limit ${longestSilenceMs} ms`,
    );
  if (report.exitCode !== exitCode)
    throw new NotHeldError(report, `exit code ${report.exitCode}, expected ${exitCode}`);
  return report;
}
