import { Worker } from "node:worker_threads";
import type { Engine, PriceEstimate } from "@utxoracle/models";
import type { EstimateAnswer } from "./estimate-worker.ts";

/** The built worker lies beside the program. */
const workerUrl = new URL("./estimate-worker.js", import.meta.url);

/** Without work for so long the thread ends and gives its memory back; the next block is minutes away. */
const IDLE_MS = 2000;

/** An estimate that its thread did not make for reasons of its own: asking again starts another thread. */
export class EstimateThreadError extends Error {
  override readonly name = "EstimateThreadError";
}

interface Waiting {
  resolve(estimate: PriceEstimate): void;
  reject(error: Error): void;
}

/** A thread, and what it was asked for. */
interface Running {
  readonly worker: Worker;
  readonly waiting: Map<number, Waiting>;
}

/** Estimates in a thread of their own: a day's 150,000 amounts take longer than the live feed should wait. */
export class EstimateThread {
  #running: Running | null = null;
  #idle: NodeJS.Timeout | undefined;
  #nextId = 0;

  /** @throws {EstimateThreadError} when the thread ended before its answer; an error that it threw. */
  estimate(engine: Engine, amountsBtc: Float64Array): Promise<PriceEstimate> {
    clearTimeout(this.#idle);
    this.#running ??= this.#start();
    const { worker, waiting } = this.#running;
    const id = this.#nextId++;
    return new Promise((resolve, reject) => {
      waiting.set(id, { resolve, reject });
      // The process lives as long as something waits for the thread.
      worker.ref();
      worker.postMessage({ id, engine, amountsBtc });
    });
  }

  /** Ends the thread; what is under way fails. What is asked for from now on is done by another one. */
  async end(): Promise<void> {
    clearTimeout(this.#idle);
    const running = this.#running;
    this.#running = null;
    if (running === null) return;
    fail(running, new EstimateThreadError("the estimates were ended"));
    await running.worker.terminate();
  }

  #start(): Running {
    const running: Running = { worker: new Worker(workerUrl), waiting: new Map() };
    const { worker, waiting } = running;
    const ended = (error: Error): void => {
      if (this.#running === running) this.#running = null;
      fail(running, error);
    };
    worker.on("message", ({ id, estimate }: EstimateAnswer) => {
      waiting.get(id)?.resolve(estimate);
      waiting.delete(id);
      if (waiting.size > 0) return;
      worker.unref();
      if (this.#running !== running) return;
      this.#idle = setTimeout(() => void this.end(), IDLE_MS);
      this.#idle.unref();
    });
    worker.on("error", (error: Error) => {
      if (isShortage(error))
        ended(new EstimateThreadError(`no thread for estimates: ${error.message}`, { cause: error }));
      // An error that nothing waits for ends the program.
      else if (waiting.size === 0 && this.#running === running) throw error;
      else ended(error);
    });
    worker.on("exit", (code) => ended(new EstimateThreadError(`the thread for estimates exited with code ${code}`)));
    return running;
  }
}

/** The system has no thread or no file descriptor left to start with. */
function isShortage(error: Error & { code?: unknown }): boolean {
  return error.code === "ERR_WORKER_INIT_FAILED" || "syscall" in error;
}

function fail({ waiting }: Running, error: Error): void {
  for (const { reject } of waiting.values()) reject(error);
  waiting.clear();
}
