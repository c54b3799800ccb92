import type { ConfirmedUpdate, MempoolTick } from "./contracts.ts";
import type { FetchLike, HandshakeRefusal } from "./handshake-refusal.ts";

/** The part of a WebSocket that the client uses. Browsers, Node.js 22 and `ws` provide it. */
export interface WebSocketLike {
  /** Called when the socket is open. */
  onopen: ((event: never) => void) | null;
  /** Called with an event whose `data` is a message. */
  onmessage: ((event: never) => void) | null;
  /** Called when either side closed the socket. */
  onclose: ((event: never) => void) | null;
  /** Called on failure; `onclose` follows. */
  onerror: ((event: never) => void) | null;
  /** Sends a message. */
  send(text: string): void;
  /** Closes the socket. */
  close(code?: number): void;
}

/** A constructor such as `globalThis.WebSocket`, or the default export of `ws`. */
export type WebSocketConstructor = new (url: string) => WebSocketLike;

/** `waiting`: between two attempts. `closed`: by `StreamClient.close()`, or not started. */
export type ConnectionState = "closed" | "connecting" | "open" | "waiting";

/** Number of messages by outcome. */
export interface MessageCounts {
  /** Passed to `onMessage`. */
  applied: number;
  /** Not JSON, or against the contract. */
  malformed: number;
  /** Of a type unknown to this version. */
  unknown: number;
  /** A tick that was applied before. */
  duplicate: number;
  /** A tick older than the last one. */
  reordered: number;
  /** A delta that does not follow the last tick. The client waits for a snapshot. */
  gap: number;
}

/** A connection event. */
export type StreamClientEvent =
  | { readonly type: "connecting"; readonly attempt: number }
  | { readonly type: "open" }
  | { readonly type: "closed"; readonly code: number; readonly retryInMs: number | null }
  | { readonly type: "refused"; readonly refusal: HandshakeRefusal }
  | { readonly type: "snapshot_requested" }
  | { readonly type: "ignored"; readonly reason: keyof Omit<MessageCounts, "applied">; readonly field: string | null }
  | { readonly type: "server_error"; readonly code: string; readonly message: string };

/** Settings of {@link StreamClient}. */
export interface StreamClientOptions {
  /** `ws://` or `wss://` address of the stream, e.g. `ws://127.0.0.1:8000/ws/mempool`. */
  readonly url: string;
  /**
   * Called for every update: ticks in order, without gaps or repeats, each with the complete state;
   * and confirmed updates.
   */
  readonly onMessage: (message: MempoolTick | ConfirmedUpdate) => void;
  /** Accepts points without `txid`, `vout` and `amount`, as a chart does. Default false. */
  readonly barePoints?: boolean;
  /** Called for connections, retries and ignored messages. */
  readonly onEvent?: (event: StreamClientEvent) => void;
  /** Default `globalThis.WebSocket`. Needed in Node 20, which has none. */
  readonly WebSocket?: WebSocketConstructor;
  /** Upper bound of the first retry delay, milliseconds; doubles at each failure. Default 500. */
  readonly minimumDelayMs?: number;
  /** Upper bound of every retry delay, milliseconds. Default 30,000. */
  readonly maximumDelayMs?: number;
  /**
   * Silence after which the client sends a ping; after twice this it reconnects. Milliseconds,
   * default 10,000.
   */
  readonly silenceMs?: number;
  /**
   * Maximum time without an update that can be applied before the client reconnects; random jitter
   * adds up to half. Milliseconds, default 180,000.
   */
  readonly progressMs?: number;
  /** A longer message closes the connection. Characters, default 4,000,000. */
  readonly messageLengthMax?: number;
  /** More messages than this within `silenceMs` close the connection. Default 1,000. */
  readonly messagesMax?: number;
  /**
   * Requests the same address over HTTP to learn why a handshake failed. Default
   * `globalThis.fetch`; null disables it.
   */
  readonly fetch?: FetchLike | null;
  /** Monotonic clock in milliseconds. Default `performance.now`. */
  readonly now?: () => number;
  /** Clock in Unix milliseconds, for a `Retry-After` that is a date. Default `Date.now`. */
  readonly wallClock?: () => number;
  /** Returns a number in [0, 1). Default `Math.random`. */
  readonly random?: () => number;
  /** Default `setTimeout`. */
  readonly setTimer?: (callback: () => void, delayMs: number) => unknown;
  /** Default `clearTimeout`. */
  readonly clearTimer?: (timer: unknown) => void;
}
