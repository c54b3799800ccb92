/**
 * The stream client. Runs wherever there is a WebSocket; needs no DOM.
 *
 * @module @utxoracle/viz/client
 */
export { type BackoffOptions, retryDelayMs } from "./backoff.ts";
export type {
  BlockPathPrice,
  BlockPoints,
  ClientMessage,
  ConfirmedBlock,
  ConfirmedPicture,
  ConfirmedUpdate,
  DeltaData,
  EncodedPoints,
  Engine,
  ErrorMessage,
  EstimateStatus,
  Loading,
  MempoolDelta,
  MempoolSnapshot,
  MempoolTick,
  MempoolUpdate,
  NodeState,
  PongMessage,
  PriceInterval,
  PricePoint,
  ServerMessage,
  SnapshotData,
  Source,
  StreamStats,
  TickData,
} from "./contracts.ts";
export type { FirmPriceOptions } from "./firm-price.ts";
export type { FetchedAnswer, FetchLike, HandshakeRefusal } from "./handshake-refusal.ts";
export { mergedTick } from "./merged-tick.ts";
export { type Leniency, type ReadResult, readServerMessage, type UnusableReason } from "./read-message.ts";
export { StreamClient } from "./stream-client.ts";
export { StreamClientError, type StreamClientErrorCode } from "./stream-client-error.ts";
export type {
  ConnectionState,
  MessageCounts,
  StreamClientEvent,
  StreamClientOptions,
  WebSocketConstructor,
  WebSocketLike,
} from "./stream-client-options.ts";
export { type OrderedTick, TickOrder, type TickVerdict } from "./tick-order.ts";
