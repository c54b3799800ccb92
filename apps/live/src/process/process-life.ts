import { setTimeout as sleep } from "node:timers/promises";
import type { Logger } from "pino";
import { ExitCode } from "../config/user-error.ts";
import type { LineWriter } from "../logging/line-writer.ts";
import { logText } from "../logging/log-fields.ts";
import { defectText, userErrorOf } from "./failure-text.ts";
import { aborted, type Supervisor } from "./supervisor.ts";

const STOP_SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;
/** Exit code after a second signal. */
const IMPATIENT_EXIT = 130;
/** How long closing may take after a signal or a failure, ms. Clients are given 5 s of it. */
const CLOSE_MS = 8000;
/** How long file and name look-ups under way may take at the very end, ms, and how often they are looked at. */
const SETTLE_MS = 1000;
const SETTLE_STEP_MS = 10;

/**
 * The life of the process, from its first line of code to its end. Ends it after the program, a signal or the first
 * unexpected error: at once after a second signal, and within {@link CLOSE_MS} in any case.
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
    // Also what a rejected promise brings that nothing waits for.
    process.on("uncaughtException", (error) => this.fail("process", error));
    process.on("beforeExit", () => {
      if (this.#isOver) return;
      this.fail("process", new Error("nothing is left to wait for, and the program is not done"));
      void this.#exit(this.#failure ?? ExitCode.failed);
    });
    process.stdout.on("error", (error: NodeJS.ErrnoException) => this.#outputFailed(error));
    // Standard error is written to by LineWriter; the stream's own errors are not the program's.
    process.stderr.on("error", () => undefined);
  }

  get signal(): AbortSignal {
    return this.#ending.signal;
  }

  /** From now on failures go to the log. */
  useLog(log: Logger): void {
    this.#log = log;
  }

  readonly fail = (part: string, error: unknown): void => {
    // What follows from the first failure, or from closing after it, is not its cause.
    if (this.#failure !== null || this.#isEndedBy(error)) return;
    const known = userErrorOf(error);
    this.#failure = known?.exitCode ?? ExitCode.failed;
    if (this.#log === null) this.say(known?.message ?? defectText(error));
    else if (known !== null) this.#log.fatal({ part }, known.message);
    else this.#log.fatal({ part, err: error }, "unexpected error, please report it; exiting");
    this.#end();
  };

  /** Writes a line to standard error, beside the log. */
  say(text: string): void {
    this.#stderr.write(`utxoracle-live: ${logText(text)}\n`);
  }

  /** Runs the program, then ends the process. */
  async run(program: () => Promise<ExitCode>): Promise<void> {
    let exitCode: ExitCode = ExitCode.done;
    try {
      exitCode = await program();
    } catch (error) {
      const known = userErrorOf(error);
      if (known === null) this.fail("program", error);
      else {
        if (this.#failure === null) this.say(known.message);
        exitCode = known.exitCode;
      }
    }
    // Who stops the program does not wait for a reader of its output that is stuck.
    await Promise.race([written(process.stdout), aborted(this.signal)]);
    await this.#exit(this.#failure ?? exitCode);
  }

  #isEndedBy(error: unknown): boolean {
    if (!this.signal.aborted) return false;
    const { name, code } = (error ?? {}) as { name?: unknown; code?: unknown };
    return error === this.signal.reason || name === "AbortError" || code === "aborted";
  }

  #stop(signal: NodeJS.Signals): void {
    if (this.signal.aborted) this.#exitNow(this.#failure ?? IMPATIENT_EXIT);
    this.#stoppedBy = signal;
    this.#end();
  }

  #end(): void {
    setTimeout(() => {
      const open = [...new Set(process.getActiveResourcesInfo())];
      if (this.#log === null) this.say(`closing takes too long (${open.join(", ")}); ending without it`);
      else this.#log.warn({ open }, "closing takes too long; ending without it");
      void this.#exit(this.#failure ?? ExitCode.done);
    }, CLOSE_MS).unref();
    this.#ending.abort();
  }

  #outputFailed(error: NodeJS.ErrnoException): void {
    // The reader has seen enough, as `head` has.
    if (error.code === "EPIPE") this.#exitNow(ExitCode.done);
    this.say(`the output cannot be written: ${error.message}`);
    this.#exitNow(ExitCode.failed);
  }

  async #exit(exitCode: number): Promise<void> {
    this.#isOver = true;
    for (let waitedMs = 0; isThreadBusy() && waitedMs < SETTLE_MS; waitedMs += SETTLE_STEP_MS)
      await sleep(SETTLE_STEP_MS);
    this.#exitNow(exitCode);
  }

  #exitNow(exitCode: number): never {
    this.#isOver = true;
    if (isThreadBusy()) this.#killSelf();
    process.exit(exitCode);
  }

  /** `process.exit` waits for threads; a disk or a name server that hangs would block it without end. */
  #killSelf(): void {
    this.say("a file or name look-up does not return; ending by a signal");
    const signal = this.#failure === null ? this.#stoppedBy : null;
    if (signal !== null) process.removeAllListeners(signal);
    process.kill(process.pid, signal ?? "SIGKILL");
  }
}

/** Whether a file operation or a name look-up is under way. */
function isThreadBusy(): boolean {
  return process.getActiveResourcesInfo().some((name) => /^(FSReq|FileHandle|GetAddrInfo|GetNameInfo)/.test(name));
}

/** Resolves when all that was written before has reached the reader, or never will. */
function written(stream: NodeJS.WriteStream): Promise<void> {
  return new Promise((resolve) => stream.write("", () => resolve()));
}
