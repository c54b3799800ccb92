import { Worker } from "node:worker_threads";
import type { Engine, PriceEstimate } from "@utxoracle/models";
import type { EstimateAnswer } from "./estimate-worker.ts";

/** The built worker lies beside the program. */
const workerUrl = new URL("./estimate-worker.js", import.meta.url);

/** Without work for so long the thread ends and gives its memory back; the next block is minutes away. */
const IDLE_MS = 2000;

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

  /** @throws the thread's failure. */
  estimate(engine: Engine, amountsBtc: Float64Array): Promise<PriceEstimate> {
    clearTimeout(this.#idle);
    this.#running ??= this.#start();
    const { worker, waiting } = this.#running;
    const id = this.#nextId++;
    return new Promise((resolve, reject) => {
      waiting.set(id, { resolve, reject });
      worker.postMessage({ id, engine, amountsBtc });
    });
  }

  /** Ends the thread; what is under way fails. What is asked for from now on is done by another one. */
  async end(): Promise<void> {
    clearTimeout(this.#idle);
    const running = this.#running;
    this.#running = null;
    if (running === null) return;
    await running.worker.terminate();
    fail(running, new Error("the estimates were ended"));
  }

  #start(): Running {
    const running: Running = { worker: new Worker(workerUrl), waiting: new Map() };
    const { worker, waiting } = running;
    worker.on("message", ({ id, estimate }: EstimateAnswer) => {
      waiting.get(id)?.resolve(estimate);
      waiting.delete(id);
      if (waiting.size > 0 || this.#running !== running) return;
      this.#idle = setTimeout(() => void this.end(), IDLE_MS);
      this.#idle.unref();
    });
    worker.on("error", (error: Error) => {
      if (this.#running === running) this.#running = null;
      fail(running, error);
    });
    worker.unref();
    return running;
  }
}

function fail({ waiting }: Running, error: Error): void {
  for (const { reject } of waiting.values()) reject(error);
  waiting.clear();
}
