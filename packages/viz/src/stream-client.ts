import { retryDelayMs } from "./backoff.ts";
import type { ConfirmedUpdate, MempoolTick } from "./contracts.ts";
import { type FirmPriceOptions, firmPrice } from "./firm-price.ts";
import type { HandshakeRefusal } from "./handshake-refusal.ts";
import { mergedTick } from "./merged-tick.ts";
import { checkOptions, checkWords, type OptionKinds, shown } from "./options.ts";
import { readServerMessage, SOURCES } from "./read-message.ts";
import { RefusalRequest } from "./refusal-request.ts";
import { STATUSES } from "./status.ts";
import { StreamClientError } from "./stream-client-error.ts";
import type {
  ConnectionState,
  MessageCounts,
  StreamClientOptions,
  WebSocketConstructor,
  WebSocketLike,
} from "./stream-client-options.ts";
import { type StreamClientTime, timeOf } from "./stream-client-time.ts";
import { StreamWatchdog } from "./stream-watchdog.ts";
import { TickOrder } from "./tick-order.ts";

/** After a server sent too much, the back-off starts at this attempt. */
const ATTEMPT_AFTER_EXCESS = 5;

const optionKinds: OptionKinds<StreamClientOptions> = {
  url: "any",
  onMessage: "any",
  barePoints: "boolean",
  onEvent: "function",
  WebSocket: "any",
  minimumDelayMs: "positive",
  maximumDelayMs: "positive",
  silenceMs: "positive",
  progressMs: "positive",
  messageLengthMax: "positive",
  messagesMax: "positive",
  fetch: "any",
  now: "function",
  wallClock: "function",
  random: "function",
  setTimer: "function",
  clearTimer: "function",
};

