import type { MempoolVisualizer, StreamView } from "@utxoracle/viz";
import { type FetchFailure, fetchJson, type JsonResponse } from "./fetch-json.ts";

/** Time between two polls. */
const POLL_SECONDS = 10;
/** Limit for the server's `Retry-After`. */
const RETRY_AFTER_SECONDS_MAX = 300;

/** Converts a response of `api/v1/price` to a partial tick. Null if it has no price. */
export function tickOfPrice({ status, body }: JsonResponse): object | null {
  if (status !== 200 || typeof body !== "object" || body === null) return null;
  const { low, high, active_in_window, total_received, total_filtered, height, age_seconds, ...data } = body as Record<
    string,
    unknown
  >;
  return { type: "mempool_update", data: { ...data, interval: low == null || high == null ? null : { low, high } } };
}

/** Polls the price over HTTP while the server refuses the stream, and passes it to the chart. */
export class PricePoll {
  readonly #chart: Pick<MempoolVisualizer, "updateData">;
  readonly #fetch: (path: string) => Promise<JsonResponse | FetchFailure>;
  readonly #now: () => number;
  #isFetching = false;
  #notBeforeMs = Number.NEGATIVE_INFINITY;

  /** @param now monotonic milliseconds */
  constructor(
    chart: Pick<MempoolVisualizer, "updateData">,
    fetch: (path: string) => Promise<JsonResponse | FetchFailure> = fetchJson,
    now: () => number = () => performance.now(),
  ) {
    this.#chart = chart;
    this.#fetch = fetch;
    this.#now = now;
  }

  /** Polls if a poll is due. Call it once a second. */
  async run({ connection, refusal }: StreamView): Promise<void> {
    // An unreachable server does not respond to this request either.
    if (connection === "open" || refusal == null || refusal.code === "unreachable") return;
    if (this.#isFetching || this.#now() < this.#notBeforeMs) return;
    this.#isFetching = true;
    const response = await this.#fetch("api/v1/price");
    this.#isFetching = false;
    const retryAfterSeconds = typeof response === "string" ? null : response.retryAfterSeconds;
    const seconds = Math.min(RETRY_AFTER_SECONDS_MAX, Math.max(POLL_SECONDS, retryAfterSeconds ?? 0));
    this.#notBeforeMs = this.#now() + 1000 * seconds;
    if (typeof response === "string") return;
    const tick = tickOfPrice(response);
    if (tick !== null) this.#chart.updateData(tick);
  }
}
