import { type NodeRpc, NodeRpcError } from "@utxoracle/node-rpc";
import type { FeedTopic } from "@utxoracle/zmq-source";
import { relayProblem } from "../chain/relay-problem.ts";
import { MIN_NODE_VERSION } from "../chain/rpc-checks.ts";
import { checkTopics } from "../chain/zmq-checks.ts";
import { serviceTopics } from "../config/zmq-endpoints.ts";
import type { ReadinessReason } from "../state/service-state.ts";

/** RPC calls of the checks. */
export type CheckedNode = Pick<NodeRpc, "getNetworkInfo" | "getZmqNotifications">;

/**
 * Problems of a reachable node: too old, receiving no transactions, or not publishing a topic. Each
 * has its remedy. Calls that the node forbids are skipped; `doctor` lists them.
 */
export async function nodeFindings(
  node: CheckedNode,
  endpoints: { readonly [Topic in FeedTopic]?: string },
  chain: string,
  signal: AbortSignal,
): Promise<ReadinessReason[]> {
  const findings: ReadinessReason[] = [];
  const network = await unlessRefused(node.getNetworkInfo({ signal }));
  if (network !== null && network.version < MIN_NODE_VERSION)
    findings.push({
      code: "node_too_old",
      message: `the node is ${network.subversion}: 25.0 or later is needed; update it`,
    });
  const relay = network === null ? null : relayProblem(network, chain);
  if (relay !== null) findings.push(relay);
  const published = await unlessRefused(node.getZmqNotifications({ signal }));
  if (published === null) return findings;
  const place = { version: network?.version ?? null, host: null };
  // One finding per topic, in this order.
  for (const [index, { message, bitcoinConf }] of checkTopics(endpoints, published, place).entries()) {
    const topic = serviceTopics[index];
    if (topic === undefined) break;
    const isPublished = published.some(({ type }) => type === `pub${topic}`);
    if (endpoints[topic] === undefined || isPublished) continue;
    findings.push({
      code: `topic_${topic}_unpublished`,
      message: `${message}; add to its bitcoin.conf: ${bitcoinConf.join(", ")}`,
    });
  }
  return findings;
}

async function unlessRefused<T>(answer: Promise<T>): Promise<T | null> {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof NodeRpcError && (error.code === "forbidden" || error.code === "rpc_error")) return null;
    throw error;
  }
}
