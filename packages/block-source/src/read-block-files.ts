import { setImmediate as nextTurn } from "node:timers/promises";
import { checkOptions } from "./argument.ts";
import { BlockFile } from "./block-file.ts";
import { blockFiles, obfuscationKey, tornNotice } from "./block-folder.ts";
import { BlockSourceError } from "./error.ts";

/** A block as it lies in a blk*.dat file. */
export interface StoredBlock {
  /** Path of the file. */
  readonly file: string;
  /** Offset of the block's header in the file. */
  readonly offset: number;
  /** `main`, `test`, `testnet4`, `signet` or `regtest`, by the magic bytes. */
  readonly chain: string;
  /** The serialized block: for `parseBlock` of `@utxoracle/tx-parser`. */
  readonly rawBytes: Uint8Array;
}

/** Options of {@link readBlockFiles}. */
export interface ReadBlockFilesOptions {
  /** Ends the reading between two blocks. */
  readonly signal?: AbortSignal;
  /** Receives harmless irregularities, one line each. */
  readonly onNotice?: (text: string) => void;
}

/**
 * Every block of a node's blk*.dat files in the order in which they are stored: nearly by height,
 * with abandoned branches among them, and some blocks twice. For the best chain use
 * {@link openBlocks}. Holds one block at a time, and undoes the obfuscation (`xor.dat`).
 *
 * @param directory the `blocks` folder of a node's data; the node need not be running
 * @throws {BlockSourceError} if the folder holds no block files or one cannot be read
 * @example for await (const { rawBytes } of readBlockFiles("/home/me/.bitcoin/blocks")) parseBlock(rawBytes)
 */
export async function* readBlockFiles(
  directory: string,
  options: ReadBlockFilesOptions = {},
): AsyncGenerator<StoredBlock, void> {
  checkOptions(options, { signal: "signal", onNotice: "function" });
  const { signal, onNotice } = options;
  const files = blockFiles(directory);
  const key = obfuscationKey(directory);
  let first: { readonly chain: string; readonly path: string } | null = null;
  for (const { path } of files) {
    const file = new BlockFile(path, key);
    try {
      const { chain, blocks, tornAt, skippedBytes } = file.content();
      if (tornAt !== null) onNotice?.(tornNotice(path, tornAt));
      if (skippedBytes > 0) onNotice?.(`${path}: ${skippedBytes} bytes are no blocks and are skipped`);
      if (chain === null) continue;
      first ??= { chain, path };
      if (chain !== first.chain)
        throw new BlockSourceError(
          "wrong_chain",
          `${path} holds blocks of ${chain}, ${first.path} those of ${first.chain}`,
        );
      for (const { filed } of blocks) {
        // Reading is synchronous: let signals and timers run between two blocks.
        await nextTurn();
        signal?.throwIfAborted();
        yield { file: path, offset: filed.offset, chain, rawBytes: file.read(filed.offset, filed.length) };
      }
    } finally {
      file.close();
    }
  }
}
