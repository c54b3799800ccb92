import type { BlocksNode } from "@utxoracle/block-source";
import type { MempoolLook } from "@utxoracle/estimator";
import type { NodeState, Source } from "@utxoracle/models";
import type { NodeChain } from "../chain/node-chain.ts";
import type { ReadinessReason } from "../state/service-state.ts";

/** Receives the messages of a feed. All times are Unix seconds on the feed's clock. */
export interface FeedSink {
  /** A transaction entered the mempool (or is repeated: the sink knows which it has). */
  transaction(rawBytes: Uint8Array, timestamp: number): void;
  /** A block was connected. `height` is null while the node has not told it. */
  block(rawBytes: Uint8Array, height: number | null, timestamp: number): void;
  /** A block was disconnected by a reorganisation. */
  blockDisconnected(blockHash: string): void;
  /** A transaction was replaced or evicted. */
  removed(txid: string): void;
  /** A replay waits for it before each message: what the time up to the message brings may take long to work out. */
  passTime?(time: number, signal: AbortSignal): Promise<void>;
}

/** The window as a sync uses it. */
export interface SyncedWindow extends FeedSink {
  /** The node is on this chain and accepted: a sync from it is about to start. */
  onChain?(chain: string): void;
  /** Known: held, rejected, or expired and remembered. */
  has(txid: string): boolean;
  /** Remembers an id of the mempool that is older than the window, so that its block does not bring it in. */
  rememberExpired(txid: string): void;
  /** Whether a block is held, and all before it that are wanted. */
  hasBlock(hash: string): boolean;
  /** Whether a block is held, whatever is missing before it. */
  holdsBlock(hash: string): boolean;
  /** All blocks that are wanted have been delivered. */
  blocksAreComplete(): void;
  /** The block that is taken for the chain's last one; null before the first. */
  tipHash(): string | null;
  /** Takes away what stands on a held block: the node's chain ends there again. */
  rewindTo(hash: string): void;
  /** Clears the window after the clock was set ahead (less than zero: back); everything must be fetched again. */
  reset(clockStepSeconds: number): void;
  /** Begins a look at all of the node's mempool. What its `forgetExpired` keeps are also ids of blocks that may still be undone. */
  lookAtMempool(): MempoolLook;
}

/** What a feed knows of itself at one moment. */
export interface FeedState {
  readonly node: NodeState;
  /** The node's chain by Bitcoin Core's names; null while unknown. */
  readonly chain: string | null;
  /** The window is still being filled. */
  readonly loading: boolean;
  /** Nothing can arrive (no connection, or silence that the node does not explain), or what had arrived is being read anew. */
  readonly lost: boolean;
  /** What keeps the feed from serving, each with what to do. */
  readonly reasons: readonly ReadinessReason[];
  /** What it does without, each with what that costs. */
  readonly notices: readonly ReadinessReason[];
}

/** A source of transactions: a node, a simulation, a file. */
export interface Feed {
  readonly source: Source;
  /** The node's RPC, for what is read beside the feed; null without one. */
  readonly node: BlocksNode | null;
  /** The node's best chain; null for a replay. */
  readonly nodeChain: NodeChain | null;
  /** Unix seconds. A replay's clock follows its records. */
  now(): number;
  /** Notices that the machine's clock was set. Call it before each tick. */
  checkClock(): void;
  state(): FeedState;
  /** Delivers until the signal aborts; a file's feed also returns at its end. @throws an error that ends the program. */
  run(sink: SyncedWindow, signal: AbortSignal): Promise<void>;
  /** Lets go of what opening took: files, sockets, a simulation. Called once, after `run` or instead of it. */
  close(): Promise<void>;
}
