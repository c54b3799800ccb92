import type { ConfirmedUpdate, MempoolUpdate } from "./contracts.ts";
import type { FetchLike, HandshakeRefusal } from "./handshake-refusal.ts";

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

/** `waiting`: between two attempts. `closed`: by `StreamClient.close()`, or not yet started. */
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
  | { readonly type: "refused"; readonly refusal: HandshakeRefusal }
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
  /** After this silence the client sends a ping, after twice this it reconnects. Milliseconds, default 10,000. */
  readonly silenceMs?: number;
  /**
   * Without an update that could be applied the client reconnects after this time, or up to half as long again, whatever
   * else arrives. Milliseconds, default 180,000.
   */
  readonly progressMs?: number;
  /** A longer message closes the connection. Characters, default 4,000,000. */
  readonly messageLengthMax?: number;
  /** More messages than this within `silenceMs` close the connection. Default 1,000. */
  readonly messagesMax?: number;
  /**
   * Asks the server by a plain request to the same address why a handshake failed. Default `globalThis.fetch`; null: does
   * not ask.
   */
  readonly fetch?: FetchLike | null;
  /** Monotonic clock in milliseconds. Default `performance.now`. */
  readonly now?: () => number;
  /** The clock in Unix milliseconds, for a `Retry-After` that is a date. Default `Date.now`. */
  readonly wallClock?: () => number;
  /** In [0, 1). Default `Math.random`. */
  readonly random?: () => number;
  /** Default `setTimeout`. */
  readonly setTimer?: (callback: () => void, delayMs: number) => unknown;
  /** Default `clearTimeout`. */
  readonly clearTimer?: (timer: unknown) => void;
}
