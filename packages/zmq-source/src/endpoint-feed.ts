import { connectFailureMessage } from "./connect-failure.ts";
import type { ConnectionChange } from "./connection-monitor.ts";
import { CounterTracker } from "./counter.ts";
import type { ConnectProblem, FeedEvent } from "./event.ts";
import { decodeFrames, type InvalidFrames } from "./frames.ts";
import { type FeedMessage, type FeedTopic, perTopic } from "./topic.ts";

/** State of one address. */
export interface EndpointStatus {
  readonly address: string;
  readonly topics: readonly FeedTopic[];
  readonly connected: boolean;
  /** Why it is not connected; null if unknown. */
  readonly problem: ConnectProblem | null;
  /** Arrival of its last message, Unix seconds; null before the first. */
  readonly lastMessageTimestamp: number | null;
}

/** Minimum seconds between two `invalid_frame` events. */
const INVALID_REPORT_INTERVAL = 1;

/** Decodes the frames of one address, tracks counters and emits events. Has no socket. */
export class EndpointFeed {
  readonly missed = perTopic();
  readonly #address: string;
  readonly #topics: readonly FeedTopic[];
  readonly #onEvent: (event: FeedEvent) => void;
  readonly #onMessage: (message: FeedMessage) => void;
  readonly #counters = new Map<FeedTopic, CounterTracker>();
  #connected = false;
  #connections = 0;
  #problem: ConnectProblem | null = null;
  #connectedAt: number | null = null;
  #lastMessageTimestamp: number | null = null;
  #received = 0;
  #invalidTotal = 0;
  #invalidUnreported = 0;
  #invalidReportedAt: number | null = null;

  constructor(
    address: string,
    topics: readonly FeedTopic[],
    onMessage: (message: FeedMessage) => void,
    onEvent: (event: FeedEvent) => void,
  ) {
    this.#address = address;
    this.#topics = topics;
    this.#onMessage = onMessage;
    this.#onEvent = onEvent;
    for (const topic of topics) this.#counters.set(topic, new CounterTracker());
  }

  get status(): EndpointStatus {
    return {
      address: this.#address,
      topics: this.#topics,
      connected: this.#connected,
      problem: this.#problem,
      lastMessageTimestamp: this.#lastMessageTimestamp,
    };
  }

  /** Time of the last message or connection, whichever is later. Unix seconds; null before both. */
  get lastActivity(): number | null {
    if (this.#lastMessageTimestamp === null || this.#connectedAt === null) return this.#connectedAt;
    return Math.max(this.#lastMessageTimestamp, this.#connectedAt);
  }

  /** Messages received, valid or not. */
  get receivedTotal(): number {
    return this.#received;
  }

  get invalidFrames(): number {
    return this.#invalidTotal;
  }

  onConnectionChange(change: ConnectionChange, timestamp: number): void {
    const where = { endpoint: this.#address, topics: this.#topics, timestamp };
    if (change === "connected") {
      this.#connected = true;
      this.#problem = null;
      this.#connectedAt = timestamp;
      for (const counter of this.#counters.values()) counter.reconnected();
      const reconnections = this.#connections;
      this.#connections += 1;
      this.#onEvent({ type: "connected", reconnections, ...where });
    } else if (change === "disconnected") {
      this.#connected = false;
      this.#onEvent({ type: "disconnected", ...where });
    } else if (this.#problem !== change) {
      this.#problem = change;
      const message = connectFailureMessage(change, this.#address, this.#topics);
      this.#onEvent({ type: "connect_failed", problem: change, message, ...where });
    }
  }

  onFrames(frames: readonly Uint8Array[], timestamp: number): void {
    this.#received += 1;
    const { message, invalid } = decodeFrames(frames, timestamp);
    if (message !== null && this.#counters.has(message.topic)) {
      this.#lastMessageTimestamp = timestamp;
      this.#trackCounter(message.topic, message.counter, timestamp);
      this.#onMessage(message);
      return;
    }
    // Subscriptions match by prefix, so a publisher with other topics can reach this point.
    const problem = invalid ?? { topic: null, counter: null, problem: `topic ${message?.topic} is not subscribed` };
    if (problem.topic !== null && problem.counter !== null)
      this.#trackCounter(problem.topic, problem.counter, timestamp);
    this.#reportInvalid(problem, timestamp);
  }

  /** Reports a message that was dropped before it was complete. */
  onDropped(problem: string, timestamp: number): void {
    this.#reportInvalid({ topic: null, counter: null, problem }, timestamp);
  }

  #trackCounter(topic: FeedTopic, counter: number, timestamp: number): void {
    const step = this.#counters.get(topic)?.observe(counter);
    const where = { endpoint: this.#address, topics: this.#topics, topic, counter, timestamp };
    if (step?.kind === "gap") {
      this.missed[topic] += step.missed;
      this.#onEvent({ type: "gap", missed: step.missed, expectedCounter: step.expected, ...where });
    } else if (step?.kind === "restart") {
      this.missed[topic] += step.missed;
      this.#onEvent({ type: "node_restarted", missed: step.missed, previousCounter: step.previous, ...where });
    }
  }

  #reportInvalid(invalid: InvalidFrames, timestamp: number): void {
    this.#invalidTotal += 1;
    this.#invalidUnreported += 1;
    const last = this.#invalidReportedAt;
    if (last !== null && Math.abs(timestamp - last) < INVALID_REPORT_INTERVAL) return;
    this.#invalidReportedAt = timestamp;
    const count = this.#invalidUnreported;
    this.#invalidUnreported = 0;
    const { topic, problem } = invalid;
    const where = { endpoint: this.#address, topics: this.#topics, timestamp };
    this.#onEvent({ type: "invalid_frame", topic, problem, count, ...where });
  }
}
