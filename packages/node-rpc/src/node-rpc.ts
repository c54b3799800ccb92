import { credentialsOf, type NodeRpcAuth } from "./credentials.ts";
import { NodeRpcError } from "./error.ts";
import type { NodeRpcEvent } from "./event.ts";
import { HttpConnections } from "./http-exchange.ts";
import { JsonNodeRpc } from "./json-node-rpc.ts";
import type {
  BlockchainInfo,
  BlockHeader,
  MempoolEntry,
  MempoolInfo,
  NetworkInfo,
  ZmqNotification,
} from "./node-answers.ts";
import { parseNodeUrl } from "./node-url.ts";
import { type CallOptions, RpcChannel } from "./rpc-channel.ts";

/** Options of {@link createNodeRpc}. */
export interface NodeRpcOptions {
  /** Like `http://127.0.0.1:8332`; without user and password. */
  readonly url: string;
  readonly auth: NodeRpcAuth;
  /** Milliseconds without a byte after which a call is given up; default 30,000. A long answer may take as long as it keeps coming. */
  readonly timeoutMs?: number | undefined;
  /** Most connections, that is calls under way; default 4: a node has that many threads for them, or more. */
  readonly maxConcurrent?: number | undefined;
  /** Most calls in one batch; default 100. */
  readonly batchSize?: number | undefined;
  /** Longest answer, or longest single value of an answer that is read as it comes; default 256 MiB. */
  readonly maxAnswerBytes?: number | undefined;
  /** Hears that the cookie was read again, or that the node is busy. */
  readonly onEvent?: ((event: NodeRpcEvent) => void) | undefined;
}

/** One call of a batch. */
export interface RpcCall {
  readonly method: string;
  readonly params?: readonly unknown[] | undefined;
}

/** What came of one call of a batch. */
export type BatchResult =
  | { readonly result: unknown; readonly error: null }
  | { readonly result: null; readonly error: NodeRpcError };

/** A transaction as asked for by its id. */
export interface FetchedTransaction {
  readonly txid: string;
  /** Null when the node does not have it (any more): it was replaced, evicted or confirmed in between. */
  readonly rawBytes: Uint8Array | null;
}

/** The mempool's ids at one moment, to be joined with the `sequence` topic. */
export interface MempoolSnapshot {
  readonly txids: string[];
  /**
   * The number of the mempool's next change: `A` and `R` messages with a smaller `mempoolSequence` are contained in
   * `txids`, those from this number on are not.
   */
  readonly mempoolSequence: number;
}

/** The calls of a Bitcoin node that a price needs. Every one may throw {@link NodeRpcError} and takes a signal. */
export interface NodeRpc {
  /** Any call. */
  call(method: string, params?: readonly unknown[], options?: CallOptions): Promise<unknown>;
  /** Several calls in as few requests as `batchSize` allows. One that fails does not fail the others. */
  batch(calls: readonly RpcCall[], options?: CallOptions): Promise<BatchResult[]>;
  /** The chain, its height, and how far the node is with it. */
  getBlockchainInfo(options?: CallOptions): Promise<BlockchainInfo>;
  /** The node's version. */
  getNetworkInfo(options?: CallOptions): Promise<NetworkInfo>;
  /** Size of the mempool, and whether it is loaded. */
  getMempoolInfo(options?: CallOptions): Promise<MempoolInfo>;
  /** The topics that the node publishes; empty for a node without ZMQ. */
  getZmqNotifications(options?: CallOptions): Promise<ZmqNotification[]>;
  /** Seconds since the node's start. */
  getUptime(options?: CallOptions): Promise<number>;
  /** The id of the block at a height of the best chain. */
  getBlockHash(height: number, options?: CallOptions): Promise<string>;
  /** What a header says, with the block's place in the chain. */
  getBlockHeader(hash: string, options?: CallOptions): Promise<BlockHeader>;
  /** A block's bytes. */
  getBlock(hash: string, options?: CallOptions): Promise<Uint8Array>;
  /** The mempool's ids, read as they come: hundreds of thousands do not stop the process. */
  getRawMempool(options?: CallOptions): Promise<string[]>;
  /** The same with the number that joins them to the `sequence` topic. */
  getRawMempoolSequence(options?: CallOptions): Promise<MempoolSnapshot>;
  /**
   * The mempool's entries with their times and fees, given while the answer (hundreds of MB on a busy day) arrives. Take
   * them without long pauses: while you pause nothing is read, and after `timeoutMs` the call is given up.
   */
  getMempoolEntries(options?: CallOptions): AsyncGenerator<MempoolEntry, void, undefined>;
  /** Transactions by their ids, in that order, fetched in batches; one connection stays free for other calls. */
  getRawTransactions(
    txids: Iterable<string>,
    options?: CallOptions,
  ): AsyncGenerator<FetchedTransaction, void, undefined>;
  /** Changes whenever the node's feed would have published something: for a watchdog over a silent feed. */
  getActivity(options?: CallOptions): Promise<string>;
  /**
   * After `unauthorized` or `forbidden`: whether the cookie file now holds another cookie than the one that was refused.
   * Asks nothing of the node, which logs every refusal; with user and password always false.
   */
  credentialsChanged(): Promise<boolean>;
  /** Closes the connections; calls under way fail with `closed`. */
  close(): void;
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
  const maxAnswerBytes = wholeOption("maxAnswerBytes", options.maxAnswerBytes ?? 256 * 2 ** 20, 1024, 500_000_000);
  const connections = new HttpConnections(address, timeoutMs, maxConcurrent);
  const channel = new RpcChannel(connections, credentials, maxAnswerBytes, options.onEvent ?? (() => {}));
  return new JsonNodeRpc(channel, maxConcurrent, batchSize);
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
