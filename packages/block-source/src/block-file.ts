import { closeSync, fstatSync, readSync } from "node:fs";
import { BlockSourceError } from "./error.ts";
import { MAX_BLOCK_BYTES } from "./limits.ts";
import { openRegularFile } from "./regular-file.ts";

/** Chain by magic bytes, read as a big-endian number (Bitcoin Core, src/kernel/chainparams.cpp). */
const CHAIN_OF_MAGIC: ReadonlyMap<number, string> = new Map([
  [0xf9beb4d9, "main"],
  [0x0b110907, "test"],
  [0x1c163f28, "testnet4"],
  [0x0a03cf40, "signet"],
  [0xfabfb5da, "regtest"],
]);

/** Magic and length precede each block. */
const FRAME_BYTES = 8;
/**
 * Header, count, and the coinbase up to its height: version, marker, count, outpoint, script
 * length, height.
 */
const HEAD_BYTES = 80 + 9 + 4 + 2 + 1 + 36 + 9 + 9;
const MIN_BLOCK_BYTES = 80 + 1 + 10;
/** After damaged bytes the next block is searched for in chunks of this size. */
const SEARCH_BYTES = 1 << 20;

/** Where a block is stored. */
export interface BlockLocation {
  readonly file: string;
  /** Of the block's header in the file. */
  readonly offset: number;
  readonly length: number;
}

/** Contents of a block file. */
export interface BlockFileContent {
  /** Null when the file holds no block. */
  readonly chain: string | null;
  /** Each with its first bytes, enough for {@link bip34Height}. */
  readonly blocks: readonly { readonly filed: BlockLocation; readonly head: Uint8Array }[];
  /**
   * Offset of the first block that extends past the end of the file (being written, or cut off);
   * null without one.
   */
  readonly tornAt: number | null;
  /** Bytes between blocks that belong to none. */
  readonly skippedBytes: number;
}

/**
 * A block file of Bitcoin Core: frames of magic, length and block, then zeros reserved for more
 * blocks. Since version 28 everything is XORed with an 8-byte key.
 */
export class BlockFile {
  readonly path: string;
  readonly #descriptor: number;
  readonly #key: Uint8Array;

  /** @throws {BlockSourceError} `unreadable`. */
  constructor(path: string, key: Uint8Array) {
    this.path = path;
    this.#key = key;
    try {
      this.#descriptor = openRegularFile(path);
    } catch (cause) {
      throw new BlockSourceError("unreadable", `${path} cannot be opened (${(cause as Error).message})`, { cause });
    }
  }

  close(): void {
    closeSync(this.#descriptor);
  }

  /**
   * Finds the blocks by their frames; reads only the start of each.
   * @throws {BlockSourceError} `unknown_magic` when the file has content but does not begin with a
   *   block.
   */
  content(): BlockFileContent {
    const size = fstatSync(this.#descriptor).size;
    const blocks: { filed: BlockLocation; head: Uint8Array }[] = [];
    let chain: string | null = null;
    let skippedBytes = 0;
    let tornAt: number | null = null;
    let position = 0;
    while (position + FRAME_BYTES <= size) {
      const start = this.read(position, Math.min(FRAME_BYTES + HEAD_BYTES, size - position));
      const view = new DataView(start.buffer, start.byteOffset, start.length);
      const magic = view.getUint32(0);
      if (this.#isUnwritten(start.subarray(0, FRAME_BYTES), position)) {
        // Usually the end; after a crash a node may have continued behind space it had reserved.
        const next = this.#nextFrame(position + 1, size, chain);
        if (next === size) break;
        skippedBytes += next - position;
        position = next;
        continue;
      }
      const length = view.getUint32(4, true);
      const frameChain = CHAIN_OF_MAGIC.get(magic);
      if (frameChain === undefined && chain === null) throw this.#unknownMagic(magic, position);
      if (frameChain !== (chain ?? frameChain) || length < MIN_BLOCK_BYTES || length > MAX_BLOCK_BYTES) {
        const next = this.#nextFrame(position + 1, size, chain);
        skippedBytes += next - position;
        position = next;
        continue;
      }
      chain ??= frameChain as string;
      const offset = position + FRAME_BYTES;
      if (offset + length > size) {
        // Usually the end; a damaged length must not hide the blocks after it.
        tornAt ??= position;
        position = this.#nextFrame(position + 1, size, chain);
        continue;
      }
      const head = start.subarray(FRAME_BYTES, FRAME_BYTES + length);
      blocks.push({ filed: { file: this.path, offset, length }, head });
      position = offset + length;
    }
    return { chain, blocks, tornAt, skippedBytes };
  }

  /** First bytes of the first block; null when the file does not begin with one. */
  firstHead(): Uint8Array | null {
    const size = fstatSync(this.#descriptor).size;
    const start = this.read(0, Math.min(FRAME_BYTES + HEAD_BYTES, size));
    if (start.length < FRAME_BYTES + MIN_BLOCK_BYTES) return null;
    const magic = new DataView(start.buffer, start.byteOffset, start.length).getUint32(0);
    return CHAIN_OF_MAGIC.has(magic) ? start.subarray(FRAME_BYTES) : null;
  }

  /**
   * Decoded bytes of the file.
   * @throws {BlockSourceError} `unreadable` when the file is shorter.
   */
  read(offset: number, length: number): Uint8Array {
    const bytes = new Uint8Array(length);
    for (let done = 0; done < length; ) {
      const got = readSync(this.#descriptor, bytes, done, length - done, offset + done);
      if (got === 0)
        throw new BlockSourceError(
          "unreadable",
          `${this.path} ends at ${offset + done}: it was truncated during the read`,
        );
      done += got;
    }
    for (let index = 0; index < length; index++)
      (bytes[index] as number) ^= this.#key[(offset + index) % this.#key.length] as number;
    return bytes;
  }

  /** Whether the raw bytes are zeros: reserved space, to which the key is not applied. */
  #isUnwritten(bytes: Uint8Array, offset: number): boolean {
    return bytes.every((byte, index) => byte === this.#key[(offset + index) % this.#key.length]);
  }

  #unknownMagic(magic: number, position: number): BlockSourceError {
    const bytes = magic.toString(16).padStart(8, "0");
    return new BlockSourceError(
      "unknown_magic",
      `${this.path}: ${bytes} at ${position} begins no block of a known chain; is xor.dat missing from its folder, or does it belong to another node?`,
    );
  }

  /** Offset of the next frame, or `size`. @param chain null: of any chain. */
  #nextFrame(from: number, size: number, chain: string | null): number {
    const magics = [...CHAIN_OF_MAGIC].flatMap(([magic, name]) =>
      (chain ?? name) === name ? [magicBytes(magic)] : [],
    );
    for (let position = from; position + FRAME_BYTES <= size; position += SEARCH_BYTES - 3) {
      const piece = Buffer.from(this.read(position, Math.min(SEARCH_BYTES, size - position)).buffer);
      const found = magics.map((magic) => piece.indexOf(magic)).filter((index) => index >= 0);
      if (found.length > 0) return position + Math.min(...found);
    }
    return size;
  }
}

function magicBytes(magic: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(magic);
  return bytes;
}
