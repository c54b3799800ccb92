/**
 * The few JSON-RPC calls of a Bitcoin node that a price needs: batched, with cookie or password, errors that name the call.
 *
 * @module @utxoracle/node-rpc
 */
export { isChainName } from "./answer-fields.ts";
export { type CookiePlace, defaultCookiePath } from "./cookie-path.ts";
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
} from "./node-answers.ts";
export type { BatchResult, FetchedTransaction, MempoolSnapshot, NodeRpc, RpcCall } from "./node-rpc.ts";
export type { CallOptions } from "./rpc-channel.ts";