/**
 * Client of a UTXOracle Live stream. Connects, validates each message, applies ticks in order,
 * completes deltas with the unchanged fields, requests a snapshot after a gap, and reconnects with
 * jittered back-off until closed. After a failed handshake it requests the reason over HTTP and
 * respects `Retry-After`. Needs no DOM.
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
  readonly #time: StreamClientTime;
  readonly #watchdog: StreamWatchdog;
  readonly #refusal: RefusalRequest;
  readonly #silenceMs: number;
  readonly #counts: MessageCounts = { applied: 0, malformed: 0, unknown: 0, duplicate: 0, reordered: 0, gap: 0 };
  #socket: WebSocketLike | null = null;
  #state: ConnectionState = "closed";
  #attempt = 0;
  #retryTimer: unknown = null;
  /** The complete state after the last tick applied. */
  #tick: MempoolTick["data"] | null = null;
  #tickAtMs = 0;
  #askedAtMs = Number.NEGATIVE_INFINITY;
  #retryAtMs = 0;

  constructor(options: StreamClientOptions) {
    if (typeof options !== "object" || options === null)
      throw new TypeError(`options must be an object with url and onMessage, got ${String(options)}`);
    if (typeof options.onMessage !== "function")
      throw new TypeError(`options.onMessage must be a function, got ${typeof options.onMessage}`);
    checkOptions(options, optionKinds);
    const WebSocket = options.WebSocket ?? (globalThis as { WebSocket?: WebSocketConstructor }).WebSocket;
    if (WebSocket === undefined)
      throw new StreamClientError(
        "no_websocket",
        "no WebSocket implementation: pass one, e.g. of the `ws` package, as options.WebSocket",
      );
    if (typeof WebSocket !== "function")
      throw new TypeError(`options.WebSocket must be a class, got ${shown(WebSocket)}`);
    if (!/^wss?:\/\/[^/]/.test(options.url))
      throw new StreamClientError("bad_url", `url: expected ws://… or wss://…, found ${JSON.stringify(options.url)}`);
    this.#options = options;
    this.#WebSocket = WebSocket;
    this.#silenceMs = options.silenceMs ?? 10_000;
    this.#time = timeOf(options);
    this.#refusal = new RefusalRequest(options, this.#time);
    this.#watchdog = new StreamWatchdog(options, this.#time, {
      onCheck: (isSilent) => {
        if (this.#state !== "open") return;
        if (isSilent) this.#socket?.send('{"type":"ping"}');
        this.#requestSnapshotIfNeeded();
      },
      onDead: () => this.#lost(1006),
    });
  }

  /** State of the connection. */
  get state(): ConnectionState {
    return this.#state;
  }

  /** Why the last handshake failed, until a connection opens; otherwise null. */
  get refusal(): HandshakeRefusal | null {
    return this.#refusal.refusal;
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
   * The price in US dollars per bitcoin, to sell or pay at: null unless its newest payment arrived
   * within `seconds`, its status is `ok`, and it comes from a node. Without a connection it ages by
   * the local monotonic clock.
   * @throws RangeError if `seconds` is not a positive number, TypeError for an unknown status or
   *   source
   */
  priceNoOlderThan(seconds: number, options?: FirmPriceOptions): number | null {
    if (options !== undefined) {
      checkOptions(options, { statuses: "any", sources: "any" });
      checkWords(options.statuses, "statuses", STATUSES);
      checkWords(options.sources, "sources", SOURCES);
    }
    if (!(typeof seconds === "number" && seconds > 0))
      throw new RangeError(`seconds must be a positive number, got ${seconds}`);
    return this.#tick && firmPrice(this.#tick, (this.#time.now() - this.#tickAtMs) / 1000, seconds, options);
  }

  /**
   * Connects, and reconnects until {@link close}. While waiting to retry it tries at once, unless
   * the server's `Retry-After` forbids it.
   */
  connect(): void {
    if (this.#state === "connecting" || this.#state === "open") return;
    if (this.#state === "waiting" && this.#time.now() < this.#refusal.notBeforeMs) return;
    this.#time.clearTimer(this.#retryTimer);
    this.#retryTimer = null;
    this.#open();
  }

  /** Closes the connection until {@link connect} is called again. */
  close(): void {
    this.#time.clearTimer(this.#retryTimer);
    this.#retryTimer = null;
    this.#drop(1000);
    this.#refusal.clear();
    this.#state = "closed";
    this.#attempt = 0;
  }

  /** Requests a snapshot. The next one is applied whatever its number. */
  requestSnapshot(): void {
    this.#order.restart();
    if (this.#state !== "open") return;
    this.#askedAtMs = this.#time.now();
    this.#socket?.send('{"type":"snapshot"}');
    this.#options.onEvent?.({ type: "snapshot_requested" });
  }

  #open(): void {
    this.#state = "connecting";
    this.#options.onEvent?.({ type: "connecting", attempt: this.#attempt });
    // From here: a server sends at once, so a socket that does not open within the silence is dead.
    this.#watchdog.start();
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
      this.#watchdog.onSign();
      this.#refusal.clear();
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
    const retryInMs = this.#retryIn(retryDelayMs(this.#attempt, this.#time.random(), this.#options));
    this.#attempt += 1;
    this.#options.onEvent?.({ type: "closed", code, retryInMs });
    if (isFailedHandshake && this.#state === "waiting") void this.#fetchRefusal();
  }

  /** Schedules the next attempt, respecting `Retry-After`. @returns milliseconds until then */
  #retryIn(delayMs: number): number {
    const nowMs = this.#time.now();
    const retryInMs = Math.max(delayMs, this.#refusal.notBeforeMs - nowMs);
    this.#retryAtMs = nowMs + retryInMs;
    this.#time.clearTimer(this.#retryTimer);
    this.#retryTimer = this.#time.setTimer(() => this.#open(), retryInMs);
    return retryInMs;
  }

  async #fetchRefusal(): Promise<void> {
    const refusal = await this.#refusal.send();
    if (refusal === null) return;
    if (refusal.retryAfterMs !== null && this.#state === "waiting") this.#retryIn(this.#retryAtMs - this.#time.now());
    this.#options.onEvent?.({ type: "refused", refusal });
  }

  #drop(code: number): void {
    this.#watchdog.stop();
    const socket = this.#socket;
    this.#socket = null;
    if (socket === null) return;
    socket.onopen = socket.onmessage = socket.onclose = null;
    // Keep `onerror`: closing a connecting socket makes `ws` emit an error, fatal without a
    // listener.
    if (this.#state !== "closed") socket.close(code === 1000 ? 1000 : undefined);
  }

  #receive(data: unknown): void {
    if (!this.#watchdog.onMessage(data)) {
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
      this.#tickAtMs = this.#time.now();
      this.#apply({ type: "mempool_update", data: tick });
    } else this.#apply(message);
  }

  #apply(message: MempoolTick | ConfirmedUpdate): void {
    this.#counts.applied += 1;
    this.#watchdog.onProgress();
    this.#options.onMessage(message);
  }

  #ignore(reason: keyof Omit<MessageCounts, "applied">, field: string | null): void {
    this.#counts[reason] += 1;
    this.#options.onEvent?.({ type: "ignored", reason, field });
  }

  /** Requests a snapshot if one is needed and none was requested within `silenceMs`. */
  #requestSnapshotIfNeeded(): void {
    if (this.#order.awaitsSnapshot && this.#time.now() - this.#askedAtMs >= this.#silenceMs) this.requestSnapshot();
  }
}
