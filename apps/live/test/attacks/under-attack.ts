import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { tellsUsage, usageOf } from "../e2e/process-usage.ts";
import {
  cleanEnvironment,
  deployedFlags,
  eventually,
  nodeless,
  ServiceProcess,
  smallDemo,
} from "../e2e/service-process.ts";
import type { Attack, AttackSize } from "./attack.ts";

/** Longest time without a response of `/health/live`. */
export interface Silence {
  /** Null for a command that does not listen. */
  readonly longestSilenceMs: number | null;
  /** The longest by the program's CPU time; null if the system does not report it. */
  readonly silenceCpuMs: number | null;
}

export const NO_SILENCE: Silence = { longestSilenceMs: null, silenceCpuMs: null };

/** Effect of an attack on the program. */
export interface AttackReport extends Silence {
  /** Peak memory, MiB; null if the system does not report it. */
  readonly peakRssMib: number | null;
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
  return attackService(await ServiceProcess.listening(words, env, deployedFlags), attack);
}

/**
 * Attacks the demo. At full size the attack begins when the demo has loaded its window: that alone
 * keeps `/health/live` waiting for up to 1 s, which would count as an effect of the attack.
 * @param answersMatter whether the attack depends on the size of snapshots or histories. If not, a
 *   short attack is on a service without a node: the demo's history alone takes 2 s of CPU.
 */
export async function attackDemo(
  size: AttackSize,
  attack: (service: ServiceProcess) => Promise<void>,
  { answersMatter = false } = {},
): Promise<AttackReport> {
  const short = answersMatter ? smallDemo : nodeless;
  const service = await ServiceProcess.listening(size === "full" ? ["demo"] : short, {}, deployedFlags);
  if (size === "full") {
    const isReady = ({ status }: { status: number }): boolean => status === 200;
    await eventually("the demo's first price", () => service.ready(), isReady).catch((error: unknown) => {
      service.child.kill("SIGKILL");
      throw error;
    });
  }
  return attackService(service, attack);
}

/** What a service at its port may use while clients attack it. */
const PORT_LIMITS = { peakRssMib: 300, longestSilenceMs: 5000 };

interface PortAttack extends Pick<Attack, "name" | "title"> {
  attack(service: ServiceProcess, size: AttackSize): Promise<void>;
  /** Limits at full size. */
  readonly limits?: typeof PORT_LIMITS;
}

/** An attack by clients whose effect does not depend on the size of the answers. */
export function portAttack({ name, title, attack, limits = PORT_LIMITS }: PortAttack): Attack {
  return {
    name,
    title,
    attackPort: attack,
    run: async (size) => expectHeld(size, await attackDemo(size, (service) => attack(service, size)), limits),
  };
}

/**
 * Runs short attacks one after another on one service.
 * @throws {Error} if the service failed.
 */
export async function attackPortByAll(attacks: readonly Attack[]): Promise<void> {
  const report = await attackDemo("short", async (service) => {
    for (const { name, attackPort } of attacks)
      await attackPort?.(service, "short").catch((error: unknown) => {
        throw new Error(`${name}: ${error instanceof Error ? error.message : error}`, { cause: error });
      });
  });
  expectHeld("short", report, PORT_LIMITS);
}

async function attackService(
  service: ServiceProcess,
  attack: (service: ServiceProcess) => Promise<void>,
): Promise<AttackReport> {
  let peakRssMib: number | null = null;
  let silence: Silence;
  const probe = await HealthProbe.start(service);
  if (probe === null) throw new Error(`the program ended before the attack:\n${service.stderr}`);
  try {
    await attack(service);
  } finally {
    silence = await probe.stop();
    if (tellsUsage && service.child.exitCode === null) ({ peakRssMib } = usageOf(service));
    service.child.kill("SIGTERM");
  }
  const { exitCode } = await service.ended;
  return { peakRssMib, ...silence, exitCode };
}

/** Measures in another process the longest time without a response of a URL. */
export class HealthProbe {
  readonly #process: ChildProcess;
  readonly #ended: Promise<unknown>;

  private constructor(process: ChildProcess, ended: Promise<unknown>) {
    this.#process = process;
    this.#ended = ended;
  }

  /** Resolves after the first response, or with null if the service ends first. */
  static async start({ url, child, ended }: ServiceProcess): Promise<HealthProbe | null> {
    const program = fileURLToPath(new URL("./health-probe-process.mjs", import.meta.url));
    const process = fork(program, [new URL("/health/live", url).href, String(child.pid)], {
      execArgv: [],
      env: cleanEnvironment(),
      stdio: ["ignore", "inherit", "inherit", "ipc"],
    });
    const answered = once(process, "message").then(() => new HealthProbe(process, ended));
    const probe = await Promise.race([answered, ended.then(() => null)]);
    if (probe === null) process.kill("SIGKILL");
    return probe;
  }

  /** Stops the probe without a result. */
  end(): void {
    this.#process.kill("SIGKILL");
  }

  /** Resolves after one more response or the service's end. */
  async stop(): Promise<Silence> {
    const answered = once(this.#process, "message");
    this.#process.send("stop");
    const [silence] = (await Promise.race([answered, this.#ended.then(() => [NO_SILENCE])])) as [Silence];
    this.end();
    return silence;
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

/**
 * @param size the short version runs beside other tests, so its silence is limited by CPU time.
 * @throws {NotHeldError} when the report is beyond a limit.
 */
export function expectHeld(
  size: AttackSize,
  report: AttackReport,
  limits: { readonly peakRssMib?: number; readonly longestSilenceMs?: number; readonly exitCode?: number | null },
): AttackReport {
  const { peakRssMib = Number.POSITIVE_INFINITY, longestSilenceMs = Number.POSITIVE_INFINITY, exitCode = 0 } = limits;
  if ((report.peakRssMib ?? 0) > peakRssMib)
    throw new NotHeldError(report, `peak memory ${report.peakRssMib?.toFixed(0)} MiB, limit ${peakRssMib} MiB`);
  const silenceMs = (size === "short" ? report.silenceCpuMs : report.longestSilenceMs) ?? 0;
  if (silenceMs > longestSilenceMs)
    throw new NotHeldError(report, `no answer for ${silenceMs.toFixed(0)} ms, limit ${longestSilenceMs} ms`);
  if (report.exitCode !== exitCode)
    throw new NotHeldError(report, `exit code ${report.exitCode}, expected ${exitCode}`);
  return report;
}
