import { type BlockchainInfo, type NodeRpc, NodeRpcError } from "@utxoracle/node-rpc";
import type { FeedTopic } from "@utxoracle/zmq-source";
import { chainChangeSentence, lackOfBlocks } from "../chain/chain-sync.ts";
import { relayProblem } from "../chain/relay-problem.ts";
import { LEAST_NODE_VERSION } from "../chain/rpc-checks.ts";
import { checkTopics, serviceTopics } from "../chain/zmq-checks.ts";
import type { ReadinessReason } from "../state/service-state.ts";

/** The calls of the checks. */
export type CheckedNode = Pick<NodeRpc, "getNetworkInfo" | "getZmqNotifications">;

/** Why a node's data is not used, with what to do. */
export interface NodeRejection {
  readonly code: "wrong_chain" | "node_syncing";
  readonly message: string;
}

/**
 * Why the node is rejected; null when it is not.
 * @param chain the chain that the settings require; null: any.
 * @param before the chain that the window was filled from; null: none.
 */
export function rejectionReason(
  info: BlockchainInfo,
  chain: string | null,
  before: string | null = null,
): NodeRejection | null {
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
 * Problems of a node that serves: too old, receiving no transactions, or not publishing a topic. Each with its remedy. A
 * node that forbids these calls is not checked: `doctor` lists the calls it forbids.
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
