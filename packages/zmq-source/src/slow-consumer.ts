import type { SlowConsumerEvent } from "./event.ts";
import { type FeedTopic, perTopic } from "./topic.ts";

/** Counts what the full queue refuses and says when to report it. */
export class SlowConsumerReport {
  readonly dropped: Record<FeedTopic, number> = perTopic();
  #spell: Record<FeedTopic, number> | null = null;
  #reportedAt = 0;

  /** @returns the event to tell, at the first drop of a spell and then once a second. */
  drop(topic: FeedTopic, now: number, queuedMessages: number, queuedBytes: number): SlowConsumerEvent | null {
    this.dropped[topic] += 1;
    const begins = this.#spell === null;
    this.#spell ??= perTopic();
    this.#spell[topic] += 1;
    if (!begins && Math.abs(now - this.#reportedAt) < 1) return null;
    this.#reportedAt = now;
    return this.#event("dropping", this.#spell, now, queuedMessages, queuedBytes);
  }

  /** Ends the spell once the queue is half empty, so that a consumer just at the limit does not flicker. */
  accept(now: number, queuedMessages: number, maxQueuedMessages: number, queuedBytes: number, maxQueuedBytes: number) {
    if (this.#spell === null || queuedMessages > maxQueuedMessages / 2 || queuedBytes > maxQueuedBytes / 2) return null;
    const event = this.#event("recovered", this.#spell, now, queuedMessages, queuedBytes);
    this.#spell = null;
    return event;
  }

  #event(
    phase: SlowConsumerEvent["phase"],
    spell: Readonly<Record<FeedTopic, number>>,
    timestamp: number,
    queuedMessages: number,
    queuedBytes: number,
  ): SlowConsumerEvent {
    return { type: "slow_consumer", phase, dropped: { ...spell }, queuedMessages, queuedBytes, timestamp };
  }
}
