import { type ChildProcess, spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { HealthResponse, PriceResponse } from "@utxoracle/models";

/** The built program, as a user runs it. `npm test` builds it first. */
export const programPath = fileURLToPath(new URL("../../dist/main.js", import.meta.url));

/** As the systemd unit and the image start it. */
const nodeFlags = ["--optimize-for-size"];

/** One line of the JSON log. */
export type LogLine = Record<string, unknown> & { msg?: string; level?: string };

/** What a process that ended by itself left behind. */
export interface ProcessEnd {
  readonly exitCode: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** The environment without settings of whoever runs the tests. */
export function cleanEnvironment(extra: NodeJS.ProcessEnv = {}): NodeJS.ProcessEnv {
  const env = Object.fromEntries(
    Object.entries(process.env).filter(([key]) => !/^(UTXORACLE_|APP_BITCOIN_|VITEST|NODE_OPTIONS|NODE_ENV)/.test(key)),
  );
  return { ...env, ...extra };
}

/** The program as a child process, its log read as it comes. */
export class ServiceProcess {
  readonly child: ChildProcess;
  readonly log: LogLine[] = [];
  /** The address it listens on. */
  url = "";
  stdout = "";
  stderr = "";
  readonly ended: Promise<ProcessEnd>;
  readonly #watchers = new Set<() => void>();
  /** It has ended and all that it wrote is here: what it wrote last may come after its end is known. */
  #isClosed = false;

  constructor(words: readonly string[], env: NodeJS.ProcessEnv = {}, program: string = programPath) {
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

  /** Starts it on a free port and waits until it listens. */
  static async listening(words: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<ServiceProcess> {
    const service = new ServiceProcess([...words, "--port", "0"], env);
    const line = await service.logLine((candidate) => candidate.msg === "listening");
    service.url = String(line["url"]);
    return service;
  }

  /** Resolves with the first log line, old or new, that fits; rejects when the process ends before. */
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
    const response = await fetch(new URL(path, this.url));
    return { status: response.status, text: await response.text(), headers: response.headers };
  }

  async price(): Promise<PriceResponse> {
    return JSON.parse((await this.get("/api/v1/price")).text) as PriceResponse;
  }

  async ready(): Promise<{ status: number; answer: HealthResponse }> {
    const { status, text } = await this.get("/health/ready");
    return { status, answer: JSON.parse(text) as HealthResponse };
  }

  /** Ends it with a signal and resolves with how it ended. */
  stop(signal: NodeJS.Signals = "SIGTERM"): Promise<ProcessEnd> {
    this.child.kill(signal);
    return this.ended;
  }
}

/**
 * Asks again and again until the answer fits; the deadline only bounds a failing test.
 * @throws the last answer, when the deadline passes.
 */
export async function eventually<T>(
  what: string,
  ask: () => Promise<T> | T,
  fits: (answer: T) => boolean,
  deadlineMs = 30_000,
): Promise<{ answer: T; elapsedMs: number }> {
  const start = performance.now();
  for (;;) {
    const answer = await ask();
    const elapsedMs = performance.now() - start;
    if (fits(answer)) return { answer, elapsedMs };
    if (elapsedMs > deadlineMs) throw new Error(`${what} did not come about: ${JSON.stringify(answer)}`);
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
}

/** Runs the program to its end. */
export function runToEnd(words: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<ProcessEnd> {
  return new ServiceProcess(words, env).ended;
}
