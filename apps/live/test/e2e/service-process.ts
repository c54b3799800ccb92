import { type ChildProcess, spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { HealthResponse, PriceResponse } from "@utxoracle/models";
import { elapsedMsSince } from "./own-pauses.ts";

/** The built program. `npm test` builds it first. */
export const programPath = fileURLToPath(new URL("../../dist/main.js", import.meta.url));

/**
 * The demo with little history: a whole window takes some six seconds of CPU. Its prices are no
 * better than `low_confidence`.
 */
export const smallDemo: readonly string[] = ["demo", "--window", "600"];

/** A service whose node does not answer: it starts at once and has no price. */
export const nodeless: readonly string[] = ["--rpc-url", "none", "--chain", "main"];

/**
 * Flags of Node.js in the systemd unit and the image, for tests of memory and CPU. They save 50 MB
 * and cost a third more CPU, so other tests run without.
 */
export const deployedFlags: readonly string[] = ["--optimize-for-size"];

/** One line of the JSON log. */
export type LogLine = Record<string, unknown> & { msg?: string; level?: string };

/** Result of a process that has exited. */
export interface ProcessEnd {
  readonly exitCode: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** The environment without the settings of the test run. */
export function cleanEnvironment(extra: NodeJS.ProcessEnv = {}): NodeJS.ProcessEnv {
  const env = Object.fromEntries(
    Object.entries(process.env).filter(([key]) => !/^(UTXORACLE_|APP_BITCOIN_|VITEST|NODE_OPTIONS|NODE_ENV)/.test(key)),
  );
  return { ...env, ...extra };
}

/** The program as a child process, with its log. */
export class ServiceProcess {
  readonly child: ChildProcess;
  readonly log: LogLine[] = [];
  /** URL of the service. */
  url = "";
  stdout = "";
  stderr = "";
  readonly ended: Promise<ProcessEnd>;
  readonly #watchers = new Set<() => void>();
  /** Resolves when the process has exited and its output is complete. */
  #isClosed = false;

  constructor(
    words: readonly string[],
    env: NodeJS.ProcessEnv = {},
    program: string = programPath,
    nodeFlags: readonly string[] = [],
  ) {
    if (!existsSync(program)) throw new Error(`${program} is missing: npm run build`);
    this.child = spawn(process.execPath, [...nodeFlags, program, ...words], {
      env: cleanEnvironment({ UTXORACLE_LOG_FORMAT: "json", ...env }),
      stdio: ["ignore", "pipe", "pipe"],
    });
    let partial = "";
    this.child.stdout?.setEncoding("utf8").on("data", (text: string) => {
      this.stdout += text;
    });
    this.child.stderr?.setEncoding("utf8").on("data", (text: string) => {
      this.stderr += text;
      partial += text;
      const lines = partial.split("\n");
      partial = lines.pop() ?? "";
      for (const line of lines) if (line.startsWith("{")) this.log.push(JSON.parse(line) as LogLine);
      for (const watcher of this.#watchers) watcher();
    });
    this.ended = new Promise((resolve) => {
      this.child.once("close", (exitCode, signal) => {
        this.#isClosed = true;
        for (const watcher of this.#watchers) watcher();
        resolve({ exitCode, signal, stdout: this.stdout, stderr: this.stderr });
      });
    });
  }

  /** Starts the service on a free port and waits until it listens. */
  static async listening(
    words: readonly string[],
    env: NodeJS.ProcessEnv = {},
    nodeFlags: readonly string[] = [],
  ): Promise<ServiceProcess> {
    const service = new ServiceProcess([...words, "--port", "0"], env, programPath, nodeFlags);
    const line = await service.logLine((candidate) => candidate.msg === "listening");
    service.url = String(line["url"]);
    return service;
  }

  /**
   * Resolves with the first matching log line, past or future; rejects if the process exits first.
   */
  logLine(fits: (line: LogLine) => boolean): Promise<LogLine> {
    return new Promise((resolve, reject) => {
      const look = (): void => {
        const found = this.log.find(fits);
        if (found === undefined && !this.#isClosed) return;
        this.#watchers.delete(look);
        if (found !== undefined) resolve(found);
        else reject(new Error(`the program ended without the awaited log line:\n${this.stderr}`));
      };
      this.#watchers.add(look);
      look();
    });
  }

  async get(path: string): Promise<{ status: number; text: string; headers: Headers }> {
    // The service closes idle connections, at times while a busy test sends on one.
    const response = await fetch(new URL(path, this.url), { headers: { connection: "close" } });
    return { status: response.status, text: await response.text(), headers: response.headers };
  }

  async price(): Promise<PriceResponse> {
    return JSON.parse((await this.get("/api/v1/price")).text) as PriceResponse;
  }

  async ready(): Promise<{ status: number; answer: HealthResponse }> {
    const { status, text } = await this.get("/health/ready");
    return { status, answer: JSON.parse(text) as HealthResponse };
  }

  /** Sends a signal and resolves with the result. */
  stop(signal: NodeJS.Signals = "SIGTERM"): Promise<ProcessEnd> {
    this.child.kill(signal);
    return this.ended;
  }
}

/**
 * Repeats a request until its result matches. Only a failing test reaches the deadline,
 * which excludes the pauses of this process.
 * @throws an error with the last result after the deadline.
 */
export async function eventually<T>(
  what: string,
  ask: () => Promise<T> | T,
  fits: (answer: T) => boolean,
  deadlineMs = 120_000,
): Promise<{ answer: T; elapsedMs: number }> {
  const start = performance.now();
  for (let pauseMs = 1; ; pauseMs *= 2) {
    const answer = await ask();
    const elapsedMs = elapsedMsSince(start);
    // What takes long is asked for more rarely, since asking takes CPU.
    pauseMs = Math.min(pauseMs, Math.max(25, elapsedMs / 20), 250);
    if (fits(answer)) return { answer, elapsedMs };
    if (elapsedMs > deadlineMs) throw new Error(`timeout waiting for ${what}: ${JSON.stringify(answer)}`);
    await new Promise((resolve) => setTimeout(resolve, pauseMs));
  }
}

/** Runs the program until it exits. */
export function runToEnd(words: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<ProcessEnd> {
  return new ServiceProcess(words, env).ended;
}
