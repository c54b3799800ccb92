import { closeSync, fstatSync, readSync } from "node:fs";
import { openFileToRead } from "../config/regular-file.ts";
import { BlocksError } from "./blocks-error.ts";

/** Magic bytes of the chains, as the number that stands in the file (Bitcoin Core, src/kernel/chainparams.cpp). */
const CHAIN_OF_MAGIC: ReadonlyMap<number, string> = new Map([
  [0xf9beb4d9, "main"],
  [0x0b110907, "test"],
  [0x1c163f28, "testnet4"],
  [0x0a03cf40, "signet"],
  [0xfabfb5da, "regtest"],
]);

/** Magic and length before each block. */
const FRAME_BYTES = 8;
/** Header, count, and the coinbase as far as its height: version, marker, count, outpoint, script length, height. */
const HEAD_BYTES = 80 + 9 + 4 + 2 + 1 + 36 + 9 + 9;
const LEAST_BLOCK_BYTES = 80 + 1 + 10;
/** BIP 141. */
const MOST_BLOCK_BYTES = 4_000_000;
/** A damaged stretch is searched for the next block in pieces of this size. */
const SEARCH_BYTES = 1 << 20;

/** A block in a file, by its first bytes. */
export interface FiledBlock {
  readonly file: string;
  /** Of its header. */
  readonly offset: number;
  readonly length: number;
}

/** What was found in a file. */
export interface BlockFileContent {
  /** Null when there is no block in it. */
  readonly chain: string | null;
  /** Each with its first bytes. */
  readonly blocks: readonly { readonly filed: FiledBlock; readonly head: Uint8Array }[];
  /** Where the first block begins that ends after the file: it is being written, or was cut off; null when there is none. */
  readonly tornAt: number | null;
  /** Bytes between blocks that are none. */
  readonly skippedBytes: number;
}

/**
 * A file that Bitcoin Core writes blocks to: frames of magic, length and block, then zeros that are kept for more
 * blocks. From version 28 on all of it is combined with a key of 8 bytes by exclusive or.
 */
export class BlockFile {
  readonly path: string;
  readonly #descriptor: number;
  readonly #key: Uint8Array;

  /** @throws {BlocksError} `unreadable`. */
  constructor(path: string, key: Uint8Array) {
    this.path = path;
    this.#key = key;
    try {
      this.#descriptor = openFileToRead(path);
    } catch (cause) {
      throw new BlocksError("unreadable", `${path} cannot be opened (${(cause as Error).message})`, { cause });
    }
  }

  close(): void {
    closeSync(this.#descriptor);
  }

  /**
   * Finds the blocks by their frames; only the beginnings are read.
   * @throws {BlocksError} `unknown_magic` when the file has content and does not begin with a block.
   */
  content(): BlockFileContent {
    const size = fstatSync(this.#descriptor).size;
    const blocks: { filed: FiledBlock; head: Uint8Array }[] = [];
    let chain: string | null = null;
    let skippedBytes = 0;
    let tornAt: number | null = null;
    let position = 0;
    while (position + FRAME_BYTES <= size) {
      const start = this.read(position, Math.min(FRAME_BYTES + HEAD_BYTES, size - position));
      const view = new DataView(start.buffer, start.byteOffset, start.length);
      const magic = view.getUint32(0);
      if (this.#isUnwritten(start.subarray(0, FRAME_BYTES), position)) {
        // Mostly the end; after a crash a node may have gone on behind room that it had kept.
        const next = this.#nextFrame(position + 1, size, chain);
        if (next === size) break;
        skippedBytes += next - position;
        position = next;
        continue;
      }
      const length = view.getUint32(4, true);
      const frameChain = CHAIN_OF_MAGIC.get(magic);
      if (frameChain === undefined && chain === null) throw this.#unknownMagic(magic, position);
      if (frameChain !== (chain ?? frameChain) || length < LEAST_BLOCK_BYTES || length > MOST_BLOCK_BYTES) {
        const next = this.#nextFrame(position + 1, size, chain);
        skippedBytes += next - position;
        position = next;
        continue;
      }
      chain ??= frameChain as string;
      const offset = position + FRAME_BYTES;
      if (offset + length > size) {
        // Mostly the end; a length that was damaged must not hide the blocks after it.
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

  /** First bytes of the block that the file begins with; null when it begins with something else. */
  firstHead(): Uint8Array | null {
    const size = fstatSync(this.#descriptor).size;
    const start = this.read(0, Math.min(FRAME_BYTES + HEAD_BYTES, size));
    if (start.length < FRAME_BYTES + LEAST_BLOCK_BYTES) return null;
    const magic = new DataView(start.buffer, start.byteOffset, start.length).getUint32(0);
    return CHAIN_OF_MAGIC.has(magic) ? start.subarray(FRAME_BYTES) : null;
  }

  /** Bytes of the file as they were before the key. @throws {BlocksError} `unreadable` when they are not all there. */
  read(offset: number, length: number): Uint8Array {
    const bytes = new Uint8Array(length);
    for (let done = 0; done < length; ) {
      const got = readSync(this.#descriptor, bytes, done, length - done, offset + done);
      if (got === 0)
        throw new BlocksError(
          "unreadable",
          `${this.path} ends at ${offset + done}: it became shorter while it was read`,
        );
      done += got;
    }
    for (let index = 0; index < length; index++)
      (bytes[index] as number) ^= this.#key[(offset + index) % this.#key.length] as number;
    return bytes;
  }

  /** Zeros as they lie on the disk: space kept for blocks to come, which the key is not applied to. */
  #isUnwritten(bytes: Uint8Array, offset: number): boolean {
    return bytes.every((byte, index) => byte === this.#key[(offset + index) % this.#key.length]);
  }

  #unknownMagic(magic: number, position: number): BlocksError {
    const bytes = magic.toString(16).padStart(8, "0");
    return new BlocksError(
      "unknown_magic",
      `${this.path}: ${bytes} at ${position} begins no block of a known chain; is xor.dat missing from its folder, or is it of another node?`,
    );
  }

  /** Where the next frame of the chain begins, or the end. @param chain null: of any. */
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
