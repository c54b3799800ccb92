import { type FetchLike, fetchRefusal, type HandshakeRefusal } from "./handshake-refusal.ts";
import type { StreamClientOptions } from "./stream-client-options.ts";
import type { StreamClientTime } from "./stream-client-time.ts";

/** Requests the reason of a failed handshake over HTTP: the browser's WebSocket hides it. */
export class RefusalRequest {
  readonly #url: string;
  readonly #fetch: FetchLike | null;
  readonly #time: StreamClientTime;
  readonly #timeoutMs: number;
  #pending: AbortController | null = null;
  #refusal: HandshakeRefusal | null = null;
  #notBeforeMs = Number.NEGATIVE_INFINITY;

  constructor(options: StreamClientOptions, time: StreamClientTime) {
    this.#url = options.url;
    this.#fetch = options.fetch === undefined ? ((globalThis as { fetch?: FetchLike }).fetch ?? null) : options.fetch;
    this.#time = time;
    this.#timeoutMs = options.silenceMs ?? 10_000;
  }

  /** The last reason; null before the first and after {@link clear}. */
  get refusal(): HandshakeRefusal | null {
    return this.#refusal;
  }

  /** The server asked for no attempt before this time (`Retry-After`). Monotonic milliseconds. */
  get notBeforeMs(): number {
    return this.#notBeforeMs;
  }

  /**
   * @returns the reason; null if another request is pending, or {@link clear} was called meanwhile.
   */
  async send(): Promise<HandshakeRefusal | null> {
    if (this.#fetch === null || this.#pending !== null) return null;
    const request = new AbortController();
    this.#pending = request;
    const timer = this.#time.setTimer(() => request.abort(), this.#timeoutMs);
    const refusal = await fetchRefusal(this.#url, this.#fetch, request.signal, this.#time.wallClock());
    this.#time.clearTimer(timer);
    if (this.#pending !== request) return null;
    this.#pending = null;
    this.#refusal = refusal;
    // Up to a quarter more: clients refused together must not return together.
    if (refusal.retryAfterMs !== null)
      this.#notBeforeMs = this.#time.now() + refusal.retryAfterMs * (1 + this.#time.random() / 4);
    return refusal;
  }

  /** Aborts a pending request and forgets the reason: a connection opened or was closed. */
  clear(): void {
    this.#pending?.abort();
    this.#pending = null;
    this.#refusal = null;
    this.#notBeforeMs = Number.NEGATIVE_INFINITY;
  }
}
