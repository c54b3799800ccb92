import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { checkMerkleRoot, parseBlock, parseBlockHeader, TxParseError } from "@utxoracle/tx-parser";
import { BlockFile, type FiledBlock } from "./block-file.ts";
import type { BlockPlace, BlockSource, ChainTip } from "./block-source.ts";
import { BlocksError } from "./blocks-error.ts";
import { FiledChain } from "./filed-chain.ts";

const FILE_NAME = /^blk(\d{5,})\.dat$/;
const KEY_BYTES = 8;
/**
 * While a node catches up it takes blocks so far ahead of its tip, in any order (BLOCK_DOWNLOAD_WINDOW in Bitcoin Core's
 * src/net_processing.cpp): the highest block may stand in a file with blocks up to so much lower, or in one before it.
 */
const ORDER_WINDOW_BLOCKS = 1024;

export interface FileBlocksOptions {
  /** Told what is odd and does not stand in the way, one line each. */
  readonly onNotice?: (text: string) => void;
}

/**
 * Blocks from the `blk*.dat` files of a node, which need not run. The files are read from the newest back, as far as
 * blocks are asked for.
 */
export class FileBlocks implements BlockSource {
  readonly kind = "files";
  readonly #directory: string;
  readonly #key: Uint8Array;
  readonly #onNotice: (text: string) => void;
  /** Paths not looked at yet, newest last. */
  readonly #unread: string[];
  readonly #chain = new FiledChain<FiledBlock>();
  #chainName: string | null = null;
  #open: BlockFile | null = null;

  /** @param directory the node's `blocks` folder. @throws {BlocksError} */
  constructor(directory: string, options: FileBlocksOptions = {}) {
    this.#directory = directory;
    this.#onNotice = options.onNotice ?? (() => {});
    let names: string[];
    try {
      names = readdirSync(directory);
    } catch (cause) {
      throw new BlocksError("no_block_files", `${directory} cannot be read (${(cause as Error).message})`, { cause });
    }
    const numbered = names.flatMap((name) => FILE_NAME.exec(name) ?? []).filter((text) => /^\d+$/.test(text));
    this.#unread = numbered.sort((a, b) => Number(a) - Number(b)).map((number) => join(directory, `blk${number}.dat`));
    if (this.#unread.length === 0)
      throw new BlocksError(
        "no_block_files",
        `${directory} holds no blk*.dat files: name the "blocks" folder of the node's data`,
      );
    this.#key = names.includes("xor.dat") ? readKey(join(directory, "xor.dat")) : new Uint8Array(KEY_BYTES);
  }

  async tip(): Promise<ChainTip> {
    if (!this.#chain.hasTip) this.#chooseTip();
    const height = this.#chain.tipHeight;
    if (height === null || this.#chainName === null)
      throw new BlocksError("no_block_files", `there is no block in the files of ${this.#directory}`);
    return { chain: this.#chainName, height, missingBlocks: 0, initialBlockDownload: false, verificationProgress: 1 };
  }

  async reach(height: number): Promise<number> {
    await this.tip();
    while (this.#chain.lowestHeight > height && this.#readNextFile()) {}
    return this.#chain.lowestHeight;
  }

  async places(firstHeight: number, count: number): Promise<BlockPlace[]> {
    const { height: tip } = await this.tip();
    if (firstHeight + count - 1 > tip)
      throw new BlocksError("no_such_block", `the files of ${this.#directory} reach to block ${tip} only`);
    const lowest = await this.reach(firstHeight);
    if (lowest > firstHeight) throw this.#missing(lowest - 1);
    return Array.from({ length: count }, (_, index) => {
      const { height, hash, previousHash, time } = this.#chain.at(firstHeight + index);
      return { height, hash, previousHash, time };
    });
  }

  async block({ hash, height }: BlockPlace): Promise<Uint8Array> {
    const filed = this.#chain.get(hash);
    if (filed === undefined) throw this.#missing(height);
    if (this.#open?.path !== filed.file) {
      this.#open?.close();
      this.#open = new BlockFile(filed.file, this.#key);
    }
    return this.#open.read(filed.offset, filed.length);
  }

  close(): void {
    this.#open?.close();
    this.#open = null;
  }

  /** Reads files until none before them can hold a higher block, and takes the highest block that is there in full. */
  #chooseTip(): void {
    while (this.#chain.heightSpan < ORDER_WINDOW_BLOCKS && this.#readNextFile()) {}
    for (;;) {
      const tip = this.#chain.chooseTip();
      if (tip === null || this.#isWhole(tip.item)) return;
      this.#onNotice(
        `${tip.item.file}: the block at ${tip.item.offset} is not there in full (being written, or cut off) and is left out`,
      );
      this.#chain.forget(tip.hash);
    }
  }

  /** A node keeps room for blocks before it writes them: of one that was being written when it ended, zeros are left. */
  #isWhole({ file, offset, length }: FiledBlock): boolean {
    const source = new BlockFile(file, this.#key);
    try {
      return checkMerkleRoot(parseBlock(source.read(offset, length)));
    } catch (error) {
      if (error instanceof TxParseError) return false;
      throw error;
    } finally {
      source.close();
    }
  }

  #missing(height: number): BlocksError {
    const first = this.#chain.lowestHeight;
    return this.#chain.hasBlocksBelow
      ? new BlocksError(
          "missing_block",
          `block ${height} is missing from the files of ${this.#directory}, which hold blocks below it and from ${first} on`,
        )
      : new BlocksError(
          "pruned",
          `the files of ${this.#directory} hold blocks from ${first} on: older ones were pruned or never there; ask for a later time`,
        );
  }

  /** @returns whether there was one. */
  #readNextFile(): boolean {
    const path = this.#unread.pop();
    if (path === undefined) return false;
    const file = new BlockFile(path, this.#key);
    try {
      const { chain, blocks, tornAt, skippedBytes } = file.content();
      this.#chainName ??= chain;
      if (chain !== null && chain !== this.#chainName)
        throw new BlocksError(
          "wrong_chain",
          `${path} holds blocks of ${chain}, files after it those of ${this.#chainName}`,
        );
      if (tornAt !== null)
        this.#onNotice(
          `${path}: the block at ${tornAt} is not there in full (being written, or cut off) and is left out`,
        );
      if (skippedBytes > 0) this.#onNotice(`${path}: ${skippedBytes} bytes are no blocks and are skipped`);
      this.#chain.add(
        blocks.map(({ filed, head }) => {
          const { hash, previousBlockHash, time } = parseBlockHeader(head);
          return { hash, previousHash: previousBlockHash, time, head, item: filed };
        }),
      );
    } finally {
      file.close();
    }
    return true;
  }
}

/** @throws {BlocksError} `bad_xor_key`. */
function readKey(path: string): Uint8Array {
  let bytes: Uint8Array;
  try {
    bytes = readFileSync(path);
  } catch (cause) {
    throw new BlocksError("bad_xor_key", `${path} cannot be read (${(cause as Error).message})`, { cause });
  }
  if (bytes.length === KEY_BYTES) return bytes;
  throw new BlocksError("bad_xor_key", `${path} has ${bytes.length} bytes; the key of block files has ${KEY_BYTES}`);
}
