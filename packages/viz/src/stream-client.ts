import { retryDelayMs } from "./backoff.ts";
import type { ConfirmedUpdate, MempoolUpdate } from "./contracts.ts";
import { readServerMessage } from "./read-message.ts";
import { TickOrder } from "./tick-order.ts";

/** The part of a WebSocket that the client uses; the browser's, Node's (from 22) and `ws` all have it. */
export interface WebSocketLike {
  /** Called when it is open. */
  onopen: ((event: never) => void) | null;
  /** Called with an event whose `data` is a message. */
  onmessage: ((event: never) => void) | null;
  /** Called when it is closed, by whomever. */
  onclose: ((event: never) => void) | null;
  /** Called when it fails; `onclose` follows. */
  onerror: ((event: never) => void) | null;
  /** Sends a message. */
  send(text: string): void;
  /** Closes it. */
  close(code?: number): void;
}

/** A constructor such as `globalThis.WebSocket`, or the default export of `ws`. */
export type WebSocketConstructor = new (url: string) => WebSocketLike;

/** `waiting`: between two attempts. `closed`: by {@link StreamClient.close}, or not yet started. */
export type ConnectionState = "closed" | "connecting" | "open" | "waiting";

/** Messages so far, by what became of them. */
export interface MessageCounts {
  /** Given to `onMessage`. */
  applied: number;
  /** Not JSON, or not as the contract says. */
  malformed: number;
  /** Of a type that this version does not know. */
  unknown: number;
  /** A tick that had been applied. */
  duplicate: number;
  /** A tick older than the last one. */
  reordered: number;
  /** A delta that does not follow the last tick; each starts, or waits for, a snapshot. */
  gap: number;
}

/** What happened to the connection. */
export type StreamClientEvent =
  | { readonly type: "connecting"; readonly attempt: number }
  | { readonly type: "open" }
  | { readonly type: "closed"; readonly code: number; readonly retryInMs: number | null }
  | { readonly type: "snapshot_requested" }
  | { readonly type: "ignored"; readonly reason: keyof Omit<MessageCounts, "applied">; readonly field: string | null }
  | { readonly type: "server_error"; readonly code: string; readonly message: string };

/** Settings of {@link StreamClient}. */
export interface StreamClientOptions {
  /** `ws://` or `wss://` address of the stream, e.g. `ws://127.0.0.1:8000/ws/mempool`. */
  readonly url: string;
  /** Called for every update in order: ticks without gap or repeat, confirmed updates as they come. */
  readonly onMessage: (message: MempoolUpdate | ConfirmedUpdate) => void;
  /**
   * Whether points may lack `txid`, `vout` and `amount`, for a reader that makes do with where they are, as a chart does.
   * Default false.
   */
  readonly barePoints?: boolean;
  /** Hears of connections, retries and messages that were ignored. */
  readonly onEvent?: (event: StreamClientEvent) => void;
  /** Default `globalThis.WebSocket`. Needed in Node 20, which has none. */
  readonly WebSocket?: WebSocketConstructor;
  /** Longest first wait before a retry, milliseconds. Default 500; doubled at each failure. */
  readonly minimumDelayMs?: number;
  /** Longest wait before a retry, milliseconds. Default 30,000. */
  readonly maximumDelayMs?: number;
  /** After this silence the client asks for a sign of life, after twice this it connects anew. Milliseconds, default 10,000. */
  readonly silenceMs?: number;
  /** Monotonic clock in milliseconds. Default `performance.now`. */
  readonly now?: () => number;
  /** In [0, 1). Default `Math.random`. */
  readonly random?: () => number;
  /** Default `setTimeout`. */
  readonly setTimer?: (callback: () => void, delayMs: number) => unknown;
  /** Default `clearTimeout`. */
  readonly clearTimer?: (timer: unknown) => void;
}

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

/**
 * Reads the stream of a UTXOracle Live server: connects, checks each message, applies ticks in order, asks for a snapshot
 * after a jump, and reconnects for ever with jittered back-off. Needs no DOM.
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
  readonly #counts: MessageCounts = { applied: 0, malformed: 0, unknown: 0, duplicate: 0, reordered: 0, gap: 0 };
  #socket: WebSocketLike | null = null;
  #state: ConnectionState = "closed";
  #attempt = 0;
  #retryTimer: unknown = null;
  #watchTimer: unknown = null;
  #heardAtMs = 0;
  #askedAtMs = Number.NEGATIVE_INFINITY;

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
  }

  /** Where the connection stands. */
  get state(): ConnectionState {
    return this.#state;
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

  /** Connects, and keeps connecting until {@link close}. Does nothing when it is at it already; between two attempts it tries at once. */
  connect(): void {
    if (this.#state === "connecting" || this.#state === "open") return;
    this.#clear(this.#retryTimer);
    this.#retryTimer = null;
    this.#open();
  }

  /** Closes for good, until {@link connect} is called again. */
  close(): void {
    this.#clear(this.#retryTimer);
    this.#retryTimer = null;
    this.#drop(1000);
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
    this.#drop(code);
    this.#state = "waiting";
    const { random = Math.random } = this.#options;
    const retryInMs = retryDelayMs(this.#attempt, random(), this.#options);
    this.#attempt += 1;
    this.#retryTimer = this.#set(() => this.#open(), retryInMs);
    this.#options.onEvent?.({ type: "closed", code, retryInMs });
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

  /** Looks after every silence whether the server still speaks: a half-open socket never closes by itself. */
  #watch(): void {
    this.#watchTimer = this.#set(() => {
      const silentMs = this.#now() - this.#heardAtMs;
      if (silentMs >= 2 * this.#silenceMs) {
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
