import { statSync } from "node:fs";
import { setImmediate as nextTurn } from "node:timers/promises";
import { checkMerkleRoot, parseBlock, parseBlockHeader, TxParseError } from "@utxoracle/tx-parser";
import { checkLimits, checkOptions, sourceOptionKinds } from "./argument.ts";
import { bip34Height } from "./bip34-height.ts";
import { BlockFile, type BlockLocation } from "./block-file.ts";
import { blockFiles, obfuscationKey, tornNotice } from "./block-folder.ts";
import type { BlockPlace, BlockSource, ChainTip } from "./block-source.ts";
import { BlockSourceError, chainChanged } from "./error.ts";
import { HeaderChain } from "./header-chain.ts";
import { type BlockLimits, MAX_BLOCKS } from "./limits.ts";

/**
 * A block's time is at most two hours ahead of the clock of the node that writes it (Bitcoin Core,
 * src/validation.cpp). The rest is a margin for wrong clocks.
 */
const CLOCK_TOLERANCE_SECONDS = 86_400;
/** Reading more files than this for the tip takes a moment and is reported. */
const MANY_FILES = 50;
/** Exceeds the number of blocks in a file. */
const ORDER_STEP = 2 ** 24;

/** Options of {@link FileBlocks}. */
export interface FileBlocksOptions {
  /** Receives harmless irregularities, one line each. */
  readonly onNotice?: (text: string) => void;
  /** Cancels a search through many files. */
  readonly signal?: AbortSignal;
  /** Bounds on what is accepted. */
  readonly limits?: BlockLimits;
}

interface UnreadFile {
  readonly path: string;
  readonly number: number;
  /** Unix seconds. Nothing in the file was written later. */
  readonly modified: number;
}

/**
 * Blocks from the `blk*.dat` files of a node, which need not be running.
 *
 * A file's number is not its age: a node started from a UTXO snapshot alternates between writing
 * the newest blocks and old ones. Files are read by modification time, latest first, and only as
 * many as needed: a file last written before the tip was mined cannot hold a block on top of it. If
 * a file holds a block newer than its own modification time, the times cannot be trusted and all
 * files are read.
 */
export class FileBlocks implements BlockSource {
  readonly kind = "files";
  readonly #directory: string;
  readonly #key: Uint8Array;
  readonly #onNotice: (text: string) => void;
  readonly #signal: AbortSignal | undefined;
  readonly #maxBlocks: number;
  /** In reading order from the end. */
  readonly #unread: UnreadFile[];
  readonly #chain = new HeaderChain<BlockLocation>();
  #chainName: { readonly chain: string; readonly path: string } | null = null;
  /**
   * False once a file holds a block newer than its modification time: it was copied, or its time
   * was set.
   */
  #fileTimesHold = true;
  #newestTime = Number.NEGATIVE_INFINITY;
  #filesRead = 0;
  #open: BlockFile | null = null;

  /** @param directory the node's `blocks` folder. @throws {BlockSourceError} */
  constructor(directory: string, options: FileBlocksOptions = {}) {
    checkOptions(options, sourceOptionKinds);
    checkLimits(options.limits);
    this.#directory = directory;
    this.#onNotice = options.onNotice ?? (() => {});
    this.#signal = options.signal;
    this.#maxBlocks = options.limits?.maxBlocks ?? MAX_BLOCKS;
    this.#unread = blockFiles(directory)
      .map(({ path, number }) => unreadFile(path, number))
      .sort((a, b) => a.modified - b.modified || a.number - b.number);
    this.#key = obfuscationKey(directory);
  }

