import type { FeedTopic } from "./topic.ts";

interface EventBase {
  /** Unix seconds. */
  readonly timestamp: number;
}

interface EndpointEvent extends EventBase {
  /** Normalized ZeroMQ address. */
  readonly endpoint: string;
  /** The topics subscribed to at this address. */
  readonly topics: readonly FeedTopic[];
}

/** Connected to the publisher. After a reconnection messages may have been lost: query the node. */
export interface ConnectedEvent extends EndpointEvent {
  readonly type: "connected";
  /** 0 for the first connection, then 1, 2, … */
  readonly reconnections: number;
}

/** The connection was lost. Reconnection attempts follow at least every 5 seconds without limit. */
export interface DisconnectedEvent extends EndpointEvent {
  readonly type: "disconnected";
}

/**
 * Why a connection attempt fails.
 * - `refused`: nothing listens at the address, or a firewall blocks it.
 * - `unresolved`: the host name cannot be resolved.
 * - `silent`: the connection is accepted, but no handshake follows.
 * - `not_zmq`: the peer is not a ZeroMQ publisher, but e.g. HTTP, the node's RPC port or another
 *   ZeroMQ socket.
 * - `no_socket`: this process has too many open files.
 */
export type ConnectProblem = "refused" | "unresolved" | "silent" | "not_zmq" | "no_socket";

/**
 * Connecting failed. Emitted when the problem changes, not for every attempt. Attempts continue.
 */
export interface ConnectFailedEvent extends EndpointEvent {
  readonly type: "connect_failed";
  readonly problem: ConnectProblem;
  /** Message for operators, with the remedy. */
  readonly message: string;
}

/** The publisher's counter jumped: `missed` messages of the topic were lost. */
export interface GapEvent extends EndpointEvent {
  readonly type: "gap";
  readonly topic: FeedTopic;
  readonly missed: number;

  readonly expectedCounter: number;
  /** The received counter. */
  readonly counter: number;
}

/** The publisher's counter restarted at 0: the node was restarted. Emitted per topic. */
export interface NodeRestartedEvent extends EndpointEvent {
  readonly type: "node_restarted";
  readonly topic: FeedTopic;
  /** The last counter before the restart. */
  readonly previousCounter: number;
  readonly counter: number;
  /** Messages missed since the restart. */
  readonly missed: number;
}

/** The queue is full and new messages are dropped, or the consumer has caught up. */
export interface SlowConsumerEvent extends EventBase {
  readonly type: "slow_consumer";
  /**
   * `dropping` at the first drop and once a second from then on; `recovered` when the queue is half
   * empty.
   */
  readonly phase: "dropping" | "recovered";
  /** Messages dropped since the last recovery, per topic. */
  readonly dropped: Readonly<Record<FeedTopic, number>>;
  readonly queuedMessages: number;
  readonly queuedBytes: number;
}

/** Invalid messages were received and ignored. Emitted at most once a second per endpoint. */
export interface InvalidFrameEvent extends EndpointEvent {
  readonly type: "invalid_frame";
  readonly topic: FeedTopic | null;
  /** Problem of the latest message. */
  readonly problem: string;
  /** Invalid messages since the last event. */
  readonly count: number;
}

/**
 * Result of the silence check.
 * - `quiet`: the node has nothing new either.
 * - `feed_dead`: the node has new data but nothing arrived. The connections are reopened.
 * - `node_unreachable`: the probe failed.
 * - `unknown`: there is no probe.
 */
export type SilenceVerdict = "quiet" | "feed_dead" | "node_unreachable" | "unknown";

/**
 * No message for a while from addresses that publish every transaction. Emitted when the verdict
 * changes.
 */
export interface SilenceEvent extends EventBase {
  readonly type: "silence";
  /** The silent addresses. */
  readonly endpoints: readonly string[];
  /** Seconds since the last message or connection, whichever is later. */
  readonly silentSeconds: number;
  readonly verdict: SilenceVerdict;
  /** The probe's error if it failed. */
  readonly cause: unknown;
}

/** Messages arrive again after `silence`. */
export interface SilenceEndedEvent extends EventBase {
  readonly type: "silence_ended";
}

/** Events passed to `onEvent`; never thrown. */
export type FeedEvent =
  | ConnectedEvent
  | DisconnectedEvent
  | ConnectFailedEvent
  | GapEvent
  | NodeRestartedEvent
  | SlowConsumerEvent
  | InvalidFrameEvent
  | SilenceEvent
  | SilenceEndedEvent;
