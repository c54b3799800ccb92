import { availableParallelism } from "node:os";
import { Worker } from "node:worker_threads";
import { BlockSourceError } from "@utxoracle/block-source";
import type { DayAnswer, DayWorkerData, DayWorkerStart } from "./day-worker.ts";
import type { WindowPrice } from "./window-price.ts";

/** Days per worker that may be computed before they are consumed. */
const DAYS_AHEAD_PER_WORKER = 4;

/** A day with its price, or the reason that it has none. */
export type DayPrice =
  | { readonly day: string; readonly price: WindowPrice }
  | { readonly day: string; readonly problem: BlockSourceError };

/** Built next to the program. */
const workerUrl = new URL("./day-worker.js", import.meta.url);

/**
 * Computes the prices of days on all cores and yields them in order.
 * @param signal ends the generator early without an error.
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
  readonly #daysAhead: number;
  #next = 0;
  #awaitedIndex = 0;
  #failure: Error | null = null;
  #stopped = false;
  #wake: () => void = () => {};

  constructor(days: readonly string[], data: DayWorkerData) {
    this.#days = days;
    const count = Math.min(days.length, availableParallelism());
    this.#daysAhead = count * DAYS_AHEAD_PER_WORKER;
    const { from } = data.access;
    const password = "auth" in from && "password" in from.auth ? from.auth.password.reveal() : null;
    const workerData: DayWorkerStart = { ...data, password };
    this.#workers = Array.from({ length: count }, () => new Worker(workerUrl, { workerData }));
    this.#idle = [...this.#workers];
    for (const worker of this.#workers) {
      worker.on("message", (answer: DayAnswer) => {
        this.#answers.set(this.#days.indexOf(answer.day), answer);
        this.#idle.push(worker);
        this.#dispatch();
        this.#wake();
      });
      const failed = (error: Error): void => {
        this.#failure ??= error;
        this.#wake();
      };
      worker.on("error", failed);
      worker.on("exit", (code) => failed(new Error(`price worker exited with code ${code}`)));
    }
    this.#dispatch();
  }

  /** @returns null after {@link stop}. @throws the error that ended a worker. */
  async answer(index: number): Promise<DayAnswer | null> {
    this.#awaitedIndex = index;
    this.#dispatch();
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

  #dispatch(): void {
    while (this.#idle.length > 0 && this.#next < Math.min(this.#days.length, this.#awaitedIndex + this.#daysAhead))
      this.#idle.pop()?.postMessage(this.#days[this.#next++]);
  }
}
