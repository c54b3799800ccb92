import { BoundedQueue } from "./bounded-queue.ts";
import { EndpointFeed, type EndpointStatus } from "./endpoint-feed.ts";
import type { FeedEvent, SilenceVerdict } from "./event.ts";
import { type NodeFeedOptions, type ResolvedFeedOptions, resolveFeedOptions } from "./node-feed-options.ts";
import { watchSilence } from "./silence.ts";
import { SlowConsumerReport } from "./slow-consumer.ts";
import { Subscription } from "./subscription.ts";
import { type FeedMessage, type FeedTopic, feedTopics, perTopic } from "./topic.ts";
import { memoryUse, UnfinishedMessages, type WatchedConnection } from "./unfinished-messages.ts";

/** State of the feed. Counts start with the feed and never decrease. */
export interface FeedStatus {
  readonly endpoints: readonly EndpointStatus[];
  /** Valid messages received per topic, repeats included. */
  readonly received: Readonly<Record<FeedTopic, number>>;
  /** Messages lost per topic, by the publisher's counters. */
  readonly missed: Readonly<Record<FeedTopic, number>>;
  /** Messages dropped per topic because the queue was full. */
  readonly dropped: Readonly<Record<FeedTopic, number>>;
  readonly invalidFrames: number;
  readonly queuedMessages: number;
  readonly queuedBytes: number;
  /** Unix seconds; null before the first. */
  readonly lastMessageTimestamp: number | null;
}

/**
 * A node's messages, in order of arrival per address. For one consumer; `break` ends the feed like
 * the signal.
 */
export interface NodeFeed extends AsyncIterableIterator<FeedMessage> {
  /** State and counts of the feed. */
  status(): FeedStatus;
}

/**
 * Subscribes to a node immediately and yields its messages. Reconnects without limit.
 *
 * Ends when `options.signal` aborts, when the consumer leaves the loop, or with an error thrown by
 * `onEvent`. Messages wait in a bounded queue (see `maxQueuedMessages`); dropped messages are
 * counted and reported.
 *
 * @throws {ZmqSourceError} if an option is invalid or no socket can be opened; never later
 * @example
 * for await (const message of streamNodeFeed({ endpoints: { rawtx: "tcp://127.0.0.1:28332" }, signal }))
 *   if (message.topic === "rawtx") use(message.rawBytes);
 */
export function streamNodeFeed(options: NodeFeedOptions): NodeFeed {
  return new LiveNodeFeed(resolveFeedOptions(options));
}

interface Waiter {
  readonly resolve: (result: IteratorResult<FeedMessage, undefined>) => void;
  readonly reject: (error: unknown) => void;
}

/** Topics with a message for every transaction. */
const busyTopics: ReadonlySet<FeedTopic> = new Set(["rawtx", "sequence"]);

const done = { done: true, value: undefined } as const;

/** Interval of the check for endless messages, ms. */
const UNFINISHED_CHECK_MS = 20;

/** A connection with its feed and socket. */
interface Connection extends WatchedConnection {
  readonly feed: EndpointFeed;
  readonly subscription: Subscription;
}

class LiveNodeFeed implements NodeFeed {
  readonly #options: ResolvedFeedOptions;
  readonly #queue: BoundedQueue<FeedMessage>;
  readonly #slowConsumer = new SlowConsumerReport();
  readonly #received = perTopic();
  readonly #feeds: EndpointFeed[] = [];
  readonly #connections: Connection[] = [];
  readonly #unfinished: UnfinishedMessages<Connection>;
  #unfinishedCheck: NodeJS.Timeout | null = null;
  readonly #waiters: Waiter[] = [];
  readonly #ended = new AbortController();
  readonly #abort = (): void => this.#end();
  #failure: { readonly error: unknown } | null = null;
  #lastMessageTimestamp: number | null = null;
  #silence: SilenceVerdict | null = null;