  async tip(): Promise<ChainTip> {
    if (this.#chain.tip === null) await this.#chooseTip();
    const { tip } = this.#chain;
    if (tip === null || this.#chainName === null) {
      const { size } = this.#chain;
      throw new BlockSourceError(
        "no_block_files",
        size === 0
          ? `there is no block in the files of ${this.#directory}`
          : `none of the ${size} blocks in the files of ${this.#directory} has a known height`,
      );
    }
    return {
      chain: this.#chainName.chain,
      height: tip.height,
      missingBlocks: 0,
      initialBlockDownload: false,
      verificationProgress: 1,
    };
  }

  async reach(height: number): Promise<number> {
    await this.tip();
    while (this.#chain.lowestHeight > height && (await this.#readNextFile())) {}
    return this.#chain.lowestHeight;
  }

  async places(firstHeight: number, count: number): Promise<BlockPlace[]> {
    const { height: tip } = await this.tip();
    if (firstHeight + count - 1 > tip)
      throw new BlockSourceError("no_such_block", `the files of ${this.#directory} reach to block ${tip} only`);
    const lowest = await this.reach(firstHeight);
    if (lowest > firstHeight) throw this.#missing(lowest - 1);
    return Array.from({ length: count }, (_, index) => this.#chain.at(firstHeight + index));
  }

  async block({ hash, height }: BlockPlace): Promise<Uint8Array> {
    const copies = this.#chain.copies(hash);
    for (const filed of copies) {
      const bytes = this.#read(filed);
      if (copies.length === 1 || isWhole(bytes)) return bytes;
    }
    throw this.#missing(height);
  }

  close(): void {
    this.#open?.close();
    this.#open = null;
  }

  async #chooseTip(): Promise<void> {
    for (;;) {
      while (!this.#restIsOlderThan(this.#newestTime) && (await this.#readNextFile())) {}
      const tip = this.#chain.chooseTip();
      // The newest block may be on an abandoned branch.
      if (!this.#restIsOlderThan(tip?.time ?? Number.NEGATIVE_INFINITY)) {
        while (await this.#readNextFile()) {}
        this.#chain.chooseTip();
      }
      if (this.#dropTornTip() === "kept") return;
    }
  }

  /**
   * A node reserves space before it writes: a block whose write was interrupted is partly zeros.
   */
  #dropTornTip(): "kept" | "dropped" {
    const { tip } = this.#chain;
    if (tip === null) return "kept";
    const copies = this.#chain.copies(tip.hash);
    if (copies.some((filed) => isWhole(this.#read(filed)))) return "kept";
    for (const { file, offset } of copies) this.#onNotice(tornNotice(file, offset));
    this.#chain.forget(tip.hash);
    return "dropped";
  }

  /** Whether no unread file can hold a block on top of one with this time. */
  #restIsOlderThan(time: number): boolean {
    const next = this.#unread.at(-1);
    if (next === undefined) return true;
    if (!this.#fileTimesHold || next.modified + CLOCK_TOLERANCE_SECONDS >= time) return false;
    this.#fileTimesHold = this.#unread.every((file) => this.#beginsBeforeItsTime(file));
    return this.#fileTimesHold;
  }

  #beginsBeforeItsTime({ path, modified }: UnreadFile): boolean {
    const file = new BlockFile(path, this.#key);
    try {
      const head = file.firstHead();
      return head !== null && parseBlockHeader(head).time <= modified + CLOCK_TOLERANCE_SECONDS;
    } finally {
      file.close();
    }
  }

  #read({ file, offset, length }: BlockLocation): Uint8Array {
    if (this.#open?.path !== file) {
      this.#open?.close();
      this.#open = new BlockFile(file, this.#key);
    }
    return this.#open.read(offset, length);
  }

  #missing(height: number): BlockSourceError {
    const first = this.#chain.lowestHeight;
    return this.#chain.hasBlocksBelow
      ? new BlockSourceError(
          "missing_block",
          `block ${height} is missing from the files of ${this.#directory}, which hold blocks below it and from ${first} on`,
        )
      : new BlockSourceError(
          "pruned",
          `the files of ${this.#directory} hold blocks from ${first} on: older ones were pruned or never there; ask for a later time`,
        );
  }

  /**
   * @returns false when all files are read.
   * @throws {BlockSourceError} `chain_changed` when a better tip turns up.
   */
  async #readNextFile(): Promise<boolean> {
    this.#signal?.throwIfAborted();
    const next = this.#unread.pop();
    if (next === undefined) return false;
    const { tip } = this.#chain;
    if (++this.#filesRead === MANY_FILES && tip === null)
      this.#onNotice(
        `${this.#directory}: the files' times do not show where the newest blocks are; reading all headers`,
      );
    // Reading is synchronous: let signals and timers run between two files.
    await nextTurn();
    const timesHeld = this.#fileTimesHold;
    const highest = this.#readHeaders(next);
    this.#chain.extend();
    if (tip === null || (highest <= tip.height && timesHeld === this.#fileTimesHold)) return true;
    this.#fileTimesHold = false;
    this.#chain.forgetTip();
    throw chainChanged(tip.height);
  }

  /** @returns the greatest height stated by a block of the file; -1 if none states one. */
  #readHeaders({ path, number, modified }: UnreadFile): number {
    let highest = -1;
    const file = new BlockFile(path, this.#key);
    try {
      const { chain, blocks, tornAt, skippedBytes } = file.content();
      if (chain !== null) this.#checkChain(chain, path);
      if (tornAt !== null) this.#onNotice(tornNotice(path, tornAt));
      if (skippedBytes > 0) this.#onNotice(`${path}: ${skippedBytes} bytes are no blocks and are skipped`);
      for (const [index, { filed, head }] of blocks.entries()) {
        const { hash, previousBlockHash: previousHash, time, bits } = parseBlockHeader(head);
        const statedHeight = bip34Height(head);
        this.#chain.add({
          ...{ hash, previousHash, time, bits, statedHeight },
          order: number * ORDER_STEP + index,
          item: filed,
        });
        highest = Math.max(highest, statedHeight ?? -1);
        this.#newestTime = Math.max(this.#newestTime, time);
        if (time > modified + CLOCK_TOLERANCE_SECONDS) this.#fileTimesHold = false;
      }
    } finally {
      file.close();
    }
    if (this.#chain.size > this.#maxBlocks)
      throw new BlockSourceError(
        "too_many_blocks",
        `the files of ${this.#directory} hold more than ${this.#maxBlocks} blocks: name a folder with fewer files`,
      );
    return highest;
  }

  #checkChain(chain: string, path: string): void {
    this.#chainName ??= { chain, path };
    if (chain === this.#chainName.chain) return;
    throw new BlockSourceError(
      "wrong_chain",
      `${path} holds blocks of ${chain}, ${this.#chainName.path} those of ${this.#chainName.chain}`,
    );
  }
}

function isWhole(bytes: Uint8Array): boolean {
  try {
    return checkMerkleRoot(parseBlock(bytes));
  } catch (error) {
    if (error instanceof TxParseError) return false;
    throw error;
  }
}

/** @throws {BlockSourceError} `unreadable`. */
function unreadFile(path: string, number: number): UnreadFile {
  try {
    const status = statSync(path);
    if (status.isFile()) return { path, number, modified: status.mtimeMs / 1000 };
  } catch (cause) {
    throw new BlockSourceError("unreadable", `${path} cannot be read (${(cause as Error).message})`, { cause });
  }
  throw new BlockSourceError("unreadable", `${path} is not a regular file`);
}
