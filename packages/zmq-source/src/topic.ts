import type { RawTransaction } from "@utxoracle/models";

/** Supported ZMQ topics of a node. */
export type FeedTopic = "rawtx" | "rawblock" | "hashblock" | "sequence";

/** Maximum size of a block in bytes (BIP 141); transactions are smaller. */
export const MAX_BODY_BYTES = 4_000_000;

/** Latest time that fits in a block header. */
const MAX_UNIX_SECONDS = 2 ** 32 - 1;

/** Whether a number is a valid time: Unix seconds, 0 to 2^32 - 1. */
export const isUnixSeconds = (value: number): boolean =>
  typeof value === "number" && value >= 0 && value <= MAX_UNIX_SECONDS;

export const feedTopics: readonly FeedTopic[] = ["rawtx", "rawblock", "hashblock", "sequence"];

interface Published {
  /** Arrival time, Unix seconds. */
  readonly timestamp: number;
  /** The publisher's message number: per topic, 0 at the node's start, wraps at 2^32. */
  readonly counter: number;
}

/** A transaction that entered the mempool or was in a connected or disconnected block. */
export interface RawTransactionMessage extends Readonly<RawTransaction>, Published {
  readonly topic: "rawtx";
  readonly timestamp: number;
}

/** A block that was connected to the chain. */
export interface RawBlockMessage extends Published {
  readonly topic: "rawblock";
  /** The serialized block, at most 4 MB. */
  readonly rawBytes: Uint8Array;
}

/** Hash of a block that became the tip. */
export interface BlockHashMessage extends Published {
  readonly topic: "hashblock";
  /** 64 hex digits in RPC byte order. */
  readonly hash: string;
}

/**
 * A change of the chain or the mempool. `C`: block connected, `D`: block disconnected, `A`:
 * transaction added to the mempool, `R`: transaction removed other than by a block.
 */
export interface SequenceMessage extends Published {
  readonly topic: "sequence";
  readonly label: "C" | "D" | "A" | "R";
  /** Block hash (C, D) or txid (A, R): 64 hex digits in RPC byte order. */
  readonly hash: string;
  /**
   * Mempool sequence number of A and R (see `mempool_sequence` of `getrawmempool false true`); null
   * for C and D.
   */
  readonly mempoolSequence: number | null;
}

/** A message of the node's feed. */
export type FeedMessage = RawTransactionMessage | RawBlockMessage | BlockHashMessage | SequenceMessage;

/** Zero counts per topic. */
export const perTopic = (): Record<FeedTopic, number> => ({ rawtx: 0, rawblock: 0, hashblock: 0, sequence: 0 });
