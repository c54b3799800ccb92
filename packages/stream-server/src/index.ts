/**
 * Sends snapshots and deltas to WebSocket and Server-Sent Events clients, and serves HTTP routes.
 *
 * @module @utxoracle/stream-server
 */
export type { Clock } from "./clock.ts";
export { closeCodes } from "./close-codes.ts";
export { type CompressedResourceOptions, compressedResource, type SharedResource } from "./compressed-resource.ts";
export {
  encodedResponse,
  errorResponse,
  jsonResponse,
  type RouteHandler,
  type RouteOptions,
  type RouteRequest,
  type RouteResponse,
  type Routes,
  withRetryAfter,
} from "./http-response.ts";
export { STRICT_CONTENT_SECURITY_POLICY, type StaticFolderOptions } from "./static-folder.ts";
export type { ClientKind, CloseCause, HttpRefusalCode, RefusalReason, StreamEvent } from "./stream-event.ts";
export { defaultLimits, type StreamLimits } from "./stream-limits.ts";
export type { StreamPosition } from "./stream-position.ts";
export {
  type ChannelOptions,
  createStreamServer,
  type ListeningAddress,
  type PublisherChannel,
  StreamServer,
  type StreamServerOptions,
} from "./stream-server.ts";
export { StreamServerError, type StreamServerErrorCode } from "./stream-server-error.ts";
export type { Publication, Topic, TopicOptions } from "./topic.ts";
