import type { FeedTopic } from "./topic.ts";

interface EventBase {
  /** Unix seconds. */
  readonly timestamp: number;
}

interface EndpointEvent extends EventBase {
  /** The address in ZeroMQ's form. */
  readonly endpoint: string;
  /** The topics subscribed to at this address. */
  readonly topics: readonly FeedTopic[];
}

/** A ZeroMQ publisher answered at the address. After the first time something may have been lost before it: ask the node. */
export interface ConnectedEvent extends EndpointEvent {
  readonly type: "connected";
  /** 0 for the first connection, then 1, 2, … */
  readonly reconnections: number;
}

/** The connection that stood is gone; a new one is tried at least every 5 seconds, for ever. */
export interface DisconnectedEvent extends EndpointEvent {
  readonly type: "disconnected";
}

/**
 * Why no connection comes about.
 * - `refused`: nothing listens there, or the way there is blocked;
 * - `unresolved`: the host's name has no address;
 * - `silent`: something accepts the connection and never speaks;
 * - `not_zmq`: what answers is not a ZeroMQ publisher (HTTP, the node's RPC port, another kind of ZeroMQ socket);
 * - `no_socket`: this process cannot open a further socket (too many open files).
 */
export type ConnectProblem = "refused" | "unresolved" | "silent" | "not_zmq" | "no_socket";

/** Connecting failed. Reported once per change of the problem, not per attempt; the attempts go on. */
export interface ConnectFailedEvent extends EndpointEvent {
  readonly type: "connect_failed";
  readonly problem: ConnectProblem;
  /** One sentence for an operator, with the remedy. */
  readonly message: string;
}

/** The publisher's counter jumped: so many messages of the topic never arrived. */
export interface GapEvent extends EndpointEvent {
  readonly type: "gap";
  readonly topic: FeedTopic;
  readonly missed: number;
  /** The counter that should have come. */
  readonly expectedCounter: number;
  /** The counter that came. */
  readonly counter: number;
}

/** The publisher's counter began again at 0: the node was started anew. Reported per topic. */
export interface NodeRestartedEvent extends EndpointEvent {
  readonly type: "node_restarted";
  readonly topic: FeedTopic;
  /** The last counter of the run before. */
  readonly previousCounter: number;
  readonly counter: number;
  /** Messages of the new run that went by unseen. */
  readonly missed: number;
}

/** The consumer falls behind: the queue is full and arriving messages are dropped, or it keeps up again. */
export interface SlowConsumerEvent extends EventBase {
  readonly type: "slow_consumer";
  /** `dropping` at the first drop and once a second while it lasts; `recovered` when messages are accepted again. */
  readonly phase: "dropping" | "recovered";
  /** Dropped since this spell began, per topic. */
  readonly dropped: Readonly<Record<FeedTopic, number>>;
  readonly queuedMessages: number;
  readonly queuedBytes: number;
}

/** A message that is none of the feed's was received and left out. At most one report a second and endpoint, with the count. */
export interface InvalidFrameEvent extends EndpointEvent {
  readonly type: "invalid_frame";
  readonly topic: FeedTopic | null;
  /** The problem of the latest one. */
  readonly problem: string;
  /** How many since the last report. */
  readonly count: number;
}

/**
 * What the watchdog found when nothing had come for a while.
 * - `quiet`: the node has nothing new either;
 * - `feed_dead`: the node moved on and nothing arrived: the connections are opened anew;
 * - `node_unreachable`: the node did not answer;
 * - `unknown`: there is no probe to ask with.
 */
export type SilenceVerdict = "quiet" | "feed_dead" | "node_unreachable" | "unknown";

/** Nothing has come for a while from addresses where something must come with every transaction. Reported when the verdict changes. */
export interface SilenceEvent extends EventBase {
  readonly type: "silence";
  /** The addresses from which nothing came. */
  readonly endpoints: readonly string[];
  /** Since the last message or the last connection, whichever was later. */
  readonly silentSeconds: number;
  readonly verdict: SilenceVerdict;
  /** The probe's error, where it failed. */
  readonly cause: unknown;
}

/** Messages come again after a {@link SilenceEvent}. */
export interface SilenceEndedEvent extends EventBase {
  readonly type: "silence_ended";
}

/** What happens around the feed; told through `onEvent`, never thrown. */
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
