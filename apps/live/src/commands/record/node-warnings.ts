import { NodeRpcError } from "@utxoracle/node-rpc";
import type { FeedTopic } from "@utxoracle/zmq-source";
import type { Logger } from "pino";
import { type CheckedNode, nodeFindings } from "../../sync/node-checks.ts";

/** Warns of what a recording of this node will lack: a node that hears of no payments, a topic that it does not publish. */
export async function warnOfNode(
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
