import { type NodeRpc, NodeRpcError } from "@utxoracle/node-rpc";
import { ExitCode, UserError } from "../../config/user-error.ts";

/**
 * The chain that a recording says it is of: what the node says. Null when the node cannot be asked and no chain is wanted.
 *
 * @param wanted the chain that the settings name; null: any
 * @param signal ends the question; then the answer is null
 * @throws {UserError} when the node is on another chain than the one wanted, or cannot be asked which it is on
 */
export async function recordedChain(
  node: Pick<NodeRpc, "getBlockchainInfo"> | null,
  wanted: string | null,
  signal?: AbortSignal,
): Promise<string | null> {
  if (node === null) {
    if (wanted === null) return null;
    throw new UserError("record --chain: without RPC nobody can say which chain it is: give --rpc-url, or no --chain");
  }
  let chain: string;
  try {
    ({ chain } = await node.getBlockchainInfo(signal === undefined ? {} : { signal }));
  } catch (error) {
    if (!(error instanceof NodeRpcError)) throw error;
    if (wanted === null || error.code === "aborted") return null;
    const message = `record --chain: the node cannot be asked which chain it is on: ${error.message}`;
    throw new UserError(message, ExitCode.unreachable, { cause: error });
  }
  if (wanted !== null && chain !== wanted)
    throw new UserError(`record --chain: the node is on ${chain}, not on ${wanted}`);
  return chain;
}
