import type { Clock } from "./clock.ts";
import type { EncodedMessage } from "./encoded-message.ts";
import type { StreamEvent } from "./stream-event.ts";
import type { StreamLimits } from "./stream-limits.ts";
import type { Subscriber, TopicProgress } from "./subscriber.ts";
import { type Topic, type TopicOptions, TopicState } from "./topic.ts";

/** Clients served between two looks at the clock: about 0.2 ms of writing. */
const CLIENTS_BETWEEN_CLOCK_READS = 16;

/** One pass over all clients, begun by one update. */
interface Round {
  readonly topic: TopicState;
  readonly deltaBytes: number;
  readonly startedAtMs: number;
  readonly subscribers: Iterator<Subscriber>;
  clients: number;
  busyMs: number;
  longestSliceMs: number;
}

/**
 * Topics and the clients that follow them. An update goes to all clients in slices, so that the event loop is never
 * held for long; what is published meanwhile reaches each client in order.
 */
export class Channel {
  readonly #limits: StreamLimits;
  readonly #clock: Clock;
  readonly #emit: (event: StreamEvent) => void;
  readonly #topics: TopicState[] = [];
  readonly #subscribers = new Set<Subscriber>();
  readonly #dropped = new Map<TopicState, number>();
  #round: Round | null = null;
  /** The latest update that came while a round was under way: those already served need another visit. */
  #waiting: { topic: TopicState; delta: EncodedMessage; publishedAtMs: number } | null = null;
  #cancelSlice: (() => void) | null = null;

  constructor(limits: StreamLimits, clock: Clock, emit: (event: StreamEvent) => void) {
    this.#limits = limits;
    this.#clock = clock;
    this.#emit = emit;
  }

  /**
   * A further kind of message on this channel. A new client gets the snapshots in the order of the topics.
   * @param name for events only; the messages carry their own type.
   */
  topic(name: string, options: TopicOptions = {}): Topic {
    const topic = new TopicState(
      name,
      options,
      this.#limits.recentUpdates,
      (updated, delta) => this.#announce(updated, delta),
      (failed, error) => this.#emit({ type: "publisher_failed", topic: failed.name, error }),
    );
    this.#topics.push(topic);
    for (const subscriber of this.#subscribers) subscriber.progress.push(newProgress(topic));
    return topic;
  }

  get size(): number {
    return this.#subscribers.size;
  }

  get subscribers(): Iterable<Subscriber> {
    return this.#subscribers;
  }

  /** Takes a client in and sends it the state of every topic at once. */
  add(subscriber: Subscriber): void {
    for (const topic of this.#topics) subscriber.progress.push(newProgress(topic));
    this.#subscribers.add(subscriber);
    this.#bringUpToDate(subscriber);
  }

  remove(subscriber: Subscriber): void {
    this.#subscribers.delete(subscriber);
  }

  /** The client requests the snapshots: sends those that have changed, and that it did not request too recently. */
  resend(subscriber: Subscriber): void {
    const now = this.#clock.now();
    for (const [index, topic] of this.#topics.entries()) {
      const progress = subscriber.progress[index];
      if (progress === undefined || progress.requestedVersion === topic.version) continue;
      if (now - progress.requestedAtMs < topic.snapshotIntervalMs) continue;
      progress.requestedVersion = topic.version;
      progress.requestedAtMs = now;
      progress.needsSnapshot = true;
    }
    this.#bringUpToDate(subscriber);
  }

  /** Gives up what is not sent yet. */
  stop(): void {
    this.#cancelSlice?.();
    this.#cancelSlice = null;
    this.#round = null;
    this.#waiting = null;
  }

  #announce(topic: TopicState, delta: EncodedMessage): void {
    const publishedAtMs = this.#clock.now();
    if (this.#round === null) this.#begin(topic, delta, publishedAtMs);
    else this.#waiting = { topic, delta, publishedAtMs };
  }

  #begin(topic: TopicState, delta: EncodedMessage, startedAtMs: number): void {
    this.#round = {
      topic,
      deltaBytes: delta.byteLength,
      startedAtMs,
      // Clients that join meanwhile are visited last, those that leave not at all.
      subscribers: this.#subscribers.values(),
      clients: 0,
      busyMs: 0,
      longestSliceMs: 0,
    };
    this.#slice();
  }

