import { retryDelayMs } from "./backoff.ts";
import { askWhyRefused, type FetchLike, type HandshakeRefusal } from "./handshake-refusal.ts";
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

/** The client cannot be made as asked; a connection that fails is never an error, it is tried again. */
export class StreamClientError extends Error {
  override readonly name = "StreamClientError";
  readonly code: StreamClientErrorCode;
  constructor(code: StreamClientErrorCode, message: string) {
    super(message);
    this.code = code;
  }
}

/** A server that sends too much is asked again no sooner than after this many failures. */
const ATTEMPT_AFTER_EXCESS = 5;

/**
 * Reads the stream of a UTXOracle Live server: connects, checks each message, applies ticks in order, asks for a snapshot
 * after a jump, and reconnects with jittered back-off until it is closed. After a failed handshake it asks over HTTP why,
 * and waits as long as the answer's `Retry-After` says. Needs no DOM.
 * @example
 * const client = new StreamClient({ url: "ws://127.0.0.1:8000/ws/mempool", onMessage: (m) => console.log(m.data.price) });
 * client.connect();
 * @throws StreamClientError `no_websocket` where there is no WebSocket, `bad_url` for an address of another scheme.
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
  #heardAtMs = 0;
  /** When the connection is given up unless an update is applied before. */
  #progressDueMs = 0;
  /** Messages since the last look of the watch. */
  #messages = 0;
  #askedAtMs = Number.NEGATIVE_INFINITY;
  #retryAtMs = 0;
  /** No attempt is made before: the server asked for that. */
  #notBeforeMs = Number.NEGATIVE_INFINITY;
  #refusal: HandshakeRefusal | null = null;
  /** The question why a handshake failed, while it is not answered. */
  #question: AbortController | null = null;

  constructor(options: StreamClientOptions) {
    const WebSocket = options.WebSocket ?? (globalThis as { WebSocket?: WebSocketConstructor }).WebSocket;
    if (WebSocket === undefined)
      throw new StreamClientError(
        "no_websocket",
        "no WebSocket here: pass one, e.g. the `ws` package's, as options.WebSocket",
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

  /** Where the connection stands. */
  get state(): ConnectionState {
    return this.#state;
  }

  /** Why the last handshake failed, from the server's answer until a connection is open; else null. */
  get refusal(): HandshakeRefusal | null {
    return this.#refusal;
  }

  /** Messages so far, by what became of them. */
  get counts(): Readonly<MessageCounts> {
    return this.#counts;
  }

  /** The last tick applied, null before the first. */
  get seq(): number | null {
    return this.#order.seq;
  }

  /** The server's run that the last tick came from, null before the first. */
  get epoch(): string | null {
    return this.#order.epoch;
  }

  /**
   * Connects, and keeps connecting until {@link close}. Between two attempts it tries at once, but not sooner than a
   * `Retry-After` of the server says.
   */
  connect(): void {
    if (this.#state === "connecting" || this.#state === "open") return;
    if (this.#state === "waiting" && this.#now() < this.#notBeforeMs) return;
    this.#clear(this.#retryTimer);
    this.#retryTimer = null;
    this.#open();
  }

  /** Closes for good, until {@link connect} is called again. */
  close(): void {
    this.#clear(this.#retryTimer);
    this.#retryTimer = null;
    this.#drop(1000);
    this.#forgetRefusal();
    this.#state = "closed";
    this.#attempt = 0;
  }

  /** Asks the server for a snapshot; the next one is applied whatever its number. */
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
    // A server speaks at once, so what does not open and speak within the silence is as good as dead.
    this.#heardAtMs = this.#now();
    this.#awaitProgress();
    this.#messages = 0;
    let socket: WebSocketLike;
    try {
      socket = new this.#WebSocket(this.#options.url);
    } catch {
      // A browser may refuse by policy (ws:// on a https:// page); the page's policy may be another after a reload.
      this.#lost(1006);
      return;
    }
    this.#socket = socket;
    socket.onopen = () => {
      if (this.#socket !== socket) return;
      this.#state = "open";
      this.#heardAtMs = this.#now();
      this.#forgetRefusal();
      this.#order.restart();
      this.#askedAtMs = Number.NEGATIVE_INFINITY;
      this.#options.onEvent?.({ type: "open" });
    };
    socket.onmessage = (event: { data: unknown }) => {
      if (this.#socket === socket) this.#receive(event.data);
    };
    socket.onclose = (event: { code?: number }) => {
      if (this.#socket === socket) this.#lost(event.code ?? 1006);
    };
    // Every failure is followed by a close, which is where it is dealt with.
    socket.onerror = () => {};
    this.#watch();
  }

  #lost(code: number): void {
    const isFailedHandshake = this.#state === "connecting";
    this.#drop(code);
    this.#state = "waiting";
    const { random = Math.random } = this.#options;
    const retryInMs = this.#retryIn(retryDelayMs(this.#attempt, random(), this.#options));
    this.#attempt += 1;
    this.#options.onEvent?.({ type: "closed", code, retryInMs });
    if (isFailedHandshake && this.#state === "waiting") void this.#askWhy();
  }

  /** Plans the next attempt, not before the server allows it. @returns milliseconds until then */
  #retryIn(delayMs: number): number {
    const nowMs = this.#now();
    const retryInMs = Math.max(delayMs, this.#notBeforeMs - nowMs);
    this.#retryAtMs = nowMs + retryInMs;
    this.#clear(this.#retryTimer);
    this.#retryTimer = this.#set(() => this.#open(), retryInMs);
    return retryInMs;
  }

  /** Asks over HTTP why the handshake failed: a WebSocket that fails in a browser does not say. */
  async #askWhy(): Promise<void> {
    if (this.#fetch === null || this.#question !== null) return;
    const question = new AbortController();
    this.#question = question;
    const timer = this.#set(() => question.abort(), this.#silenceMs);
    const { random = Math.random, wallClock = Date.now } = this.#options;
    const refusal = await askWhyRefused(this.#options.url, this.#fetch, question.signal, wallClock());
    this.#clear(timer);
    // Opened or closed meanwhile: the answer is about something that is over.
    if (this.#question !== question) return;
    this.#question = null;
    this.#refusal = refusal;
    if (refusal.retryAfterMs !== null) {
      // Up to a quarter more: clients that were refused together must not come back in the same instant.
      this.#notBeforeMs = this.#now() + refusal.retryAfterMs * (1 + random() / 4);
      if (this.#state === "waiting") this.#retryIn(this.#retryAtMs - this.#now());
    }
    this.#options.onEvent?.({ type: "refused", refusal });
  }

  #forgetRefusal(): void {
    this.#question?.abort();
    this.#question = null;
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
    // `onerror` stays: closing a socket that is still connecting makes `ws` emit an error, fatal without a listener.
    if (this.#state !== "closed") socket.close(code === 1000 ? 1000 : undefined);
  }

  #receive(data: unknown): void {
    this.#heardAtMs = this.#now();
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
      // A tick may have been lost with it; the next delta will show, or the wait for a snapshot goes on.
      this.#askAgain();
      return;
    }
    const { message } = read;
    if (message.type === "pong") return;
    if (message.type === "error") {
      this.#options.onEvent?.({ type: "server_error", ...message.data });
      return;
    }
    if (message.type === "mempool_update") {
      const verdict = this.#order.judge(message.data);
      if (verdict !== "apply") {
        this.#ignore(verdict, null);
        if (verdict === "gap") this.#askAgain();
        return;
      }
      // Only a tick that could be used shows that the server is well; an open socket alone would reset the back-off of
      // a server that accepts and closes at once.
      this.#attempt = 0;
    }
    this.#counts.applied += 1;
    this.#awaitProgress();
    this.#options.onMessage(message);
  }

  #ignore(reason: keyof Omit<MessageCounts, "applied">, field: string | null): void {
    this.#counts[reason] += 1;
    this.#options.onEvent?.({ type: "ignored", reason, field });
  }

  /** Asks for a snapshot when one is needed and none was asked for within the last silence. */
  #askAgain(): void {
    if (this.#order.awaitsSnapshot && this.#now() - this.#askedAtMs >= this.#silenceMs) this.requestSnapshot();
  }

  /**
   * Looks after every silence whether the server still speaks: a half-open socket never closes by itself. One that sends
   * anything but updates is no better.
   */
  #watch(): void {
    this.#watchTimer = this.#set(() => {
      const silentMs = this.#now() - this.#heardAtMs;
      this.#messages = 0;
      if (silentMs >= 2 * this.#silenceMs || this.#now() >= this.#progressDueMs) {
        this.#lost(1006);
        return;
      }
      if (this.#state === "open") {
        if (silentMs >= this.#silenceMs) this.#socket?.send('{"type":"ping"}');
        this.#askAgain();
      }
      this.#watch();
    }, this.#silenceMs);
  }

  /** Up to half as long again: the clients of a server that stalls must not all come back at once. */
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
