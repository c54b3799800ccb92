import { NodeRpcError } from "@utxoracle/node-rpc";
import type { FeedTopic } from "@utxoracle/zmq-source";
import type { Logger } from "pino";
import { logLine } from "../../logging/log-line.ts";
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
    if (error.code !== "aborted") logLine(log, "node not checked", { code: `rpc_${error.code}` }, error.message);
  }
}
