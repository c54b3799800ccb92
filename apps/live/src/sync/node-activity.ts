import { type NodeRpc, NodeRpcError } from "@utxoracle/node-rpc";

/**
 * A text that changes when the node should have published a message. Unexpected errors end the
 * feed.
 */
export async function activityOf(node: NodeRpc, signal: AbortSignal, fail: (error: unknown) => void): Promise<string> {
  try {
    return await node.getActivity({ signal });
  } catch (error) {
    if (!(error instanceof NodeRpcError) && !signal.aborted) fail(error);
    throw error;
  }
}
