import { credentialsOf, type NodeRpcAuth } from "./credentials.ts";
import { NodeRpcError } from "./error.ts";
import type { NodeRpcEvent } from "./event.ts";
import { HttpConnections } from "./http-exchange.ts";
import { JsonNodeRpc } from "./json-node-rpc.ts";
import type { NodeRpc } from "./node-rpc.ts";
import { parseNodeUrl } from "./node-url.ts";
import { RpcChannel } from "./rpc-channel.ts";

/** Options of {@link createNodeRpc}. */
export interface NodeRpcOptions {
  /** Like `http://127.0.0.1:8332`; without user and password. */
  readonly url: string;
  readonly auth: NodeRpcAuth;
  /**
   * Milliseconds until the answer begins, and in which its end or 256 KiB more of it must come; default 30,000. Time in
   * which the caller takes nothing, or the process stands still, does not count.
   */
  readonly timeoutMs?: number | undefined;
  /** Most connections, that is calls under way; default 4: a node has that many threads for them, or more. */
  readonly maxConcurrent?: number | undefined;
  /** Most calls in one batch; default 100. */
  readonly batchSize?: number | undefined;
  /** Longest answer of a call, and longest object or list in a longer answer; default 4 MiB. */
  readonly maxAnswerBytes?: number | undefined;
  /** Most transactions of the mempool in one answer; default 1,000,000. */
  readonly maxMempoolEntries?: number | undefined;
  /** Hears that the cookie was read again, or that the node is busy. */
  readonly onEvent?: ((event: NodeRpcEvent) => void) | undefined;
}

/**
 * Speaks JSON-RPC with a Bitcoin node (Core 25.0 or later, or its kin). Nothing is sent before the first call.
 * @throws {NodeRpcError} `invalid_option`.
 * @example
 * const rpc = createNodeRpc({ url: "http://127.0.0.1:8332", auth: { cookiePath: "/home/me/.bitcoin/.cookie" } });
 * const { chain, blocks } = await rpc.getBlockchainInfo();
 */
export function createNodeRpc(options: NodeRpcOptions): NodeRpc {
  const address = parseNodeUrl(options.url);
  const credentials = credentialsOf(options.auth);
  const timeoutMs = wholeOption("timeoutMs", options.timeoutMs ?? 30_000, 1, 2 ** 31 - 1);
  const maxConcurrent = wholeOption("maxConcurrent", options.maxConcurrent ?? 4, 1, 64);
  const batchSize = wholeOption("batchSize", options.batchSize ?? 100, 1, 10_000);
  const maxAnswerBytes = wholeOption("maxAnswerBytes", options.maxAnswerBytes ?? 2 ** 22, 1024, 500_000_000);
  const maxMempoolEntries = wholeOption("maxMempoolEntries", options.maxMempoolEntries ?? 1_000_000, 1, 100_000_000);
  const connections = new HttpConnections(address, timeoutMs, maxConcurrent);
  const channel = new RpcChannel(connections, credentials, maxAnswerBytes, options.onEvent ?? (() => {}));
  return new JsonNodeRpc(channel, maxConcurrent, batchSize, maxMempoolEntries);
}

function wholeOption(name: string, value: number, least: number, most: number): number {
  if (!Number.isSafeInteger(value) || value < least || value > most)
    throw new NodeRpcError(
      "invalid_option",
      "",
      `${name}: must be a whole number from ${least} to ${most}, not ${value}`,
    );
  return value;
}
