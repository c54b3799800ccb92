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

/** Estimates in a thread of their own: a day's 150,000 amounts take longer than the live feed should wait. */
export class EstimateThread {
  #worker: Worker | null = null;
  #idle: NodeJS.Timeout | undefined;
  #nextId = 0;
  readonly #waiting = new Map<number, Waiting>();

  /** @throws the thread's failure. */
  estimate(engine: Engine, amountsBtc: Float64Array): Promise<PriceEstimate> {
    clearTimeout(this.#idle);
    this.#worker ??= this.#start();
    const worker = this.#worker;
    const id = this.#nextId++;
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
      worker.postMessage({ id, engine, amountsBtc });
    });
  }

  /** Ends the thread; what is under way fails. */
  async end(): Promise<void> {
    clearTimeout(this.#idle);
    const worker = this.#worker;
    this.#worker = null;
    await worker?.terminate();
    this.#fail(new Error("the estimates were ended"));
  }

  #start(): Worker {
    const worker = new Worker(workerUrl);
    worker.on("message", ({ id, estimate }: EstimateAnswer) => {
      this.#waiting.get(id)?.resolve(estimate);
      this.#waiting.delete(id);
      if (this.#waiting.size > 0) return;
      this.#idle = setTimeout(() => void this.end(), IDLE_MS);
      this.#idle.unref();
    });
    worker.on("error", (error: Error) => {
      this.#worker = null;
      this.#fail(error);
    });
    worker.unref();
    return worker;
  }

  #fail(error: Error): void {
    for (const { reject } of this.#waiting.values()) reject(error);
    this.#waiting.clear();
  }
}
