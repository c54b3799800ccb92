/**
 * The client of the stream, for any place that has a WebSocket; needs no DOM.
 *
 * @module @utxoracle/viz/client
 */
export { type BackoffOptions, retryDelayMs } from "./backoff.ts";
export type {
  ClientMessage,
  ConfirmedUpdate,
  Engine,
  ErrorMessage,
  EstimateStatus,
  MempoolUpdate,
  NodeState,
  PongMessage,
  PriceInterval,
  PricePoint,
  ServerMessage,
  Source,
  StreamStats,
} from "./contracts.ts";
export { type Leniency, type ReadResult, readServerMessage, type UnusableReason } from "./read-message.ts";
export {
  type ConnectionState,
  type MessageCounts,
  StreamClient,
  StreamClientError,
  type StreamClientErrorCode,
  type StreamClientEvent,
  type StreamClientOptions,
  type WebSocketConstructor,
  type WebSocketLike,
} from "./stream-client.ts";
export { TickOrder, type TickVerdict } from "./tick-order.ts";
