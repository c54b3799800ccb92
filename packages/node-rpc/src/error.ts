/** Every code of {@link NodeRpcError}. */
export const nodeRpcErrorCodes = [
  "invalid_option",
  "unreachable",
  "timeout",
  "cookie_missing",
  "cookie_unreadable",
  "unauthorized",
  "forbidden",
  "busy",
  "warming_up",
  "rpc_error",
  "bad_answer",
  "answer_too_large",
  "aborted",
  "closed",
] as const;

/**
 * Codes of {@link NodeRpcError}.
 * - `invalid_option`: an option has a wrong type or value;
 * - `unreachable`: nothing answers at the address, or the connection broke;
 * - `timeout`: the answer did not begin within `timeoutMs`, or came too slowly;
 * - `cookie_missing`: the cookie file is not there (the node is not running, or has another data folder);
 * - `cookie_unreadable`: the cookie file may not be read, or holds no cookie;
 * - `unauthorized`: the node refuses user and password, or the cookie (401);
 * - `forbidden`: the node does not let this address or user call this method (403);
 * - `busy`: the node's work queue stayed full (503);
 * - `warming_up`: the node is starting and will answer later (RPC error -28);
 * - `rpc_error`: the node refused the call; `rpcCode` says why;
 * - `bad_answer`: what came is not a node's answer (another service at the address, a cut answer, a missing field);
 * - `answer_too_large`: more than `maxAnswerBytes` or `maxMempoolEntries`, or a block over 4,000,000 bytes;
 * - `aborted`: the caller's signal;
 * - `closed`: called after `close()`.
 */
export type NodeRpcErrorCode = (typeof nodeRpcErrorCodes)[number];

/** A call that failed. The message names the call, where it went and the remedy; never a password. */
export class NodeRpcError extends Error {
  override readonly name = "NodeRpcError";
  readonly code: NodeRpcErrorCode;
  /** The RPC method; empty when the error is about an option. */
  readonly method: string;
  /** The node's own error number with `rpc_error` and `warming_up`, e.g. -5; null otherwise. */
  readonly rpcCode: number | null;
  /** HTTP status where one came; null otherwise. */
  readonly httpStatus: number | null;

  constructor(
    code: NodeRpcErrorCode,
    method: string,
    problem: string,
    details: { readonly rpcCode?: number; readonly httpStatus?: number; readonly cause?: unknown } = {},
  ) {
    super(method === "" ? problem : `${method}: ${problem}`, "cause" in details ? { cause: details.cause } : undefined);
    this.code = code;
    this.method = method;
    this.rpcCode = details.rpcCode ?? null;
    this.httpStatus = details.httpStatus ?? null;
  }
}

/** RPC error numbers of Bitcoin Core that this package treats specially (src/rpc/protocol.h). */
export const rpcCodes = {
  /** RPC_INVALID_ADDRESS_OR_KEY: no such transaction or block. */
  notFound: -5,
  /** RPC_IN_WARMUP. */
  warmingUp: -28,
} as const;