  #slice(): void {
    this.#cancelSlice = null;
    const round = this.#round;
    if (round === null) return;
    const sliceStart = this.#clock.now();
    let finished = false;
    let heldMs = 0;
    do {
      for (let served = 0; served < CLIENTS_BETWEEN_CLOCK_READS; served++) {
        const next = round.subscribers.next();
        if (next.done === true) {
          finished = true;
          break;
        }
        this.#bringUpToDate(next.value);
        round.clients += 1;
      }
      heldMs = this.#clock.now() - sliceStart;
    } while (!finished && heldMs < this.#limits.sliceMs);
    round.busyMs += heldMs;
    round.longestSliceMs = Math.max(round.longestSliceMs, heldMs);
    if (finished) this.#finish(round);
    else this.#cancelSlice = this.#clock.afterIo(() => this.#slice());
  }

  #finish(round: Round): void {
    this.#round = null;
    this.#emit({
      type: "broadcast",
      topic: round.topic.name,
      clients: round.clients,
      deltaBytes: round.deltaBytes,
      durationMs: this.#clock.now() - round.startedAtMs,
      busyMs: round.busyMs,
      longestSliceMs: round.longestSliceMs,
    });
    for (const [topic, updates] of this.#dropped) this.#emit({ type: "updates_dropped", topic: topic.name, updates });
    this.#dropped.clear();
    const waiting = this.#waiting;
    if (waiting === null) return;
    this.#waiting = null;
    this.#begin(waiting.topic, waiting.delta, waiting.publishedAtMs);
  }

  #bringUpToDate(subscriber: Subscriber): void {
    subscriber.isolate(this.#emit, () => this.#sendAll(subscriber));
  }

  #sendAll(subscriber: Subscriber): void {
    if (!subscriber.isOpen) return;
    // Counted by hand: this runs for every client and update.
    for (let index = 0; index < this.#topics.length; index++) {
      const topic = this.#topics[index];
      const progress = subscriber.progress[index];
      if (topic === undefined || progress === undefined || topic.version === 0) continue;
      if (!progress.needsSnapshot && progress.version === topic.version) continue;
      if (subscriber.bufferedBytes > this.#limits.dropAboveBytes) this.#drop(subscriber, topic, progress);
      else this.#sendMissing(subscriber, topic, progress);
    }
  }

  #drop(subscriber: Subscriber, topic: TopicState, progress: TopicProgress): void {
    const updates = topic.version - progress.version;
    progress.version = topic.version;
    progress.needsSnapshot = true;
    if (updates > 0) {
      subscriber.droppedUpdates += updates;
      this.#dropped.set(topic, (this.#dropped.get(topic) ?? 0) + updates);
    }
    if (subscriber.isSlow) return;
    subscriber.isSlow = true;
    const { id, kind, address, bufferedBytes } = subscriber;
    this.#emit({ type: "client_slow", client: id, kind, address, bufferedBytes });
  }

  #sendMissing(subscriber: Subscriber, topic: TopicState, progress: TopicProgress): void {
    // The oldest update that the client lacks tells whether all of them are still held.
    if (!progress.needsSnapshot && topic.update(progress.version + 1) !== null) {
      for (let version = progress.version + 1; version <= topic.version; version++) {
        const update = topic.update(version);
        if (update !== null) subscriber.send(update);
      }
    } else {
      const snapshot = topic.snapshot();
      // Without a snapshot no delta would make sense to it: it waits for the next update.
      if (snapshot === null) {
        progress.version = topic.version;
        progress.needsSnapshot = true;
        return;
      }
      subscriber.send(snapshot);
    }
    progress.version = topic.version;
    progress.needsSnapshot = false;
    subscriber.isSlow = false;
  }
}

function newProgress(topic: TopicState): TopicProgress {
  return { version: topic.version, needsSnapshot: true, requestedVersion: 0, requestedAtMs: Number.NEGATIVE_INFINITY };
}
