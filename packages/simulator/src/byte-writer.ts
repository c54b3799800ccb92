/** Up to here a loop is faster than a view and a copy. */
const SHORT_BYTES = 72;

/** Writes little-endian fields, compact sizes and slices into one growing buffer that is used again and again. */
export class ByteWriter {
  bytes: Buffer;
  /** Bytes written since the last {@link reset}. */
  length = 0;

  constructor(initialCapacity = 64 * 1024) {
    this.bytes = Buffer.allocUnsafeSlow(initialCapacity);
  }

  reset(): void {
    this.length = 0;
  }

  /** What was written, as a view: the next reset makes it worthless. */
  view(): Buffer {
    return this.bytes.subarray(0, this.length);
  }

  /** What was written, as a copy of its own. */
  copy(): Buffer {
    return Buffer.from(this.view());
  }

  uint8(value: number): void {
    this.#reserve(1);
    this.bytes[this.length++] = value;
  }

  uint16(value: number): void {
    this.#reserve(2);
    this.bytes.writeUInt16LE(value, this.length);
    this.length += 2;
  }

  uint32(value: number): void {
    this.#reserve(4);
    this.bytes.writeUInt32LE(value >>> 0, this.length);
    this.length += 4;
  }

  /** An amount in satoshis, a safe integer, as 8 bytes. */
  sats(value: number): void {
    this.#reserve(8);
    this.bytes.writeUInt32LE(value % 4294967296, this.length);
    this.bytes.writeUInt32LE(Math.floor(value / 4294967296), this.length + 4);
    this.length += 8;
  }

  /** Bitcoin's variable-length integer, up to 2^32 - 1. */
  compactSize(value: number): void {
    if (value < 0xfd) this.uint8(value);
    else if (value <= 0xffff) {
      this.uint8(0xfd);
      this.uint16(value);
    } else {
      this.uint8(0xfe);
      this.uint32(value);
    }
  }

  slice(source: Uint8Array, start = 0, end: number = source.length): void {
    const size = end - start;
    this.#reserve(size);
    if (size <= SHORT_BYTES) {
      const { bytes, length } = this;
      for (let offset = 0; offset < size; offset++) bytes[length + offset] = source[start + offset]!;
    } else this.bytes.set(size === source.length ? source : source.subarray(start, end), this.length);
    this.length += size;
  }

  #reserve(size: number): void {
    const needed = this.length + size;
    if (needed <= this.bytes.length) return;
    const grown = Buffer.allocUnsafeSlow(Math.max(needed, this.bytes.length * 2));
    grown.set(this.view());
    this.bytes = grown;
  }
}

const ARENA_CHUNK_BYTES = 256 * 1024;

/** Keeps many small byte strings in a few large buffers: cheaper to make and to collect than a buffer each. */
export class ByteArena {
  #chunk = Buffer.alloc(0);
  #used = 0;

  /** A copy of `source` that lives as long as somebody holds it. */
  keep(source: Uint8Array): Buffer {
    if (source.length > ARENA_CHUNK_BYTES / 8) return Buffer.from(source);
    if (this.#used + source.length > this.#chunk.length) {
      this.#chunk = Buffer.allocUnsafeSlow(ARENA_CHUNK_BYTES);
      this.#used = 0;
    }
    const kept = this.#chunk.subarray(this.#used, this.#used + source.length);
    kept.set(source);
    this.#used += source.length;
    return kept;
  }
}
