import { BoundedQueue } from "./bounded-queue.ts";
import { EndpointFeed, type EndpointStatus } from "./endpoint-feed.ts";
import type { FeedEvent, SilenceVerdict } from "./event.ts";
import { type NodeFeedOptions, type ResolvedFeedOptions, resolveFeedOptions } from "./node-feed-options.ts";
import { watchSilence } from "./silence.ts";
import { SlowConsumerReport } from "./slow-consumer.ts";
import { Subscription } from "./subscription.ts";
import { type FeedMessage, type FeedTopic, feedTopics, perTopic } from "./topic.ts";
import { nativeBytes, UnfinishedMessages, type WatchedConnection } from "./unfinished-messages.ts";

/** How the feed stands at one moment. The counts begin with the feed and never fall. */
export interface FeedStatus {
  readonly endpoints: readonly EndpointStatus[];
  /** Valid messages that arrived, per topic, repeats included. */
  readonly received: Readonly<Record<FeedTopic, number>>;
  /** Messages that never arrived, by the publisher's counters. */
  readonly missed: Readonly<Record<FeedTopic, number>>;
  /** Messages that arrived while the queue was full. */
  readonly dropped: Readonly<Record<FeedTopic, number>>;
  readonly invalidFrames: number;
  readonly queuedMessages: number;
  readonly queuedBytes: number;
  /** Unix seconds; null before the first. */
  readonly lastMessageTimestamp: number | null;
}

/** A node's messages in the order of their arrival per address. One consumer; `return()` (a `break`) ends it like the signal. */
export interface NodeFeed extends AsyncIterableIterator<FeedMessage> {
  /** What was received, missed and dropped so far. */
  status(): FeedStatus;
}

/**
 * Subscribes to a node at once and gives its messages as they come, for ever: connections that fall are made anew.
 * It ends when `options.signal` aborts, when the consumer leaves the loop, or with the error that `onEvent` threw.
 * Nobody is asked to be fast: a queue stands between (see `maxQueuedMessages`); what it refuses is counted and reported.
 * @throws {ZmqSourceError} when an option is wrong or no socket can be opened; never later.
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

/** The topics that a node publishes with every transaction. */
const busyTopics: ReadonlySet<FeedTopic> = new Set(["rawtx", "sequence"]);

const done = { done: true, value: undefined } as const;

/** Between two looks for messages without an end, ms. */
const LOOK_MS = 200;

/** A connection with what has arrived over it. */
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
  #looks: NodeJS.Timeout | null = null;
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
    this.#looks = setInterval(() => this.#lookForUnfinished(), LOOK_MS).unref();
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
      (event) => this.#tell(event),
    );
    this.#feeds.push(feed);
    const subscription = new Subscription({
      endpoint,
      topics,
      maxMessageBytes,
      receiveHighWaterMark,
      sleep,
      onFrames: (frames) => feed.received(frames, now()),
      onChange: (change) => feed.changed(change, now()),
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

  #lookForUnfinished(): void {
    try {
      const standing = this.#connections.filter(({ feed }) => feed.status.connected);
      for (const { feed } of this.#unfinished.look(nativeBytes(), standing))
        feed.dropped("a message without an end", this.#options.now());
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
      this.#tell({ type: "silence_ended", timestamp });
    }
    const queue = this.#queue;
    const { maxQueuedMessages, maxQueuedBytes } = this.#options;
    const waiter = this.#waiters.shift();
    waiter?.resolve({ done: false, value: message });
    const accepted = waiter !== undefined || queue.push(message, sizeOf(message));
    const report = accepted
      ? this.#slowConsumer.accept(timestamp, queue.length, maxQueuedMessages, queue.bytes, maxQueuedBytes)
      : this.#slowConsumer.drop(topic, timestamp, queue.length, queue.bytes);
    if (report !== null) this.#tell(report);
  }

  #tell(event: FeedEvent): void {
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
          lastSign: () => {
            const signs = this.#watched().map(([sign]) => sign);
            return signs.length === 0 ? null : Math.min(...signs);
          },
          onVerdict: (verdict, silentSeconds, cause) => this.#judge(verdict, silentSeconds, cause),
        },
        signal,
      );
    } catch (error) {
      if (!signal.aborted) this.#fail(error);
    }
  }

  /** The connections that stand and bring something with every transaction (or all, where no such topic was asked for). */
  #watched(): [lastSign: number, feed: EndpointFeed][] {
    const busy = this.#feeds.filter(({ status }) => status.topics.some((topic) => busyTopics.has(topic)));
    return (busy.length > 0 ? busy : this.#feeds).flatMap((feed): [number, EndpointFeed][] =>
      feed.status.connected && feed.lastSign !== null ? [[feed.lastSign, feed]] : [],
    );
  }

  #silentFeeds(now: number): EndpointFeed[] {
    const afterSeconds = this.#options.silence?.afterSeconds ?? Number.POSITIVE_INFINITY;
    return this.#watched().flatMap(([sign, feed]) => (now - sign >= afterSeconds ? [feed] : []));
  }

  #judge(verdict: SilenceVerdict, silentSeconds: number, cause: unknown): void {
    const timestamp = this.#options.now();
    const silent = this.#silentFeeds(timestamp);
    const known = this.#silence === verdict;
    this.#silence = verdict;
    const endpoints = silent.map((feed) => feed.status.address);
    if (!known) this.#tell({ type: "silence", verdict, endpoints, silentSeconds, cause, timestamp });
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
    if (this.#looks !== null) clearInterval(this.#looks);
    for (const { subscription } of this.#connections) subscription.close();
    this.#queue.clear();
    for (const waiter of this.#waiters.splice(0)) waiter.resolve(done);
  }
}

/** Memory of the objects around a message's body. */
const MESSAGE_OVERHEAD_BYTES = 400;

/** Bytes that a waiting message holds on to. */
function sizeOf(message: FeedMessage): number {
  return MESSAGE_OVERHEAD_BYTES + ("rawBytes" in message ? message.rawBytes.length : 64);
}
