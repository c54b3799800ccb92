/** Every code of {@link BlocksError}. */
export const blocksErrorCodes = [
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
 * Why blocks cannot be had.
 * - `unreachable`: the node does not answer (now);
 * - `refused`: it answers, and does not give what is asked;
 * - `wrong_chain`: the blocks are of another chain than the one asked for;
 * - `syncing`: the node lacks blocks of its chain and is getting them;
 * - `no_such_block`: the chain does not reach so far (yet);
 * - `empty_day`: the chain has no block of that day;
 * - `pruned`: the node has deleted blocks that old;
 * - `missing_block`: the files lack a block below ones that they have;
 * - `chain_changed`: a reorganisation came in between; asking again helps;
 * - `no_block_files`, `unknown_magic`, `bad_xor_key`: the folder holds no block files, they begin like those of no known
 *   chain (or are obfuscated by a key that is not there), the key is none;
 * - `bad_block`: what is stored is no block; `too_many_blocks`: the files hold more blocks than fit into memory;
 *   `unreadable`: the file system refuses.
 */
export type BlocksErrorCode = (typeof blocksErrorCodes)[number];

/** Blocks cannot be had; the message is one line for people and says what to do. */
export class BlocksError extends Error {
  override readonly name = "BlocksError";
  readonly code: BlocksErrorCode;

  constructor(code: BlocksErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

export function chainChanged(height: number): BlocksError {
  return new BlocksError(
    "chain_changed",
    `the chain was reorganised around block ${height} while it was read: try again`,
  );
}
