import type { MempoolVisualizer, StreamView } from "@utxoracle/viz";
import { fetchJson, type JsonAnswer, type NoAnswer } from "./fetch-json.ts";

/** Time between two polls. */
const POLL_SECONDS = 10;
/** A server that asks for more patience than this is asked again all the same. */
const RETRY_AFTER_SECONDS_MAX = 300;

/** An answer of `api/v1/price` as the chart takes it: what a tick says, as far as the answer has it. Null: it is none. */
export function tickOfPrice({ status, body }: JsonAnswer): object | null {
  if (status !== 200 || typeof body !== "object" || body === null) return null;
  const { low, high, active_in_window, total_received, total_filtered, height, age_seconds, ...data } = body as Record<
    string,
    unknown
  >;
  return { type: "mempool_update", data: { ...data, interval: low == null || high == null ? null : { low, high } } };
}

/** Reads the price over HTTP while the server refuses the stream, and gives it to the chart. */
export class PricePoll {
  readonly #chart: Pick<MempoolVisualizer, "updateData">;
  readonly #fetch: (path: string) => Promise<JsonAnswer | NoAnswer>;
  readonly #now: () => number;
  #isAsking = false;
  #notBeforeMs = Number.NEGATIVE_INFINITY;

  /** @param now monotonic milliseconds */
  constructor(
    chart: Pick<MempoolVisualizer, "updateData">,
    fetch: (path: string) => Promise<JsonAnswer | NoAnswer> = fetchJson,
    now: () => number = () => performance.now(),
  ) {
    this.#chart = chart;
    this.#fetch = fetch;
    this.#now = now;
  }

  /** To be called about once a second. */
  async look({ connection, refusal }: StreamView): Promise<void> {
    // A server that does not answer at all would not answer this.
    if (connection === "open" || refusal == null || refusal.code === "unreachable") return;
    if (this.#isAsking || this.#now() < this.#notBeforeMs) return;
    this.#isAsking = true;
    const answer = await this.#fetch("api/v1/price");
    this.#isAsking = false;
    const retryAfterSeconds = typeof answer === "string" ? null : answer.retryAfterSeconds;
    const seconds = Math.min(RETRY_AFTER_SECONDS_MAX, Math.max(POLL_SECONDS, retryAfterSeconds ?? 0));
    this.#notBeforeMs = this.#now() + 1000 * seconds;
    if (typeof answer === "string") return;
    const tick = tickOfPrice(answer);
    if (tick !== null) this.#chart.updateData(tick);
  }
}
