export { type CookiePlace, defaultCookiePath } from "./cookie-path.ts";
export type { NodeRpcAuth } from "./credentials.ts";
export { NodeRpcError, type NodeRpcErrorCode } from "./error.ts";
export type { NodeRpcEvent } from "./event.ts";
export type {
  BlockchainInfo,
  BlockHeader,
  MempoolEntry,
  MempoolInfo,
  NetworkInfo,
  ZmqNotification,
} from "./node-answers.ts";
export {
  type BatchResult,
  createNodeRpc,
  type FetchedTransaction,
  type MempoolSnapshot,
  type NodeRpc,
  type NodeRpcOptions,
  type RpcCall,
} from "./node-rpc.ts";
export type { CallOptions } from "./rpc-channel.ts";
