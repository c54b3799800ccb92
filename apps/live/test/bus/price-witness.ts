import { setTimeout as sleep } from "node:timers/promises";
import type { PriceResponse } from "@utxoracle/models";

/** Period of requests, ms. */
const PERIOD_MS = 250;
/** Request timeout, ms: the server is suspended. */
const PATIENCE_MS = 3000;
/**
 * Tolerance of an age, seconds: two clocks are read one after the other, and RPC has whole seconds.
 */
const AGE_ERROR_SECONDS = 1.5;

export interface PriceWitnessOptions {
  readonly name: string;
  /** URL of the next request. */
  readonly url: () => string;
  /** Checks a price with status `ok`, given its time. @returns a fault, or null. */
  readonly judge: (price: number | null, timestamp: number, ageSeconds: number) => string | null;
}

/** Polls the price. Servers may be down or suspended, but their responses must be correct. */
export class PriceWitness {
  readonly faults: string[] = [];
  /** Number of responses. */
  answers = 0;
  okAnswers = 0;
  readonly #options: PriceWitnessOptions;
  readonly #ending = new AbortController();
  readonly #running: Promise<void>;

  constructor(options: PriceWitnessOptions) {
    this.#options = options;
    this.#running = this.#run();
  }

  async close(): Promise<void> {
    this.#ending.abort();
    await this.#running;
  }

  async #run(): Promise<void> {
    while (!this.#ending.signal.aborted) {
      const askedAt = Date.now() / 1000;
      const answer = await this.#ask();
      if (answer !== null) this.#look(answer, askedAt);
      await sleep(PERIOD_MS);
    }
  }

  /** @returns null without a response or price. */
  async #ask(): Promise<PriceResponse | null> {
    try {
      const response = await fetch(`${this.#options.url()}/api/v1/price`, { signal: AbortSignal.timeout(PATIENCE_MS) });
      return response.status === 200 ? ((await response.json()) as PriceResponse) : null;
    } catch {
      return null;
    }
  }

  #look({ status, price, timestamp, age_seconds }: PriceResponse, askedAt: number): void {
    this.answers += 1;
    if (status !== "ok") return;
    this.okAnswers += 1;
    const ageSeconds = askedAt - timestamp;
    const fault =
      this.#options.judge(price, timestamp, ageSeconds) ??
      ((age_seconds ?? 0) < ageSeconds - AGE_ERROR_SECONDS
        ? `a price of ${ageSeconds.toFixed(1)} s that was said to be ${age_seconds?.toFixed(1)} s old`
        : null);
    if (fault !== null) this.faults.push(`${this.#options.name}: ${fault}`);
  }
}
