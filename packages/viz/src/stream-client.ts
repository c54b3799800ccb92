import { retryDelayMs } from "./backoff.ts";
import type { ConfirmedUpdate, MempoolTick } from "./contracts.ts";
import { type FetchLike, fetchRefusal, type HandshakeRefusal } from "./handshake-refusal.ts";
import { mergedTick } from "./merged-tick.ts";
import { readServerMessage } from "./read-message.ts";
import type {
  ConnectionState,
  MessageCounts,
  StreamClientOptions,
  WebSocketConstructor,
  WebSocketLike,
} from "./stream-client-options.ts";
import { TickOrder } from "./tick-order.ts";

/** Codes of {@link StreamClientError}. */
export type StreamClientErrorCode = "no_websocket" | "bad_url";

/** Invalid options. A failed connection is never an error: the client retries. */
export class StreamClientError extends Error {
  override readonly name = "StreamClientError";
  readonly code: StreamClientErrorCode;
  constructor(code: StreamClientErrorCode, message: string) {
    super(message);
    this.code = code;
  }
}

/** After a server sent too much, the back-off starts at this attempt. */
const ATTEMPT_AFTER_EXCESS = 5;

/**
 * Client of a UTXOracle Live stream. Connects, validates each message, applies ticks in order,
 * completes deltas with the unchanged fields, requests a snapshot after a gap, and reconnects with jittered back-off until closed. After a
 * failed handshake it requests the reason over HTTP and respects `Retry-After`. Needs no DOM.
 * @example
 * const client = new StreamClient({ url: "ws://127.0.0.1:8000/ws/mempool", onMessage: (m) => console.log(m.data.price) });
 * client.connect();
 * @throws StreamClientError `no_websocket` without a WebSocket implementation, `bad_url` for a URL
 *   of another scheme.
 */
export class StreamClient {
  readonly #options: StreamClientOptions;
  readonly #WebSocket: WebSocketConstructor;
  readonly #order = new TickOrder();
  readonly #silenceMs: number;
  readonly #progressMs: number;
  readonly #messageLengthMax: number;
  readonly #messagesMax: number;
  readonly #fetch: FetchLike | null;
  readonly #counts: MessageCounts = { applied: 0, malformed: 0, unknown: 0, duplicate: 0, reordered: 0, gap: 0 };
  #socket: WebSocketLike | null = null;
  #state: ConnectionState = "closed";
  #attempt = 0;
  #retryTimer: unknown = null;
  #watchTimer: unknown = null;
  #lastMessageAtMs = 0;
  /** Time at which the connection is replaced unless an update is applied before. */
  #progressDueMs = 0;
  /** Messages since the last watchdog check. */
  #messages = 0;
  /** The complete state after the last tick applied. */
  #tick: MempoolTick["data"] | null = null;
  #askedAtMs = Number.NEGATIVE_INFINITY;
  #retryAtMs = 0;
  /** No attempt before this time: the server's `Retry-After`. */
  #notBeforeMs = Number.NEGATIVE_INFINITY;
  #refusal: HandshakeRefusal | null = null;
  /** The pending request for the reason of a failed handshake. */
  #refusalRequest: AbortController | null = null;

  constructor(options: StreamClientOptions) {
    if (typeof options !== "object" || options === null)
      throw new TypeError(`options must be an object with url and onMessage, got ${String(options)}`);
    if (typeof options.onMessage !== "function")
      throw new TypeError(`options.onMessage must be a function, got ${typeof options.onMessage}`);
    const WebSocket = options.WebSocket ?? (globalThis as { WebSocket?: WebSocketConstructor }).WebSocket;
    if (WebSocket === undefined)
      throw new StreamClientError(
        "no_websocket",
        "no WebSocket implementation: pass one, e.g. of the `ws` package, as options.WebSocket",
      );
    if (!/^wss?:\/\/[^/]/.test(options.url))
      throw new StreamClientError("bad_url", `url: expected ws://… or wss://…, found ${JSON.stringify(options.url)}`);
    this.#options = options;
    this.#WebSocket = WebSocket;
    this.#silenceMs = options.silenceMs ?? 10_000;
    this.#progressMs = options.progressMs ?? 180_000;
    this.#messageLengthMax = options.messageLengthMax ?? 4_000_000;
    this.#messagesMax = options.messagesMax ?? 1_000;
    this.#fetch = options.fetch === undefined ? ((globalThis as { fetch?: FetchLike }).fetch ?? null) : options.fetch;
  }

  /** State of the connection. */
  get state(): ConnectionState {
    return this.#state;
  }

  /** Why the last handshake failed, until a connection opens; otherwise null. */
  get refusal(): HandshakeRefusal | null {
    return this.#refusal;
  }

