import type { NodeRpcError } from "./error.ts";
import type {
  BlockchainInfo,
  BlockHeader,
  MempoolEntry,
  MempoolInfo,
  NetworkInfo,
  ZmqNotification,
} from "./node-responses.ts";
import type { CallOptions } from "./rpc-channel.ts";

/** A call of a batch. */
export interface RpcCall {
  readonly method: string;
  readonly params?: readonly unknown[] | undefined;
}

/** Result or error of a call in a batch. */
export type BatchResult =
  | { readonly result: unknown; readonly error: null }
  | { readonly result: null; readonly error: NodeRpcError };

/** A transaction requested by its txid. */
export interface FetchedTransaction {
  readonly txid: string;
  /** Null if the node does not have it, e.g. after it was replaced, evicted or confirmed. */
  readonly rawBytes: Uint8Array | null;
}

/** A snapshot of the mempool's txids, to be continued with the `sequence` topic. */
export interface MempoolSnapshot {
  readonly txids: string[];
  /**
   * Number of the mempool's next change. `txids` includes all `A` and `R` messages with a smaller
   * `mempoolSequence`.
   */
  readonly mempoolSequence: number;
}

/** A JSON-RPC client. Every call can throw {@link NodeRpcError} and accepts a signal. */
export interface NodeRpc {
  /** Calls any RPC method. */
  call(method: string, params?: readonly unknown[], options?: CallOptions): Promise<unknown>;
  /**
   * Sends several calls in as few requests as `batchSize` allows. Each has its `result` or `error`,
   * in order.
   */
  batch(calls: readonly RpcCall[], options?: CallOptions): Promise<BatchResult[]>;
  /** Chain, height and sync state. */
  getBlockchainInfo(options?: CallOptions): Promise<BlockchainInfo>;
  /**
   * `version` (250000 for 25.0), and whether the node receives transactions: `localRelay` is false
   * with `blocksonly=1`.
   */
  getNetworkInfo(options?: CallOptions): Promise<NetworkInfo>;
  /** Size of the mempool, and whether it is loaded. */
  getMempoolInfo(options?: CallOptions): Promise<MempoolInfo>;
  /** ZMQ topics that the node publishes; empty without ZMQ. */
  getZmqNotifications(options?: CallOptions): Promise<ZmqNotification[]>;
  /** Seconds since the node started. */
  getUptime(options?: CallOptions): Promise<number>;
  /** Hash of the block at a height of the best chain. */
  getBlockHash(height: number, options?: CallOptions): Promise<string>;
  /** Header of a block, with height and confirmations. */
  getBlockHeader(hash: string, options?: CallOptions): Promise<BlockHeader>;
  /** Bytes of a block. */
  getBlock(hash: string, options?: CallOptions): Promise<Uint8Array>;
  /**
   * Txids of the mempool. Parsed incrementally, so that hundreds of thousands do not block the
   * process.
   */
  getRawMempool(options?: CallOptions): Promise<string[]>;
  /**
   * `txids` of the mempool with `mempoolSequence`, the number of its next change in the `sequence`
   * topic.
   */
  getRawMempoolSequence(options?: CallOptions): Promise<MempoolSnapshot>;
  /**
   * Entries of the mempool (`txid`, `time`, `vsize`, `feeSats`, `depends`, `ancestorCount`),
   * streamed while the response (hundreds of MB on a busy day) arrives. Avoid long pauses: reading
   * stops while you pause.
   */
  getMempoolEntries(options?: CallOptions): AsyncGenerator<MempoolEntry, void, undefined>;
  /**
   * Transactions by txid, in the given order, fetched in batches; `rawBytes` is null if the node
   * does not have one. Leaves one connection free for other calls.
   */
  getRawTransactions(
    txids: Iterable<string>,
    options?: CallOptions,
  ): AsyncGenerator<FetchedTransaction, void, undefined>;
  /** A text that changes whenever the node's feed would publish something. Detects a dead feed. */
  getActivity(options?: CallOptions): Promise<string>;
  /**
   * After `unauthorized` or `forbidden`: whether the cookie file has changed since the rejection.
   * Sends no request, because the node logs every rejection. Always false with user and password.
   */
  credentialsChanged(): Promise<boolean>;
  /** Closes the connections; pending calls fail with `closed`. */
  close(): void;
}
