/** Bounds on what a source accepts. */
export interface BlockLimits {
  /** Headers held from blk*.dat files; default 2,000,000, about 300 bytes of memory each. */
  readonly maxBlocks?: number;
  /** JSON answer of the node over REST or RPC, bytes; default 1 MiB. */
  readonly maxAnswerBytes?: number;
  /** Block over REST, bytes; default 4,000,000. */
  readonly maxBlockBytes?: number;
}

/** The year 2047 on the main chain. */
export const MAX_BLOCKS = 2_000_000;
export const MAX_ANSWER_BYTES = 2 ** 20;
/** BIP 141. */
export const MAX_BLOCK_BYTES = 4_000_000;
