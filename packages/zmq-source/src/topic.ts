import type { RawTransaction } from "@utxoracle/models";

/** What a node publishes and this package understands. */
export type FeedTopic = "rawtx" | "rawblock" | "hashblock" | "sequence";

/** A block has at most so many bytes (BIP 141), and a transaction fewer. */
export const MAX_BODY_BYTES = 4_000_000;

/** Block headers hold no later time, and no clock of a node shows one. */
const MAX_UNIX_SECONDS = 2 ** 32 - 1;

/** Whether a number is a time as this package uses it: Unix seconds, 0 to 2^32 - 1. */
export const isUnixSeconds = (value: number): boolean => value >= 0 && value <= MAX_UNIX_SECONDS;

/** The topics in a fixed order. */
export const feedTopics: readonly FeedTopic[] = ["rawtx", "rawblock", "hashblock", "sequence"];

interface Published {
  /** When the message arrived here, Unix seconds. */
  readonly timestamp: number;
  /** The publisher's own number of this message: per topic, from 0 at the node's start, wrapping at 2^32. */
  readonly counter: number;
}

/** A transaction that entered the mempool, or came (again) with a block. */
export interface RawTransactionMessage extends Readonly<RawTransaction>, Published {
  readonly topic: "rawtx";
  readonly timestamp: number;
}

/** A block that was connected to the chain. */
export interface RawBlockMessage extends Published {
  readonly topic: "rawblock";
  /** The serialised block, header first, at most 4 MB. */
  readonly rawBytes: Uint8Array;
}

/** The hash of a block that became the tip. */
export interface BlockHashMessage extends Published {
  readonly topic: "hashblock";
  /** 64 hex digits in the order that RPC uses. */
  readonly hash: string;
}

/**
 * A change of the chain or the mempool.
 * `C` a block was connected, `D` disconnected; `A` a transaction entered the mempool, `R` left it other than by a block.
 */
export interface SequenceMessage extends Published {
  readonly topic: "sequence";
  readonly label: "C" | "D" | "A" | "R";
  /** Block hash (C, D) or txid (A, R): 64 hex digits in the order that RPC uses. */
  readonly hash: string;
  /** The mempool's counter with A and R (compare `mempool_sequence` of `getrawmempool false true`); null with C and D. */
  readonly mempoolSequence: number | null;
}

/** One message of the node's feed. */
export type FeedMessage = RawTransactionMessage | RawBlockMessage | BlockHashMessage | SequenceMessage;

/** A count of zero for each topic. */
export const perTopic = (): Record<FeedTopic, number> => ({ rawtx: 0, rawblock: 0, hashblock: 0, sequence: 0 });