  /** Number of messages by outcome. */
  get counts(): Readonly<MessageCounts> {
    return this.#counts;
  }

  /** The last tick applied, null before the first. */
  get seq(): number | null {
    return this.#order.seq;
  }

  /** The server's epoch of the last tick, null before the first. */
  get epoch(): string | null {
    return this.#order.epoch;
  }

  /**
   * Connects, and reconnects until {@link close}. While waiting to retry it tries at once, unless
   * the server's `Retry-After` forbids it.
   */
  connect(): void {
    if (this.#state === "connecting" || this.#state === "open") return;
    if (this.#state === "waiting" && this.#now() < this.#notBeforeMs) return;
    this.#clear(this.#retryTimer);
    this.#retryTimer = null;
    this.#open();
  }

  /** Closes the connection until {@link connect} is called again. */
  close(): void {
    this.#clear(this.#retryTimer);
    this.#retryTimer = null;
    this.#drop(1000);
    this.#forgetRefusal();
    this.#state = "closed";
    this.#attempt = 0;
  }

  /** Requests a snapshot. The next one is applied whatever its number. */
  requestSnapshot(): void {
    this.#order.restart();
    if (this.#state !== "open") return;
    this.#askedAtMs = this.#now();
    this.#socket?.send('{"type":"snapshot"}');
    this.#options.onEvent?.({ type: "snapshot_requested" });
  }

  #open(): void {
    this.#state = "connecting";
    this.#options.onEvent?.({ type: "connecting", attempt: this.#attempt });
    // A server sends at once, so a socket that neither opens nor delivers within the silence is
    // dead.
    this.#lastMessageAtMs = this.#now();
    this.#awaitProgress();
    this.#messages = 0;
    let socket: WebSocketLike;
    try {
      socket = new this.#WebSocket(this.#resumeUrl());
    } catch {
      // A browser policy may refuse the socket (ws:// on a https:// page). Retrying is harmless.
      this.#lost(1006);
      return;
    }
    this.#socket = socket;
    socket.onopen = () => {
      if (this.#socket !== socket) return;
      this.#state = "open";
      this.#lastMessageAtMs = this.#now();
      this.#forgetRefusal();
      this.#askedAtMs = Number.NEGATIVE_INFINITY;
      this.#options.onEvent?.({ type: "open" });
    };
    socket.onmessage = (event: { data: unknown }) => {
      if (this.#socket === socket) this.#receive(event.data);
    };
    socket.onclose = (event: { code?: number }) => {
      if (this.#socket === socket) this.#lost(event.code ?? 1006);
    };
    // `close` follows every error and handles it.
    socket.onerror = () => {};
    this.#watch();
  }

  /**
   * The address with the last tick, so that the server sends only what follows it. Without a tick,
   * or while waiting for a snapshot, the server sends a snapshot.
   */
  #resumeUrl(): string {
    const { url } = this.#options;
    const { epoch, seq, awaitsSnapshot } = this.#order;
    if (epoch === null || seq === null || awaitsSnapshot) return url;
    const [address, query] = [url.replace(/#.*/s, ""), new URLSearchParams({ epoch, seq: String(seq) })];
    return `${address}${address.includes("?") ? "&" : "?"}${query}`;
  }

  #lost(code: number): void {
    const isFailedHandshake = this.#state === "connecting";
    this.#drop(code);
    this.#state = "waiting";
    const { random = Math.random } = this.#options;
    const retryInMs = this.#retryIn(retryDelayMs(this.#attempt, random(), this.#options));
    this.#attempt += 1;
    this.#options.onEvent?.({ type: "closed", code, retryInMs });
    if (isFailedHandshake && this.#state === "waiting") void this.#fetchRefusal();
  }

  /** Schedules the next attempt, respecting `Retry-After`. @returns milliseconds until then */
  #retryIn(delayMs: number): number {
    const nowMs = this.#now();
    const retryInMs = Math.max(delayMs, this.#notBeforeMs - nowMs);
    this.#retryAtMs = nowMs + retryInMs;
    this.#clear(this.#retryTimer);
    this.#retryTimer = this.#set(() => this.#open(), retryInMs);
    return retryInMs;
  }

  /** Requests the reason of a failed handshake over HTTP: the browser's WebSocket hides it. */
  async #fetchRefusal(): Promise<void> {
    if (this.#fetch === null || this.#refusalRequest !== null) return;
    const question = new AbortController();
    this.#refusalRequest = question;
    const timer = this.#set(() => question.abort(), this.#silenceMs);
    const { random = Math.random, wallClock = Date.now } = this.#options;
    const refusal = await fetchRefusal(this.#options.url, this.#fetch, question.signal, wallClock());
    this.#clear(timer);
    // The connection opened or closed meanwhile: the answer is outdated.
    if (this.#refusalRequest !== question) return;
    this.#refusalRequest = null;
    this.#refusal = refusal;
    if (refusal.retryAfterMs !== null) {
      // Up to a quarter more: clients refused together must not return together.
      this.#notBeforeMs = this.#now() + refusal.retryAfterMs * (1 + random() / 4);
      if (this.#state === "waiting") this.#retryIn(this.#retryAtMs - this.#now());
    }
    this.#options.onEvent?.({ type: "refused", refusal });
  }

  #forgetRefusal(): void {
    this.#refusalRequest?.abort();
    this.#refusalRequest = null;
    this.#refusal = null;
    this.#notBeforeMs = Number.NEGATIVE_INFINITY;
  }

  #drop(code: number): void {
    this.#clear(this.#watchTimer);
    this.#watchTimer = null;
    const socket = this.#socket;
    this.#socket = null;
    if (socket === null) return;
    socket.onopen = socket.onmessage = socket.onclose = null;
    // Keep `onerror`: closing a connecting socket makes `ws` emit an error, fatal without a
    // listener.
    if (this.#state !== "closed") socket.close(code === 1000 ? 1000 : undefined);
  }

  #receive(data: unknown): void {
    this.#lastMessageAtMs = this.#now();
    this.#messages += 1;
    if (this.#messages > this.#messagesMax || (typeof data === "string" && data.length > this.#messageLengthMax)) {
      this.#ignore("malformed", "");
      this.#attempt = Math.max(this.#attempt, ATTEMPT_AFTER_EXCESS);
      this.#lost(1009);
      return;
    }
    const read = readServerMessage(data, this.#options.barePoints === true ? "point_details" : "nothing");
    if (read.message === null) {
      this.#ignore(read.reason, read.field);
      // The message may have contained a tick; the next delta shows a gap, or the client still
      // waits for a snapshot.
      this.#requestSnapshotIfNeeded();
      return;
    }
    const { message } = read;
    if (message.type === "pong") return;
    if (message.type === "error") {
      this.#options.onEvent?.({ type: "server_error", ...message.data });
      return;
    }
    if (message.type === "mempool_update") {
      const tick = mergedTick(this.#tick, message);
      const verdict = this.#order.judge(message.data);
      if (verdict !== "apply") {
        this.#ignore(verdict, null);
        if (verdict === "gap") this.#requestSnapshotIfNeeded();
        return;
      }
      // Only a tick that applies proves a working server. An open socket alone would reset the
      // back-off for a server that accepts and closes at once.
      this.#attempt = 0;
      if (tick === null) return;
      this.#tick = tick;
      this.#apply({ type: "mempool_update", data: tick });
    } else this.#apply(message);
  }

  #apply(message: MempoolTick | ConfirmedUpdate): void {
    this.#counts.applied += 1;
    this.#awaitProgress();
    this.#options.onMessage(message);
  }

  #ignore(reason: keyof Omit<MessageCounts, "applied">, field: string | null): void {
    this.#counts[reason] += 1;
    this.#options.onEvent?.({ type: "ignored", reason, field });
  }

  /** Requests a snapshot if one is needed and none was requested within `silenceMs`. */
  #requestSnapshotIfNeeded(): void {
    if (this.#order.awaitsSnapshot && this.#now() - this.#askedAtMs >= this.#silenceMs) this.requestSnapshot();
  }

  /**
   * Watchdog: checks after every silence whether the server still sends. A half-open socket never
   * closes by itself, and one that sends no updates is as useless.
   */
  #watch(): void {
    this.#watchTimer = this.#set(() => {
      const silentMs = this.#now() - this.#lastMessageAtMs;
      this.#messages = 0;
      if (silentMs >= 2 * this.#silenceMs || this.#now() >= this.#progressDueMs) {
        this.#lost(1006);
        return;
      }
      if (this.#state === "open") {
        if (silentMs >= this.#silenceMs) this.#socket?.send('{"type":"ping"}');
        this.#requestSnapshotIfNeeded();
      }
      this.#watch();
    }, this.#silenceMs);
  }

  /** Adds up to half at random: the clients of a stalled server must not all return at once. */
  #awaitProgress(): void {
    const { random = Math.random } = this.#options;
    this.#progressDueMs = this.#now() + this.#progressMs * (1 + random() / 2);
  }

  #now(): number {
    return (this.#options.now ?? (() => performance.now()))();
  }

  #set(callback: () => void, delayMs: number): unknown {
    return (this.#options.setTimer ?? ((run, ms) => setTimeout(run, ms)))(callback, delayMs);
  }

  #clear(timer: unknown): void {
    if (timer !== null) (this.#options.clearTimer ?? ((t) => clearTimeout(t as number)))(timer);
  }
}
