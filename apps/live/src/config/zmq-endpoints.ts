import { type NodeRpc, NodeRpcError, type ZmqNotification } from "@utxoracle/node-rpc";
import { type FeedTopic, subscriberAddress } from "@utxoracle/zmq-source";

/** Topics that the service subscribes to. */
export type ServiceTopic = "rawtx" | "rawblock" | "sequence";
export const serviceTopics = ["rawtx", "rawblock", "sequence"] as const satisfies readonly ServiceTopic[];

/** Address of each subscribed topic. */
export type Endpoints = { readonly [Topic in FeedTopic]?: string };

/** The `--zmq-*` settings: `auto`, `none` or an address. */
export type ZmqSettings = { readonly [Topic in ServiceTopic]: string };

/** Ports of the README's bitcoin.conf. */
const DOCUMENTED_PORTS = { rawtx: 28332, rawblock: 28333, sequence: 28334 } as const;

/** Address of a topic as documented, on the node's host. */
export function documentedEndpoint(topic: ServiceTopic, host: string | null): string {
  const written = host === null ? "127.0.0.1" : host.includes(":") ? `[${host}]` : host;
  return `tcp://${written}:${DOCUMENTED_PORTS[topic]}`;
}

/**
 * Replaces `auto` by the address that the node publishes the topic at, or by the documented one.
 * @param published answer of `getzmqnotifications`; null: unknown.
 * @param host host of the node's RPC; null without RPC.
 */
export function resolveEndpoints(
  settings: ZmqSettings,
  published: readonly ZmqNotification[] | null,
  host: string | null,
): Endpoints {
  const endpoints: { [Topic in FeedTopic]?: string } = {};
  for (const topic of serviceTopics) {
    const setting = settings[topic];
    if (setting === "none") continue;
    endpoints[topic] =
      setting === "auto" ? (publishedEndpoint(topic, published, host) ?? documentedEndpoint(topic, host)) : setting;
  }
  return endpoints;
}

function publishedEndpoint(
  topic: ServiceTopic,
  published: readonly ZmqNotification[] | null,
  host: string | null,
): string | null {
  const address = published?.find(({ type }) => type === `pub${topic}`)?.address;
  if (address === undefined) return null;
  return host === null ? address : subscriberAddress(address, host);
}

/** Whether any topic is `auto`. */
export const hasAuto = (settings: ZmqSettings): boolean => serviceTopics.some((topic) => settings[topic] === "auto");

/** Whether two sets of endpoints are equal. */
export const sameEndpoints = (one: Endpoints, other: Endpoints): boolean =>
  serviceTopics.every((topic) => one[topic] === other[topic]);

/** @returns null if the node does not answer the call. */
export async function publishedTopics(
  node: Pick<NodeRpc, "getZmqNotifications">,
  signal?: AbortSignal,
): Promise<ZmqNotification[] | null> {
  try {
    return await node.getZmqNotifications(signal === undefined ? {} : { signal });
  } catch (error) {
    if (error instanceof NodeRpcError) return null;
    throw error;
  }
}
