import type { HealthTopic } from "@utxoracle/models";
import { type BlockchainInfo, type NodeRpc, NodeRpcError } from "@utxoracle/node-rpc";
import type { FeedTopic } from "@utxoracle/zmq-source";
import { chainChangeSentence, lackOfBlocks } from "../chain/chain-sync.ts";
import { relayProblem } from "../chain/relay-problem.ts";
import { LEAST_NODE_VERSION } from "../chain/rpc-checks.ts";
import { checkTopics } from "../chain/zmq-checks.ts";
import type { ReadinessReason } from "../state/service-state.ts";

/** The calls of the checks. */
export type CheckedNode = Pick<NodeRpc, "getNetworkInfo" | "getZmqNotifications">;

/**
 * Why nothing of the node is taken yet; null when it can be.
 * @param chain the one asked for; null: any.
 * @param before the one that was taken in until now; null: none.
 */
export function unfitness(
  info: BlockchainInfo,
  chain: string | null,
  before: string | null = null,
): ReadinessReason | null {
  if (chain !== null && info.chain !== chain)
    return {
      code: "wrong_chain",
      message: `the node is on chain ${info.chain}, --chain asks for ${chain}: connect another node or change --chain`,
    };
  if (before !== null && info.chain !== before)
    return { code: "wrong_chain", message: chainChangeSentence(info.chain, before) };
  const lack = lackOfBlocks(info);
  if (lack === null) return null;
  return {
    code: "node_syncing",
    message: `the node ${lack} and publishes old blocks as it gets them: there is a price when it is done`,
  };
}

/**
 * What is wrong with a node although it serves: too old, deaf to transactions, or not publishing what is listened to. Each
 * with the remedy. A node that refuses these calls is taken as it is: `doctor` says which calls it forbids.
 */
export async function nodeFindings(
  node: CheckedNode,
  endpoints: { readonly [Topic in FeedTopic]?: string },
  chain: string,
  signal: AbortSignal,
): Promise<ReadinessReason[]> {
  const findings: ReadinessReason[] = [];
  const network = await unlessRefused(node.getNetworkInfo({ signal }));
  if (network !== null && network.version < LEAST_NODE_VERSION)
    findings.push({
      code: "node_too_old",
      message: `the node is ${network.subversion}: 25.0 or later is needed; update it`,
    });
  const deaf = network === null ? null : relayProblem(network, chain);
  if (deaf !== null) findings.push(deaf);
  const published = await unlessRefused(node.getZmqNotifications({ signal }));
  if (published === null) return findings;
  const place = { version: network?.version ?? null, host: null };
  for (const { check, message, bitcoinConf } of checkTopics(endpoints, published, place)) {
    const topic = check.slice("topic_".length) as HealthTopic;
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