  constructor(options: ResolvedFeedOptions) {
    this.#options = options;
    this.#queue = new BoundedQueue(options.maxQueuedMessages, options.maxQueuedBytes);
    this.#unfinished = new UnfinishedMessages(options.maxUnfinishedBytes);
    if (options.signal?.aborted) {
      this.#end();
      return;
    }
    options.signal?.addEventListener("abort", this.#abort, { once: true });
    try {
      for (const { endpoint, topics } of options.endpoints) this.#subscribe(endpoint, topics);
    } catch (error) {
      this.#end();
      throw error;
    }
    this.#unfinishedCheck = setInterval(() => this.#checkUnfinished(), UNFINISHED_CHECK_MS).unref();
    if (options.silence !== null) void this.#watch(options.silence);
  }

  status(): FeedStatus {
    const missed = perTopic();
    for (const feed of this.#feeds) for (const topic of feedTopics) missed[topic] += feed.missed[topic];
    return {
      endpoints: this.#feeds.map((feed) => feed.status),
      received: { ...this.#received },
      missed,
      dropped: { ...this.#slowConsumer.dropped },
      invalidFrames: this.#feeds.reduce((sum, feed) => sum + feed.invalidFrames, 0),
      queuedMessages: this.#queue.length,
      queuedBytes: this.#queue.bytes,
      lastMessageTimestamp: this.#lastMessageTimestamp,
    };
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  next(): Promise<IteratorResult<FeedMessage, undefined>> {
    const message = this.#queue.shift();
    if (message !== undefined) return Promise.resolve({ done: false, value: message });
    if (this.#failure !== null) {
      const { error } = this.#failure;
      this.#failure = null;
      return Promise.reject(error);
    }
    if (this.#ended.signal.aborted) return Promise.resolve(done);
    return new Promise((resolve, reject) => this.#waiters.push({ resolve, reject }));
  }

  return(): Promise<IteratorResult<FeedMessage, undefined>> {
    this.#end();
    return Promise.resolve(done);
  }

  #subscribe(endpoint: ResolvedFeedOptions["endpoints"][number]["endpoint"], topics: readonly FeedTopic[]): void {
    const { now, maxMessageBytes, receiveHighWaterMark, sleep } = this.#options;
    const feed = new EndpointFeed(
      endpoint.address,
      topics,
      (message) => this.#accept(message),
      (event) => this.#emit(event),
    );
    this.#feeds.push(feed);
    const subscription = new Subscription({
      endpoint,
      topics,
      maxMessageBytes,
      receiveHighWaterMark,
      sleep,
      onFrames: (frames) => feed.onFrames(frames, now()),
      onChange: (change) => feed.onConnectionChange(change, now()),
      onFailure: (error) => this.#fail(error),
    });
    this.#connections.push({
      feed,
      subscription,
      get received() {
        return feed.receivedTotal;
      },
      drop: () => subscription.drop(),
    });
  }

  #checkUnfinished(): void {
    try {
      const memory = memoryUse();
      if (memory === null) return;
      const connected = this.#connections.filter(({ feed }) => feed.status.connected);
      for (const { feed } of this.#unfinished.check(memory, connected))
        feed.onDropped("a message without an end", this.#options.now());
    } catch (error) {
      this.#fail(error);
    }
  }

  #accept(message: FeedMessage): void {
    const { topic, timestamp } = message;
    this.#received[topic] += 1;
    this.#lastMessageTimestamp = timestamp;
    if (this.#silence !== null && this.#silentFeeds(timestamp).length === 0) {
      this.#silence = null;
      this.#emit({ type: "silence_ended", timestamp });
    }
    const queue = this.#queue;
    const { maxQueuedMessages, maxQueuedBytes } = this.#options;
    const waiter = this.#waiters.shift();
    waiter?.resolve({ done: false, value: message });
    const accepted = waiter !== undefined || queue.push(message, sizeOf(message));
    const report = accepted
      ? this.#slowConsumer.accept(timestamp, queue.length, maxQueuedMessages, queue.bytes, maxQueuedBytes)
      : this.#slowConsumer.drop(topic, timestamp, queue.length, queue.bytes);
    if (report !== null) this.#emit(report);
  }

  #emit(event: FeedEvent): void {
    if (!this.#ended.signal.aborted) this.#options.onEvent(event);
  }

  async #watch(silence: NonNullable<ResolvedFeedOptions["silence"]>): Promise<void> {
    const { signal } = this.#ended;
    const { now, sleep } = this.#options;
    try {
      await watchSilence(
        {
          ...silence,
          now,
          sleep,
          lastActivity: () => {
            const times = this.#watched().map(([time]) => time);
            return times.length === 0 ? null : Math.min(...times);
          },
          onVerdict: (verdict, silentSeconds, cause) => this.#onVerdict(verdict, silentSeconds, cause),
        },
        signal,
      );
    } catch (error) {
      if (!signal.aborted) this.#fail(error);
    }
  }

  /**
   * Established connections with a topic that has a message per transaction; all if there is no
   * such topic.
   */
  #watched(): [lastActivity: number, feed: EndpointFeed][] {
    const busy = this.#feeds.filter(({ status }) => status.topics.some((topic) => busyTopics.has(topic)));
    return (busy.length > 0 ? busy : this.#feeds).flatMap((feed): [number, EndpointFeed][] =>
      feed.status.connected && feed.lastActivity !== null ? [[feed.lastActivity, feed]] : [],
    );
  }

  #silentFeeds(now: number): EndpointFeed[] {
    const afterSeconds = this.#options.silence?.afterSeconds ?? Number.POSITIVE_INFINITY;
    return this.#watched().flatMap(([time, feed]) => (now - time >= afterSeconds ? [feed] : []));
  }

  #onVerdict(verdict: SilenceVerdict, silentSeconds: number, cause: unknown): void {
    const timestamp = this.#options.now();
    const silent = this.#silentFeeds(timestamp);
    const known = this.#silence === verdict;
    this.#silence = verdict;
    const endpoints = silent.map((feed) => feed.status.address);
    if (!known) this.#emit({ type: "silence", verdict, endpoints, silentSeconds, cause, timestamp });
    if (verdict === "feed_dead")
      for (const { feed, subscription } of this.#connections) if (silent.includes(feed)) subscription.reopen();
  }

  #fail(error: unknown): void {
    if (this.#ended.signal.aborted) return;
    const waiter = this.#waiters.shift();
    if (waiter !== undefined) waiter.reject(error);
    else this.#failure = { error };
    this.#end();
  }

  #end(): void {
    if (this.#ended.signal.aborted) return;
    this.#ended.abort();
    this.#options.signal?.removeEventListener("abort", this.#abort);
    if (this.#unfinishedCheck !== null) clearInterval(this.#unfinishedCheck);
    for (const { subscription } of this.#connections) subscription.close();
    this.#queue.clear();
    for (const waiter of this.#waiters.splice(0)) waiter.resolve(done);
  }
}

/** Estimated memory of a message besides its body. */
const MESSAGE_OVERHEAD_BYTES = 400;

/** Memory of a queued message. */
function sizeOf(message: FeedMessage): number {
  return MESSAGE_OVERHEAD_BYTES + ("rawBytes" in message ? message.rawBytes.length : 64);
}
