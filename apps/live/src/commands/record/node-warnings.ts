import { NodeRpcError } from "@utxoracle/node-rpc";
import type { FeedTopic } from "@utxoracle/zmq-source";
import type { Logger } from "pino";
import { type CheckedNode, nodeFindings } from "../../sync/node-checks.ts";

/**
 * Logs problems of the node that make a recording incomplete, e.g. `blocksonly=1` or an unpublished
 * topic.
 */
export async function logNodeFindings(
  node: CheckedNode,
  endpoints: { readonly [Topic in FeedTopic]?: string },
  chain: string,
  log: Logger,
  signal: AbortSignal,
): Promise<void> {
  try {
    for (const { code, message } of await nodeFindings(node, endpoints, chain, signal)) log.warn({ code }, message);
  } catch (error) {
    if (!(error instanceof NodeRpcError)) throw error;
    if (error.code !== "aborted") log.warn({ code: `rpc_${error.code}` }, `node not checked: ${error.message}`);
  }
}
