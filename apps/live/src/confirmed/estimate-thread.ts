import { Worker } from "node:worker_threads";
import type { PricePathPoint } from "@utxoracle/estimator";
import type { Engine, PriceEstimate } from "@utxoracle/models";
import type { BlockAmounts, EstimateAnswer, EstimateJob, PathRequest, RawBlock } from "./estimate-worker.ts";
import type { HindsightPrices, HindsightRequest } from "./hindsight-prices.ts";

export type { PathRequest, RawBlock } from "./estimate-worker.ts";

type EstimateRequest =
  | ({ readonly engine: Engine } & (BlockAmounts | { readonly blocks: readonly RawBlock[] }))
  | { readonly path: PathRequest }
  | { readonly hindsight: HindsightRequest };

/** The built worker is next to the program. */
const workerUrl = new URL("./estimate-worker.js", import.meta.url);

/** An idle thread ends after this time, ms, to free its memory: the next block is minutes away. */
const IDLE_MS = 2000;

/** The worker thread exited before it responded. The next request starts a new one. */
export class EstimateThreadError extends Error {
  override readonly name = "EstimateThreadError";
}

interface Waiting {
  resolve(answer: EstimateAnswer): void;
  reject(error: Error): void;
}

/** A thread and its pending requests. */
interface Running {
  readonly worker: Worker;
  readonly waiting: Map<number, Waiting>;
}

/** Estimates in a worker thread: a day's 150,000 amounts would block the live feed too long. */
export class EstimateThread {
  readonly #createWorker: () => Worker;
  #running: Running | null = null;
  #idle: NodeJS.Timeout | undefined;
  #nextId = 0;

  constructor(
    // Less memory for short-lived objects than by default: the arrays of a day live long.
    createWorker = (): Worker => new Worker(workerUrl, { resourceLimits: { maxYoungGenerationSizeMb: 4 } }),
  ) {
    this.#createWorker = createWorker;
  }

  /**
   * @throws {EstimateThreadError} if the thread ended before its answer; errors thrown in the
   * thread.
   */
  async estimate(
    engine: Engine,
    amountsBtc: Float64Array,
    batches: readonly Float64Array[] = [],
  ): Promise<PriceEstimate> {
    return estimateIn(await this.#run({ engine, amountsBtc, batches }));
  }

  /** Estimate of the payments in consecutive blocks. @throws as {@link estimate}. */
  async estimateBlocks(engine: Engine, blocks: readonly RawBlock[]): Promise<PriceEstimate> {
    return estimateIn(await this.#run({ engine, blocks }));
  }

  /**
   * The prices in hindsight at the requested moments; null where there is none.
   * @throws as {@link estimate}.
   */
  async pathPrices(path: PathRequest): Promise<readonly (PricePathPoint | null)[]> {
    const answer = await this.#run({ path });
    if (!("prices" in answer)) throw new Error("the estimate thread answered another request");
    return answer.prices;
  }

  /** Prices of past times for the track record. @throws as {@link estimate}. */
  async hindsightPrices(hindsight: HindsightRequest): Promise<HindsightPrices> {
    const answer = await this.#run({ hindsight });
    if (!("hindsight" in answer)) throw new Error("the estimate thread answered another request");
    return answer.hindsight;
  }

  #run(job: EstimateRequest): Promise<EstimateAnswer> {
    clearTimeout(this.#idle);
    this.#running ??= this.#start();
    const { worker, waiting } = this.#running;
    const id = this.#nextId++;
    return new Promise((resolve, reject) => {
      waiting.set(id, { resolve, reject });
      // Keep the process alive while a request is pending.
      worker.ref();
      worker.postMessage({ id, ...job } satisfies EstimateJob);
    });
  }

  /** Ends the thread. Pending requests fail; later ones start another thread. */
  async end(): Promise<void> {
    clearTimeout(this.#idle);
    const running = this.#running;
    this.#running = null;
    if (running === null) return;
    fail(running, new EstimateThreadError("estimate thread stopped"));
    await running.worker.terminate();
  }

  #start(): Running {
    const running: Running = { worker: this.#createWorker(), waiting: new Map() };
    const { worker, waiting } = running;
    const ended = (error: Error): void => {
      if (this.#running === running) this.#running = null;
      fail(running, error);
    };
    worker.on("message", (answer: EstimateAnswer) => {
      const { id } = answer;
      waiting.get(id)?.resolve(answer);
      waiting.delete(id);
      if (waiting.size > 0) return;
      worker.unref();
      if (this.#running !== running) return;
      this.#idle = setTimeout(() => void this.end(), IDLE_MS);
      this.#idle.unref();
    });
    worker.on("error", (error: Error) => {
      if (isShortage(error))
        ended(new EstimateThreadError(`cannot start a thread for estimates: ${error.message}`, { cause: error }));
      // Without a pending request the error ends the program.
      else if (waiting.size === 0 && this.#running === running) throw error;
      else ended(error);
    });
    worker.on("exit", (code) => ended(new EstimateThreadError(`estimate thread exited with code ${code}`)));
    return running;
  }
}

function estimateIn(answer: EstimateAnswer): PriceEstimate {
  if (!("estimate" in answer)) throw new Error("the estimate thread answered another request");
  return answer.estimate;
}

/** Whether the system lacks a thread or file descriptor. */
function isShortage(error: Error & { code?: unknown }): boolean {
  return error.code === "ERR_WORKER_INIT_FAILED" || "syscall" in error;
}

function fail({ waiting }: Running, error: Error): void {
  for (const { reject } of waiting.values()) reject(error);
  waiting.clear();
}
