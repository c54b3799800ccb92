import { availableParallelism } from "node:os";
import { Worker } from "node:worker_threads";
import { BlockSourceError } from "@utxoracle/block-source";
import type { DayAnswer, DayWorkerData, DayWorkerStart } from "./day-worker.ts";
import type { WindowPrice } from "./window-price.ts";

/** Days that a worker may be ahead of the one that is waited for: results are small. */
const AHEAD_PER_WORKER = 4;

/** A day with its price, or why it has none. */
export type DayPrice =
  | { readonly day: string; readonly price: WindowPrice }
  | { readonly day: string; readonly problem: BlockSourceError };

/** The built worker lies beside the program. */
const workerUrl = new URL("./day-worker.js", import.meta.url);

/**
 * The prices of days in their order, worked out on all cores.
 * @param signal ends it early, without an error.
 */
export async function* dayPrices(
  days: readonly string[],
  data: DayWorkerData,
  signal: AbortSignal,
): AsyncGenerator<DayPrice, void, undefined> {
  const pool = new DayWorkers(days, data);
  const stop = (): void => pool.stop();
  signal.addEventListener("abort", stop, { once: true });
  try {
    for (const [index, day] of days.entries()) {
      const answer = await pool.answer(index);
      if (signal.aborted || answer === null) return;
      yield "price" in answer
        ? answer
        : { day, problem: new BlockSourceError(answer.problem.code, answer.problem.message) };
    }
  } finally {
    signal.removeEventListener("abort", stop);
    await pool.end();
  }
}

class DayWorkers {
  readonly #days: readonly string[];
  readonly #workers: Worker[];
  readonly #idle: Worker[];
  readonly #answers = new Map<number, DayAnswer>();
  readonly #ahead: number;
  #next = 0;
  #waitedFor = 0;
  #failure: Error | null = null;
  #stopped = false;
  #wake: () => void = () => {};

  constructor(days: readonly string[], data: DayWorkerData) {
    this.#days = days;
    const count = Math.min(days.length, availableParallelism());
    this.#ahead = count * AHEAD_PER_WORKER;
    const { from } = data.access;
    const password = "auth" in from && "password" in from.auth ? from.auth.password.reveal() : null;
    const workerData: DayWorkerStart = { ...data, password };
    this.#workers = Array.from({ length: count }, () => new Worker(workerUrl, { workerData }));
    this.#idle = [...this.#workers];
    for (const worker of this.#workers) {
      worker.on("message", (answer: DayAnswer) => {
        this.#answers.set(this.#days.indexOf(answer.day), answer);
        this.#idle.push(worker);
        this.#feed();
        this.#wake();
      });
      const failed = (error: Error): void => {
        this.#failure ??= error;
        this.#wake();
      };
      worker.on("error", failed);
      worker.on("exit", (code) => failed(new Error(`a thread for the prices of days exited with code ${code}`)));
    }
    this.#feed();
  }

  /** Null: stopped before. @throws the defect that ended a worker. */
  async answer(index: number): Promise<DayAnswer | null> {
    this.#waitedFor = index;
    this.#feed();
    for (;;) {
      if (this.#failure !== null) throw this.#failure;
      if (this.#stopped) return null;
      const answer = this.#answers.get(index);
      if (answer !== undefined) {
        this.#answers.delete(index);
        return answer;
      }
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  stop(): void {
    this.#stopped = true;
    this.#wake();
  }

  async end(): Promise<void> {
    await Promise.all(this.#workers.map((worker) => worker.terminate()));
  }

  #feed(): void {
    while (this.#idle.length > 0 && this.#next < Math.min(this.#days.length, this.#waitedFor + this.#ahead))
      this.#idle.pop()?.postMessage(this.#days[this.#next++]);
  }
}
