import { setTimeout as sleep } from "node:timers/promises";
import type { Logger } from "pino";
import { ExitCode } from "../config/user-error.ts";
import type { LineWriter } from "../logging/line-writer.ts";
import { logText } from "../logging/log-fields.ts";
import { logLine } from "../logging/log-line.ts";
import { asUserError, unexpectedErrorText } from "./failure-text.ts";
import { aborted, type Supervisor } from "./supervisor.ts";

const STOP_SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;
/** Exit code after a second signal. */
const SECOND_SIGNAL_EXIT_CODE = 130;
/** Maximum duration of the shutdown, ms. Clients get 5 s of it. */
const CLOSE_MS = 8000;
/** Maximum wait for pending file operations and DNS lookups before exit, ms. */
const SETTLE_MS = 1000;
const SETTLE_STEP_MS = 10;

/**
 * Starts and ends the process. Ends it when the program is done, on a signal, or at the first
 * unexpected error, within {@link CLOSE_MS}. A second signal ends it at once.
 */
export class ProcessLife implements Supervisor {
  readonly #ending = new AbortController();
  readonly #stderr: LineWriter;
  #log: Logger | null = null;
  #stoppedBy: NodeJS.Signals | null = null;
  #failure: ExitCode | null = null;
  #isOver = false;

  constructor(stderr: LineWriter) {
    this.#stderr = stderr;
    for (const signal of STOP_SIGNALS) process.on(signal, () => this.#stop(signal));
    // Also called for unhandled rejections.
    process.on("uncaughtException", (error) => this.fail("process", error));
    process.on("beforeExit", () => {
      if (this.#isOver) return;
      this.fail("process", new Error("the event loop is empty before the program is done"));
      void this.#exit(this.#failure ?? ExitCode.failed);
    });
    process.stdout.on("error", (error: NodeJS.ErrnoException) => this.#outputFailed(error));
    // LineWriter handles write errors of stderr; errors of Node's stream must not end the program.
    process.stderr.on("error", () => undefined);
  }

  get signal(): AbortSignal {
    return this.#ending.signal;
  }

  get hasFailed(): boolean {
    return this.#failure !== null;
  }

  /** Sends later failures to the log instead of stderr. */
  useLog(log: Logger): void {
    this.#log = log;
  }

  readonly fail = (part: string, error: unknown): void => {
    // Errors caused by the first failure or by the shutdown are not reported.
    if (this.#failure !== null || this.#isCausedByStop(error)) return;
    const known = asUserError(error);
    this.#failure = known?.exitCode ?? ExitCode.failed;
    if (this.#log === null) this.say(known?.message ?? unexpectedErrorText(error));
    else if (known !== null) logLine(this.#log, "cannot continue; exiting", { part }, known.message);
    else logLine(this.#log, "unexpected error; exiting", { part, err: error }, "please report it");
    this.#end();
  };

  /** Writes a line to stderr, outside the log. */
  say(text: string): void {
    this.#stderr.write(`utxoracle-live: ${logText(text)}\n`);
  }

  /** Runs the program, then exits. */
  async run(program: () => Promise<ExitCode>): Promise<void> {
    let exitCode: ExitCode = ExitCode.done;
    try {
      exitCode = await program();
    } catch (error) {
      const known = asUserError(error);
      if (known === null) this.fail("program", error);
      else {
        if (this.#failure === null) this.say(known.message);
        exitCode = known.exitCode;
      }
    }
    // A signal must not wait for a blocked reader of stdout.
    await Promise.race([written(process.stdout), aborted(this.signal)]);
    await this.#exit(this.#failure ?? exitCode);
  }

  #isCausedByStop(error: unknown): boolean {
    if (!this.signal.aborted) return false;
    const { name, code } = (error ?? {}) as { name?: unknown; code?: unknown };
    return error === this.signal.reason || name === "AbortError" || code === "aborted";
  }

  #stop(signal: NodeJS.Signals): void {
    if (this.signal.aborted) this.#exitNow(this.#failure ?? SECOND_SIGNAL_EXIT_CODE);
    this.#stoppedBy = signal;
    this.#end();
  }

  #end(): void {
    setTimeout(() => {
      const open = [...new Set(process.getActiveResourcesInfo())];
      if (this.#log === null) this.say(`shutdown timed out (${open.join(", ")}); exiting`);
      else logLine(this.#log, "shutdown timed out; exiting", { open });
      void this.#exit(this.#failure ?? ExitCode.done);
    }, CLOSE_MS).unref();
    this.#ending.abort();
  }

  #outputFailed(error: NodeJS.ErrnoException): void {
    // The reader of stdout closed the pipe, e.g. `head`.
    if (error.code === "EPIPE") this.#exitNow(ExitCode.done);
    this.say(`cannot write to stdout: ${error.message}`);
    this.#exitNow(ExitCode.failed);
  }

  async #exit(exitCode: number): Promise<void> {
    this.#isOver = true;
    for (let waitedMs = 0; isThreadPoolBusy() && waitedMs < SETTLE_MS; waitedMs += SETTLE_STEP_MS)
      await sleep(SETTLE_STEP_MS);
    this.#exitNow(exitCode);
  }

  #exitNow(exitCode: number): never {
    this.#isOver = true;
    if (isThreadPoolBusy()) this.#killSelf();
    process.exit(exitCode);
  }

  /**
   * `process.exit` waits for the thread pool: a hanging disk or name server would block it forever.
   */
  #killSelf(): void {
    this.say("a file operation or DNS lookup does not return; killing the process");
    const signal = this.#failure === null ? this.#stoppedBy : null;
    if (signal !== null) process.removeAllListeners(signal);
    process.kill(process.pid, signal ?? "SIGKILL");
  }
}

/** Whether a file operation or DNS lookup is pending. */
function isThreadPoolBusy(): boolean {
  return process.getActiveResourcesInfo().some((name) => /^(FSReq|FileHandle|GetAddrInfo|GetNameInfo)/.test(name));
}

/** Resolves when earlier writes are flushed or failed. */
function written(stream: NodeJS.WriteStream): Promise<void> {
  return new Promise((resolve) => stream.write("", () => resolve()));
}
