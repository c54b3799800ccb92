import { type NodeRpc, NodeRpcError } from "@utxoracle/node-rpc";
import { ExitCode, UserError } from "../../config/user-error.ts";

/**
 * Chain to write into a recording, as the node reports it.
 * @param wanted `--chain`; null: any chain.
 * @param signal aborts the request.
 * @returns null if the node does not answer and `wanted` is null, or the signal aborts.
 * @throws {UserError} if the node is on another chain than `wanted`, or does not answer.
 */
export async function recordedChain(
  node: Pick<NodeRpc, "getBlockchainInfo"> | null,
  wanted: string | null,
  signal?: AbortSignal,
): Promise<string | null> {
  if (node === null) {
    if (wanted === null) return null;
    throw new UserError("record: --chain needs RPC to check the node's chain; set --rpc-url, or omit --chain");
  }
  let chain: string;
  try {
    ({ chain } = await node.getBlockchainInfo(signal === undefined ? {} : { signal }));
  } catch (error) {
    if (!(error instanceof NodeRpcError)) throw error;
    if (wanted === null || error.code === "aborted") return null;
    const message = `record: cannot check --chain: ${error.message}`;
    throw new UserError(message, ExitCode.unreachable, { cause: error });
  }
  if (wanted !== null && chain !== wanted)
    throw new UserError(`record: the node is on chain ${chain}, but --chain is ${wanted}`);
  return chain;
}
