import { checkOptions } from "./argument.ts";
import { createCredentials, type NodeRpcAuth } from "./credentials.ts";
import { NodeRpcError } from "./error.ts";
import type { NodeRpcEvent } from "./event.ts";
import { HttpConnections } from "./http-connections.ts";
import { JsonNodeRpc } from "./json-node-rpc.ts";
import type { NodeRpc } from "./node-rpc.ts";
import { parseNodeUrl } from "./node-url.ts";
import { RpcChannel } from "./rpc-channel.ts";

/** Options of {@link createNodeRpc}. */
export interface NodeRpcOptions {
  /**
   * E.g. `http://127.0.0.1:8332`, or https behind a proxy; without user and password, because URLs
   * end up in logs.
   */
  readonly url: string;
  /** `{ cookiePath }` or `{ user, password }`; a `password` function is called for each request. */
  readonly auth: NodeRpcAuth;
  /**
   * Milliseconds in which the response must start, and then end or progress by 256 KiB; default
   * 30,000. Time in which the caller does not read, or the process is blocked, does not count.
   */
  readonly timeoutMs?: number | undefined;
  /**
   * Maximum number of connections, and so of concurrent calls; default 4, the number of RPC threads
   * of older nodes. `getRawTransactions` leaves one free.
   */
  readonly maxConcurrent?: number | undefined;
  /** Maximum number of calls per request; default 100. */
  readonly batchSize?: number | undefined;
  /** Maximum size of a response, and of an object or list in a streamed response; default 4 MiB. */
  readonly maxResponseBytes?: number | undefined;
  /** Maximum number of mempool transactions in a response; default 1,000,000. */
  readonly maxMempoolEntries?: number | undefined;
  /**
   * Called when the cookie file is read again (`{ type: "cookie_reread", method }`) or the node is
   * busy (`{ type: "busy", method, delayMs }`).
   */
  readonly onEvent?: ((event: NodeRpcEvent) => void) | undefined;
}

/**
 * Creates a JSON-RPC client for a Bitcoin node (Core 25.0 or later, or a derivative). Sends nothing
 * before the first call.
 *
 * @throws {NodeRpcError} `invalid_option`
 * @example
 * const rpc = createNodeRpc({ url: "http://127.0.0.1:8332", auth: { cookiePath: "/home/me/.bitcoin/.cookie" } });
 * const { chain, blocks } = await rpc.getBlockchainInfo();
 */
export function createNodeRpc(options: NodeRpcOptions): NodeRpc {
  if (typeof options !== "object" || options === null)
    throw new NodeRpcError("invalid_option", "", `options: must be { url, auth }, got ${String(options)}`);
  checkOptions(options, optionKinds, invalidOption);
  const address = parseNodeUrl(options.url);
  const credentials = createCredentials(options.auth);
  const timeoutMs = integerOption("timeoutMs", options.timeoutMs ?? 30_000, 1, 2 ** 31 - 1);
  const maxConcurrent = integerOption("maxConcurrent", options.maxConcurrent ?? 4, 1, 64);
  const batchSize = integerOption("batchSize", options.batchSize ?? 100, 1, 10_000);
  const maxResponseBytes = integerOption("maxResponseBytes", options.maxResponseBytes ?? 2 ** 22, 1024, 500_000_000);
  const maxMempoolEntries = integerOption("maxMempoolEntries", options.maxMempoolEntries ?? 1_000_000, 1, 100_000_000);
  const connections = new HttpConnections(address, timeoutMs, maxConcurrent);
  const channel = new RpcChannel(connections, credentials, maxResponseBytes, options.onEvent ?? (() => {}));
  return new JsonNodeRpc(channel, maxConcurrent, batchSize, maxMempoolEntries);
}

const optionKinds = {
  url: "any",
  auth: "any",
  timeoutMs: "any",
  maxConcurrent: "any",
  batchSize: "any",
  maxResponseBytes: "any",
  maxMempoolEntries: "any",
  onEvent: "function",
} as const;

const invalidOption = (name: string, problem: string): NodeRpcError =>
  new NodeRpcError("invalid_option", "", `${name}: ${problem}`);

function integerOption(name: string, value: number, min: number, max: number): number {
  if (!Number.isSafeInteger(value) || value < min || value > max)
    throw invalidOption(
      name,
      `must be an integer from ${min} to ${max}, not ${typeof value === "string" ? JSON.stringify(value) : String(value)}`,
    );
  return value;
}
