import { checkKinds, checkOptions, kindOf, type OptionKind } from "./argument.ts";
import { type Endpoint, parseEndpoint } from "./endpoint.ts";
import { numberOption, ZmqSourceError } from "./error.ts";
import type { FeedEvent } from "./event.ts";
import type { SilenceOptions, SilenceWatch } from "./silence.ts";
import { type Sleep, systemNow, systemSleep } from "./sleep.ts";
import { type FeedTopic, feedTopics, MAX_BODY_BYTES } from "./topic.ts";

/** Options of all feeds. */
export interface FeedOptions {
  /** Ends the feed: the iteration finishes, sockets close, queued messages are dropped. */
  readonly signal?: AbortSignal | undefined;
  /** Clock for timestamps, Unix seconds. Default: the system's. */
  readonly now?: (() => number) | undefined;
  /** Called with each event. If it throws, the feed ends with that error. */
  readonly onEvent?: ((event: FeedEvent) => void) | undefined;
  /** Silence check: `{ afterSeconds = 60, everySeconds = 15, probe }`. Default: none. */
  readonly silence?: SilenceOptions | undefined;
  /**
   * Maximum number of queued messages; default 100,000. Further messages are dropped, counted and
   * reported.
   */
  readonly maxQueuedMessages?: number | undefined;
  /** Maximum bytes of queued messages; default 64 MiB. */
  readonly maxQueuedBytes?: number | undefined;
  /**
   * Messages that ZeroMQ buffers per socket, each up to `maxMessageBytes`; default 16. Further
   * messages wait in system buffers and at the publisher. Sockets with only `hashblock` and
   * `sequence` buffer up to 50,000 messages of 1 KiB.
   */
  readonly receiveHighWaterMark?: number | undefined;
  /**
   * Maximum message size; default 4,000,000, the size of a block. A larger message causes a
   * reconnection.
   */
  readonly maxMessageBytes?: number | undefined;
  /**
   * Maximum memory of incomplete messages, bytes; default 64 MiB. Whatever else the process takes
   * outside the JavaScript heap since the last message counts too. ZeroMQ buffers all parts of a
   * message until the last one, so a connection that sends parts without end is closed and
   * reopened.
   */
  readonly maxUnfinishedBytes?: number | undefined;
  /** Timer. Default: the system's. */
  readonly sleep?: Sleep | undefined;
}

/** Options of {@link streamNodeFeed}. */
export interface NodeFeedOptions extends FeedOptions {
  /**
   * Address of each topic, e.g. `tcp://127.0.0.1:28332`; at least one. Equal addresses share a
   * socket.
   */
  readonly endpoints: { readonly [Topic in FeedTopic]?: string | undefined };
}

/** Validated options with defaults. */
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

export const feedOptionKinds: { readonly [Name in keyof Required<FeedOptions>]: OptionKind } = {
  signal: "signal",
  now: "function",
  onEvent: "function",
  silence: "object",
  maxQueuedMessages: "any",
  maxQueuedBytes: "any",
  receiveHighWaterMark: "any",
  maxMessageBytes: "any",
  maxUnfinishedBytes: "any",
  sleep: "function",
};

const invalidOption = (name: string, problem: string): ZmqSourceError =>
  new ZmqSourceError("invalid_option", name, problem);

/** @throws {ZmqSourceError} `invalid_endpoint` or `invalid_option` */
export function resolveFeedOptions(options: NodeFeedOptions): ResolvedFeedOptions {
  checkOptions(options, '{ endpoints: { rawtx: "tcp://127.0.0.1:28332" } }');
  checkKinds(options, { ...feedOptionKinds, endpoints: "any" }, invalidOption);
  const { silence } = options;
  if (silence !== undefined)
    checkKinds(silence, { afterSeconds: "any", everySeconds: "any", probe: "function" }, (name, problem) =>
      invalidOption(`silence.${name}`, problem),
    );
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
  if (typeof endpoints !== "object" || endpoints === null || Array.isArray(endpoints))
    throw invalidOption(
      "endpoints",
      `must be an object of addresses by topic, such as { rawtx: "tcp://127.0.0.1:28332" }, not ${kindOf(endpoints)}`,
    );
  const unknown = Object.keys(endpoints).find((key) => !(feedTopics as readonly string[]).includes(key));
  if (unknown !== undefined)
    throw new ZmqSourceError(
      "invalid_option",
      `endpoints.${unknown}`,
      `unknown topic; expected one of ${feedTopics.join(", ")}`,
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
      `must have an address for at least one of ${feedTopics.join(", ")}`,
    );
  return [...byAddress.values()];
}
