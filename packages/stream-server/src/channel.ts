import { checkOptions, checkText, shown } from "./argument.ts";
import type { Clock } from "./clock.ts";
import type { EncodedMessage } from "./encoded-message.ts";
import type { StreamEvent } from "./stream-event.ts";
import type { StreamLimits } from "./stream-limits.ts";
import type { StreamPosition } from "./stream-position.ts";
import { StreamServerError } from "./stream-server-error.ts";
import type { Subscriber, TopicProgress } from "./subscriber.ts";
import { type Topic, type TopicOptions, TopicState } from "./topic.ts";

/** Clients served between two clock reads: about 0.2 ms of writing. */
const CLIENTS_BETWEEN_CLOCK_READS = 16;

/** A pass over all clients, started by an update. */
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
 * Topics and their subscribers. Updates are sent in slices, so that the event loop is not blocked.
 * Updates published during a broadcast reach each subscriber in order.
 */
export class Channel {
  readonly #limits: StreamLimits;
  readonly #clock: Clock;
  readonly #emit: (event: StreamEvent) => void;
  readonly #topics: TopicState[] = [];
  readonly #subscribers = new Set<Subscriber>();
  readonly #dropped = new Map<TopicState, number>();
  #round: Round | null = null;
  /** Latest update published during a round; starts another round. */
  #waiting: { topic: TopicState; delta: EncodedMessage; publishedAtMs: number } | null = null;
  #cancelSlice: (() => void) | null = null;

  constructor(limits: StreamLimits, clock: Clock, emit: (event: StreamEvent) => void) {
    this.#limits = limits;
    this.#clock = clock;
    this.#emit = emit;
  }

  /**
   * Adds a topic. New subscribers get the snapshots in the order of the topics.
   *
   * @param name used in events only; messages carry their own type
   */
  topic(name: string, options: TopicOptions = {}): Topic {
    checkText(name, "name");
    if (name === "") throw new StreamServerError("invalid_option", "name: must not be empty; events carry it");
    checkOptions(options, { snapshotIntervalMs: "any", merge: "function" });
    const { snapshotIntervalMs = 0 } = options;
    if (!(typeof snapshotIntervalMs === "number" && snapshotIntervalMs >= 0))
      throw new StreamServerError(
        "invalid_option",
        `snapshotIntervalMs: must be a number of at least 0, not ${shown(snapshotIntervalMs)}`,
      );
    if (this.#topics.some((topic) => topic.name === name))
      throw new StreamServerError("invalid_option", `topic "${name}": the channel has one of this name`);
    const topic = new TopicState(
      name,
      options,
      this.#limits,
      this.#clock,
      (updated, delta) => this.#announce(updated, delta),
      (failed, error) => this.#emit({ type: "publisher_failed", topic: failed.name, error }),
    );
    this.#topics.push(topic);
    for (const subscriber of this.#subscribers) subscriber.progress.push(newProgress(topic, null));
    return topic;
  }

  get size(): number {
    return this.#subscribers.size;
  }

  get subscribers(): Iterable<Subscriber> {
    return this.#subscribers;
  }

  /**
   * Adds a subscriber. Sends it what follows its position, if that is still stored; of all other
   * topics the snapshot. A topic without updates does so at its first one.
   */
  add(subscriber: Subscriber, position: StreamPosition | null = null): void {
    for (const topic of this.#topics) subscriber.progress.push(newProgress(topic, position));
    this.#subscribers.add(subscriber);
    this.#bringUpToDate(subscriber);
  }

  remove(subscriber: Subscriber): void {
    this.#subscribers.delete(subscriber);
  }

  /**
   * Sends the snapshots that have changed and that the subscriber did not request too recently.
   * Drops the request of a client that does not read.
   */
  resend(subscriber: Subscriber): void {
    if (subscriber.bufferedBytes > this.#limits.dropAboveBytes) return;
    const now = this.#clock.now();
    for (const [index, topic] of this.#topics.entries()) {
      const progress = subscriber.progress[index];
      if (progress === undefined) continue;
      progress.position = null;
      if (progress.requestedVersion === topic.version) continue;
      if (now - progress.requestedAtMs < topic.snapshotIntervalMs) continue;
      progress.requestedVersion = topic.version;
      progress.requestedAtMs = now;
      progress.needsSnapshot = true;
    }
    this.#bringUpToDate(subscriber);
  }

  /** Stops the broadcast in progress. */
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
      // Subscribers that join during the round come last; those that leave are skipped.
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
    // Plain loop: this runs for every subscriber and update.
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
    const missed = progress.position === null ? null : topic.missedSince(progress.position);
    progress.position = null;
    if (missed !== null) {
      for (const update of missed) subscriber.send(update);
      // If the oldest missing update is still stored, all of them are.
    } else if (!progress.needsSnapshot && topic.update(progress.version + 1) !== null) {
      for (let version = progress.version + 1; version <= topic.version; version++) {
        const update = topic.update(version);
        if (update !== null) subscriber.send(update);
      }
    } else {
      const snapshot = topic.snapshot();
      // No snapshot available: wait for the next update.
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

function newProgress(topic: TopicState, position: StreamPosition | null): TopicProgress {
  return {
    ...{ version: topic.version, needsSnapshot: true, position },
    ...{ requestedVersion: 0, requestedAtMs: Number.NEGATIVE_INFINITY },
  };
}
