import type { ZmqNotification } from "@utxoracle/node-rpc";
import { type FeedTopic, publisherAddress, streamNodeFeed, subscriberAddress } from "@utxoracle/zmq-source";
import { documentedEndpoint, type Endpoints, type ServiceTopic, serviceTopics } from "../config/zmq-endpoints.ts";
import { type Finding, finding } from "./finding.ts";

/** Topics that the service subscribes to, with the effect of their absence. */
const TOPICS: { readonly [Topic in ServiceTopic]: string } = {
  rawtx: "without it, there is no live price",
  rawblock: "without it, blocks are fetched over RPC or missing",
  sequence: "without it, replaced and evicted transactions are noticed late or, without RPC, stay until they expire",
};

/** How the node is reached, to suggest addresses. */
export interface NodePlace {
  /** From `getnetworkinfo`; null: unknown. */
  readonly version: number | null;
  /** Host of its RPC address; null without RPC. */
  readonly host: string | null;
}

/**
 * Checks that the node publishes each topic, at the address in the settings, without a message
 * limit.
 */
export function checkTopics(
  endpoints: Endpoints,
  published: readonly ZmqNotification[] | null,
  { version, host }: NodePlace,
): Finding[] {
  const subscribed = ({ address }: ZmqNotification): string =>
    host === null ? address : subscriberAddress(address, host);
  return serviceTopics.map((topic) => {
    const check = `topic_${topic}` as const;
    if (published === null)
      return finding(
        check,
        "unknown",
        host === null ? "not checked: no RPC" : "not checked: the node did not list its ZMQ topics",
      );
    const publications = published.filter(({ type }) => type === `pub${topic}`);
    const wanted = endpoints[topic];
    const address = publisherAddress(wanted ?? documentedEndpoint(topic, host), version ?? undefined);
    const lines = [`zmqpub${topic}=${address}`, `zmqpub${topic}hwm=0`];
    if (publications.length === 0)
      return finding(
        check,
        topic === "rawtx" ? "failed" : "warning",
        `the node does not publish ${topic}: ${TOPICS[topic]}`,
        lines,
      );
    if (wanted === undefined)
      return finding(
        check,
        "warning",
        `the node publishes ${topic}, but --zmq-${topic} is none: ${TOPICS[topic]}; set --zmq-${topic} ${publications.map(subscribed)[0]}`,
      );
    const here = publications.find(({ address }) => placeOf(address) === placeOf(wanted));
    if (here === undefined)
      return finding(
        check,
        "failed",
        `the node publishes ${topic} at ${publications.map(({ address }) => address).join(", ")}, but --zmq-${topic} is ${wanted}: set --zmq-${topic} ${publications.map(subscribed).join(" or ")}`,
      );
    const setting = limitingTopic(here, published);
    if (setting.highWaterMark !== 0 && topic !== "rawblock")
      return finding(
        check,
        "warning",
        `the node drops ${topic} messages when more than ${setting.highWaterMark} are queued, as at every full block` +
          (setting.type === here.type ? "" : `: this address uses the limit of ${setting.type.slice("pub".length)}`),
        linesFor([setting, here]),
      );
    return finding(check, "ok", `the node publishes ${topic} at ${here.address}`);
  });
}

/** Lines for bitcoin.conf that remove the message limits. */
function linesFor(publications: readonly ZmqNotification[]): string[] {
  const limited = publications.filter(({ highWaterMark }) => highWaterMark !== 0);
  return [...new Set(limited.map(({ type }) => `zmq${type}hwm=0`))];
}

/**
 * Topics at one address share a socket with the limit of the topic opened first. The node lists
 * topics in that order.
 */
function limitingTopic(publication: ZmqNotification, published: readonly ZmqNotification[]): ZmqNotification {
  return published.find(({ address }) => address === publication.address) ?? publication;
}

/** Port or socket path: equal for two spellings of one endpoint. */
function placeOf(address: string): string {
  return /^tcp:.*:(\d+)$/i.exec(address)?.[1] ?? address.replace(/^(?:ipc:\/\/|unix:)/i, "");
}

/**
 * Whether a ZeroMQ publisher answers at each endpoint.
 * @param timeoutMs wait for an endpoint that neither answers nor refuses.
 */
export async function checkFeeds(endpoints: Endpoints, timeoutMs: number): Promise<Finding[]> {
  const open = new Set(serviceTopics.filter((topic) => endpoints[topic] !== undefined));
  const results = new Map<FeedTopic, Finding>();
  const controller = new AbortController();
  const timer = setTimeout(() => controller.abort(), timeoutMs);
  const settle = (topics: readonly FeedTopic[], result: "ok" | "failed", message: string): void => {
    for (const topic of serviceTopics) {
      if (!topics.includes(topic) || !open.delete(topic)) continue;
      results.set(topic, finding(`feed_${topic}`, result, message));
    }
    if (open.size === 0) controller.abort();
  };
  const feed = streamNodeFeed({
    endpoints,
    signal: controller.signal,
    onEvent: (event) => {
      if (event.type === "connected")
        settle(event.topics, "ok", `${event.endpoint} answers (${event.topics.join(", ")})`);
      else if (event.type === "connect_failed") settle(event.topics, "failed", event.message);
    },
  });
  for await (const _message of feed) if (open.size === 0) break;
  clearTimeout(timer);
  return serviceTopics
    .filter((topic) => endpoints[topic] !== undefined)
    .map(
      (topic) =>
        results.get(topic) ??
        finding(`feed_${topic}`, "failed", `${endpoints[topic]} did not answer within ${timeoutMs / 1000} s`),
    );
}
