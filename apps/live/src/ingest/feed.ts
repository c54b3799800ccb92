import type { BlocksNode } from "@utxoracle/block-source";
import type { MempoolPoll } from "@utxoracle/estimator";
import type { Loading, NodeState, Source } from "@utxoracle/models";
import type { NodeChain } from "../chain/node-chain.ts";
import type { ReadinessReason } from "../state/service-state.ts";

/** Receives the messages of a feed. All times are Unix seconds on the feed's clock. */
export interface FeedSink {
  /** A transaction entered the mempool. It may be a repeat: the sink detects repeats. */
  transaction(rawBytes: Uint8Array, timestamp: number): void;
  /** A block was connected. `height` is null if the feed does not include it. */
  block(rawBytes: Uint8Array, height: number | null, timestamp: number): void;
  /** A block was disconnected by a reorganization. */
  blockDisconnected(blockHash: string): void;
  /** A transaction was replaced or evicted. */
  removed(txid: string): void;
  /** Awaited by a replay before each message: runs the ticks up to its time. */
  passTime?(time: number, signal: AbortSignal): Promise<void>;
}

/** The window as a sync uses it. */
export interface SyncedWindow extends FeedSink {
  /** The node was accepted and is on this chain; a sync follows. */
  onChain?(chain: string): void;
  /**
   * Whether a transaction is known: in the window, rejected by the filter, or expired and
   * remembered.
   */
  has(txid: string): boolean;
  /** Remembers a mempool transaction older than the window, so that its block does not add it. */
  rememberExpired(txid: string): void;
  /** Whether a block is held with all blocks before it in the window. */
  hasBlock(hash: string): boolean;
  /** Whether a block is held, even if blocks before it are missing. */
  holdsBlock(hash: string): boolean;
  /** All blocks of the window were delivered. */
  blocksAreComplete(): void;
  /** The window's best block; null before the first. */
  tipHash(): string | null;
  /** Removes the blocks above a held block. */
  rewindTo(hash: string): void;
  /**
   * Clears the window after the clock was set ahead (negative: back). Everything must be fetched
   * again.
   */
  reset(clockStepSeconds: number): void;
  /**
   * Starts a poll of the node's whole mempool. `forgetExpired` keeps ids of blocks that a
   * reorganization may undo.
   */
  pollMempool(): MempoolPoll;
}

/** State of a feed at one moment. */
export interface FeedState {
  readonly node: NodeState;
  /** Bitcoin Core's name of the chain; null while unknown. */
  readonly chain: string | null;
  /** The window is not filled yet. */
  readonly loading: boolean;
  /** Blocks read so far to fill the window; null if it is full, or while the number is unknown. */
  readonly loadedBlocks: Loading | null;
  /**
   * No data: not connected, an unexplained silence, a rejected node, or a window that is being
   * refilled.
   */
  readonly lost: boolean;
  /** Problems that make the price unusable, each with its remedy. */
  readonly reasons: readonly ReadinessReason[];
  /** Problems that make the price worse, each with its effect. */
  readonly notices: readonly ReadinessReason[];
}

/** A source of transactions: a node, a simulation, a file. */
export interface Feed {
  readonly source: Source;
  /** The node's RPC, to read blocks; null without it. */
  readonly node: BlocksNode | null;
  /** The node's best chain; null for a replay. */
  readonly nodeChain: NodeChain | null;
  /** Unix seconds. A replay's clock follows its records. */
  now(): number;
  /** Detects that the machine's clock was set. Call it before each tick. */
  checkClock(): void;
  state(): FeedState;
  /**
   * Delivers until the signal aborts; a file's feed also returns at its end.
   * @throws an error that ends the program.
   */
  run(sink: SyncedWindow, signal: AbortSignal): Promise<void>;
  /** Closes files, sockets and a simulation. Called once, after `run` or instead of it. */
  close(): Promise<void>;
}
