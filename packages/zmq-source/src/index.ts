/**
 * A Bitcoin node's ZMQ feed as async iterables with gap detection, reconnection and liveness
 * checks; capture files to record and replay it.
 *
 * @module @utxoracle/zmq-source
 */
export { CaptureError, type CaptureErrorCode, captureErrorCodes } from "./capture-error.ts";
export { CAPTURE_VERSION, type CaptureMetadata } from "./capture-format.ts";
export {
  type CaptureHeader,
  type ReadCaptureOptions,
  readCapture,
  readCaptureHeader,
  type TornEndEvent,
} from "./capture-reader.ts";
export { type CaptureWriter, type CaptureWriterOptions, openCaptureWriter } from "./capture-writer.ts";
export type { EndpointStatus } from "./endpoint-feed.ts";
export { ZmqSourceError, type ZmqSourceErrorCode, zmqSourceErrorCodes } from "./error.ts";
export type {
  ConnectedEvent,
  ConnectFailedEvent,
  ConnectProblem,
  DisconnectedEvent,
  FeedEvent,
  GapEvent,
  InvalidFrameEvent,
  NodeRestartedEvent,
  SilenceEndedEvent,
  SilenceEvent,
  SilenceVerdict,
  SlowConsumerEvent,
} from "./event.ts";
export { type HexLinesOptions, readHexLines } from "./hex-lines.ts";
export { type MempoolTransactionsOptions, streamMempoolTransactions } from "./mempool-transactions.ts";
export { type FeedStatus, type NodeFeed, streamNodeFeed } from "./node-feed.ts";
export type { FeedOptions, NodeFeedOptions } from "./node-feed-options.ts";
export { publisherAddress, subscriberAddress } from "./publisher-address.ts";
export { type RecordingKind, recognizeRecording } from "./recording.ts";
export { type Replay, type ReplayOptions, replay } from "./replay.ts";
export type { SilenceOptions } from "./silence.ts";
export type { Sleep } from "./sleep.ts";
export type {
  BlockHashMessage,
  FeedMessage,
  FeedTopic,
  RawBlockMessage,
  RawTransactionMessage,
  SequenceMessage,
} from "./topic.ts";
