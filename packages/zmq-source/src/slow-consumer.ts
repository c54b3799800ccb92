import type { SlowConsumerEvent } from "./event.ts";
import { type FeedTopic, perTopic } from "./topic.ts";

/** Counts dropped messages and creates the events that report them. */
export class SlowConsumerReport {
  readonly dropped: Record<FeedTopic, number> = perTopic();
  #droppedSinceRecovery: Record<FeedTopic, number> | null = null;
  #reportedAt = 0;

  /** @returns an event for the first drop, then at most once a second; otherwise null */
  drop(topic: FeedTopic, now: number, queuedMessages: number, queuedBytes: number): SlowConsumerEvent | null {
    this.dropped[topic] += 1;
    const isFirst = this.#droppedSinceRecovery === null;
    this.#droppedSinceRecovery ??= perTopic();
    this.#droppedSinceRecovery[topic] += 1;
    if (!isFirst && Math.abs(now - this.#reportedAt) < 1) return null;
    this.#reportedAt = now;
    return this.#event("dropping", this.#droppedSinceRecovery, now, queuedMessages, queuedBytes);
  }

  /**
   * Reports recovery once the queue is half empty, so that a consumer at the limit does not flip
   * back and forth.
   */
  accept(now: number, queuedMessages: number, maxQueuedMessages: number, queuedBytes: number, maxQueuedBytes: number) {
    if (
      this.#droppedSinceRecovery === null ||
      queuedMessages > maxQueuedMessages / 2 ||
      queuedBytes > maxQueuedBytes / 2
    )
      return null;
    const event = this.#event("recovered", this.#droppedSinceRecovery, now, queuedMessages, queuedBytes);
    this.#droppedSinceRecovery = null;
    return event;
  }

  #event(
    phase: SlowConsumerEvent["phase"],
    dropped: Readonly<Record<FeedTopic, number>>,
    timestamp: number,
    queuedMessages: number,
    queuedBytes: number,
  ): SlowConsumerEvent {
    return { type: "slow_consumer", phase, dropped: { ...dropped }, queuedMessages, queuedBytes, timestamp };
  }
}
