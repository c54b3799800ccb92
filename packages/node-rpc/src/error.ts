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
 * - `invalid_option`: an option has an invalid type or value.
 * - `unreachable`: the connection was refused or broken.
 * - `timeout`: no response within `timeoutMs`, or a response that is too slow.
 * - `cookie_missing`: no cookie file; the node is not running or has another data folder.
 * - `cookie_unreadable`: no permission to read the cookie file, or it is not a cookie file.
 * - `unauthorized`: the node rejects the password or the cookie (401).
 * - `forbidden`: this address or user may not call this method (403).
 * - `busy`: the node's work queue stayed full (503).
 * - `warming_up`: the node is starting (RPC error -28); retry later.
 * - `rpc_error`: the node returned an error; see `rpcCode`.
 * - `bad_answer`: not a valid response of a node (another service, a truncated response, a missing
 *   field).
 * - `answer_too_large`: more than `maxResponseBytes` or `maxMempoolEntries`, or a block over
 *   4,000,000 bytes.
 * - `aborted`: aborted by the caller's signal.
 * - `closed`: the client was closed.
 */
export type NodeRpcErrorCode = (typeof nodeRpcErrorCodes)[number];

/** A failed call. The message names the method and the remedy, never a password. */
export class NodeRpcError extends Error {
  override readonly name = "NodeRpcError";
  readonly code: NodeRpcErrorCode;
  /** The RPC method; empty if the error concerns an option. */
  readonly method: string;
  /** The node's error code for `rpc_error` and `warming_up`, e.g. -5; otherwise null. */
  readonly rpcCode: number | null;
  /** HTTP status; null if there was no response. */
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

/** RPC error codes of Bitcoin Core with special handling (src/rpc/protocol.h). */
export const rpcCodes = {
  /** RPC_INVALID_ADDRESS_OR_KEY: no such transaction or block. */
  notFound: -5,
  /** RPC_IN_WARMUP. */
  warmingUp: -28,
} as const;
