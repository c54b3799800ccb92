import type { NodeRpcError } from "./error.ts";
import type {
  BlockchainInfo,
  BlockHeader,
  MempoolEntry,
  MempoolInfo,
  NetworkInfo,
  ZmqNotification,
} from "./node-answers.ts";
import type { CallOptions } from "./rpc-channel.ts";

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
  /** The node's version, and whether it hears of transactions. */
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
