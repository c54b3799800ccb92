/**
 * A JSON-RPC client for a Bitcoin node: batches, cookie or password, streamed responses, typed
 * errors.
 *
 * @module @utxoracle/node-rpc
 */

export { type CookiePathOptions, chainFolders, defaultCookiePath } from "./cookie-path.ts";
export { createNodeRpc, type NodeRpcOptions } from "./create-node-rpc.ts";
export type { NodeRpcAuth } from "./credentials.ts";
export { NodeRpcError, type NodeRpcErrorCode, nodeRpcErrorCodes } from "./error.ts";
export type { NodeRpcEvent } from "./event.ts";
export type {
  BlockchainInfo,
  BlockHeader,
  MempoolEntry,
  MempoolInfo,
  NetworkInfo,
  ZmqNotification,
} from "./node-responses.ts";
export type { BatchResult, FetchedTransaction, MempoolSnapshot, NodeRpc, RpcCall } from "./node-rpc.ts";
export { isChainName } from "./response-fields.ts";
export type { CallOptions } from "./rpc-channel.ts";
