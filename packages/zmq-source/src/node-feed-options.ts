import { type Endpoint, parseEndpoint } from "./endpoint.ts";
import { numberOption, ZmqSourceError } from "./error.ts";
import type { FeedEvent } from "./event.ts";
import type { SilenceOptions, SilenceWatch } from "./silence.ts";
import { type Sleep, systemNow, systemSleep } from "./sleep.ts";
import { type FeedTopic, feedTopics, MAX_BODY_BYTES } from "./topic.ts";

/** Options that every feed takes. */
export interface FeedOptions {
  /** Ends the feed: the iteration finishes, the sockets close, what was queued is let go. */
  readonly signal?: AbortSignal | undefined;
  /** Unix seconds; default the system's clock. Stamps messages and events. */
  readonly now?: (() => number) | undefined;
  /** Hears what happens around the feed. What it throws ends the feed with that error. */
  readonly onEvent?: ((event: FeedEvent) => void) | undefined;
  /** Watch for silence; default no watch. */
  readonly silence?: SilenceOptions | undefined;
  /** Most messages waiting for the consumer; default 100,000. What arrives beyond is dropped, counted and reported. */
  readonly maxQueuedMessages?: number | undefined;
  /** Most bytes of messages waiting for the consumer; default 64 MiB. */
  readonly maxQueuedBytes?: number | undefined;
  /**
   * Messages that ZeroMQ may hold per socket while the process is busy; default 16, each of up to `maxMessageBytes`. What
   * is beyond waits in the system's buffers and with the publisher. Sockets for hashes alone hold up to 50,000 of 1 KiB.
   */
  readonly receiveHighWaterMark?: number | undefined;
  /** The biggest message that is accepted; default 4,000,000, a block. A bigger one ends the connection, and a new one is made. */
  readonly maxMessageBytes?: number | undefined;
  /**
   * Memory that unfinished messages may take, bytes; default 64 MiB. ZeroMQ holds the parts of a message until the last one
   * is there, so a connection that brings parts without an end is dropped, and a new one is made.
   */
  readonly maxUnfinishedBytes?: number | undefined;
  /** The timer; default the system's. */
  readonly sleep?: Sleep | undefined;
}

/** Options of {@link streamNodeFeed}. */
export interface NodeFeedOptions extends FeedOptions {
  /** Where the node publishes each topic, like `tcp://127.0.0.1:28332`; at least one. Equal addresses share a socket. */
  readonly endpoints: { readonly [Topic in FeedTopic]?: string | undefined };
}

/** The options, checked and complete. */
export interface ResolvedFeedOptions {
  /** One entry per distinct address. */
  readonly endpoints: readonly { readonly endpoint: Endpoint; readonly topics: readonly FeedTopic[] }[];
  readonly signal: AbortSignal | null;
  readonly now: () => number;
  readonly onEvent: (event: FeedEvent) => void;
  readonly silence: Pick<SilenceWatch, "afterSeconds" | "everySeconds" | "probe"> | null;
  readonly maxQueuedMessages: number;
  readonly maxQueuedBytes: number;
  readonly receiveHighWaterMark: number;
  readonly maxMessageBytes: number;
  readonly maxUnfinishedBytes: number;
  readonly sleep: Sleep;
}

const MIB = 2 ** 20;

/** @throws {ZmqSourceError} `invalid_endpoint` or `invalid_option`, naming the option. */
export function resolveFeedOptions(options: NodeFeedOptions): ResolvedFeedOptions {
  const { silence } = options;
  return {
    endpoints: resolveEndpoints(options.endpoints),
    signal: options.signal ?? null,
    now: options.now ?? systemNow,
    onEvent: options.onEvent ?? (() => {}),
    silence:
      silence === undefined
        ? null
        : {
            afterSeconds: numberOption("silence.afterSeconds", silence.afterSeconds ?? 60, 0.001),
            everySeconds: numberOption("silence.everySeconds", silence.everySeconds ?? 15, 0.001),
            probe: silence.probe,
          },
    maxQueuedMessages: numberOption("maxQueuedMessages", options.maxQueuedMessages ?? 100_000, 1),
    maxQueuedBytes: numberOption("maxQueuedBytes", options.maxQueuedBytes ?? 64 * MIB, 1),
    receiveHighWaterMark: numberOption("receiveHighWaterMark", options.receiveHighWaterMark ?? 16, 1, 2 ** 31 - 1),
    maxMessageBytes: numberOption("maxMessageBytes", options.maxMessageBytes ?? MAX_BODY_BYTES, 1),
    maxUnfinishedBytes: numberOption("maxUnfinishedBytes", options.maxUnfinishedBytes ?? 64 * MIB, MIB),
    sleep: options.sleep ?? systemSleep,
  };
}

function resolveEndpoints(endpoints: NodeFeedOptions["endpoints"]): ResolvedFeedOptions["endpoints"] {
  if (typeof endpoints !== "object" || endpoints === null)
    throw new ZmqSourceError("invalid_option", "endpoints", "must be an object of addresses by topic");
  const unknown = Object.keys(endpoints).find((key) => !(feedTopics as readonly string[]).includes(key));
  if (unknown !== undefined)
    throw new ZmqSourceError(
      "invalid_option",
      `endpoints.${unknown}`,
      `no such topic; known: ${feedTopics.join(", ")}`,
    );
  const byAddress = new Map<string, { endpoint: Endpoint; topics: FeedTopic[] }>();
  for (const topic of feedTopics) {
    if (endpoints[topic] === undefined) continue;
    const endpoint = parseEndpoint(`endpoints.${topic}`, endpoints[topic]);
    const shared = byAddress.get(endpoint.address);
    if (shared === undefined) byAddress.set(endpoint.address, { endpoint, topics: [topic] });
    else shared.topics.push(topic);
  }
  if (byAddress.size === 0)
    throw new ZmqSourceError(
      "invalid_option",
      "endpoints",
      `name an address for at least one of ${feedTopics.join(", ")}`,
    );
  return [...byAddress.values()];
}
