/** Every code of {@link BlockSourceError}. */
export const blockSourceErrorCodes = [
  "unreachable",
  "refused",
  "wrong_chain",
  "syncing",
  "no_such_block",
  "empty_day",
  "pruned",
  "missing_block",
  "chain_changed",
  "no_block_files",
  "unknown_magic",
  "bad_xor_key",
  "bad_block",
  "too_many_blocks",
  "unreadable",
] as const;

/**
 * Codes of {@link BlockSourceError}.
 * - `unreachable`: the node does not answer now.
 * - `refused`: the node answers but does not return what was requested.
 * - `wrong_chain`: the blocks belong to another chain.
 * - `syncing`: the node is still downloading blocks.
 * - `no_such_block`: the chain does not reach that height yet.
 * - `empty_day`: the chain has no block of that day.
 * - `pruned`: the node deleted blocks that old.
 * - `missing_block`: the files lack a block although they hold older ones.
 * - `chain_changed`: a reorganization happened during the read; try again.
 * - `no_block_files`: the folder holds no block files.
 * - `unknown_magic`: a file does not start like a block file of a known chain, or its obfuscation
 *   key is missing.
 * - `bad_xor_key`: the obfuscation key has the wrong length or cannot be read.
 * - `bad_block`: the stored bytes are not a block.
 * - `too_many_blocks`: the files hold more blocks than `maxBlocks`.
 * - `unreadable`: the file system refuses the read.
 */
export type BlockSourceErrorCode = (typeof blockSourceErrorCodes)[number];

/** Blocks are not available. The message is one line that says what to do. */
export class BlockSourceError extends Error {
  override readonly name = "BlockSourceError";
  /** Machine-readable reason. */
  readonly code: BlockSourceErrorCode;

  constructor(code: BlockSourceErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

export function chainChanged(height: number): BlockSourceError {
  return new BlockSourceError(
    "chain_changed",
    `the chain was reorganized around block ${height} while it was read: try again`,
  );
}
