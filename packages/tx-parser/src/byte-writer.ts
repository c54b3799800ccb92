import { checkBytes } from "./input.ts";

/** Size of a count or length prefix in bytes. */
export function prefixBytes(value: number): number {
  return value < 0xfd ? 1 : value < 0x10000 ? 3 : 5;
}

/** Size of a byte string with its length prefix, in bytes. */
export function prefixedBytes(bytes: Uint8Array, name: string): number {
  checkBytes(bytes, name);
  return prefixBytes(bytes.length) + bytes.length;
}

/** Up to this size a loop copies faster than a view and `set`. */
const loopedBytes = 72;

/**
 * Writes Bitcoin's number formats, little-endian, into a buffer that grows when it is full. Values
 * are not checked: they wrap like those of a typed array.
 *
 * @example
 * const writer = new ByteWriter(64);
 * writer.uint32(2);
 * writer.prefixed(script);
 * send(writer.view());
 */
export class ByteWriter {
  /** The buffer, longer than what was written. */
  bytes: Uint8Array;
  /**
   * Bytes written. Set it to write over earlier bytes, or to 0 to start again in the same buffer.
   */
  length = 0;

  /** @param capacity size of the first buffer in bytes; exact if no growth is wanted */
  constructor(capacity: number) {
    if (!Number.isSafeInteger(capacity) || capacity < 0)
      throw new RangeError(`capacity must be a whole number of bytes, got ${String(capacity)}`);
    this.bytes = new Uint8Array(capacity);
  }

  /** The bytes written, as a view that later writes may change. */
  view(): Uint8Array {
    return this.length === this.bytes.length ? this.bytes : this.bytes.subarray(0, this.length);
  }

  /** One byte. */
  uint8(value: number): void {
    this.#reserve(1);
    this.bytes[this.length++] = value;
  }

  /** Two bytes. */
  uint16(value: number): void {
    this.#reserve(2);
    this.bytes[this.length++] = value;
    this.bytes[this.length++] = value >>> 8;
  }

  /** Four bytes. */
  uint32(value: number): void {
    this.#reserve(4);
    const { bytes, length } = this;
    bytes[length] = value;
    bytes[length + 1] = value >>> 8;
    bytes[length + 2] = value >>> 16;
    bytes[length + 3] = value >>> 24;
    this.length = length + 4;
  }

  /** A number of up to 53 bits as eight bytes, such as an amount in satoshis. */
  uint64(value: number): void {
    this.uint32(value % 0x100000000);
    this.uint32(Math.floor(value / 0x100000000));
  }

  /** A count or length prefix (CompactSize) in its shortest form, up to 2^32-1. */
  prefix(value: number): void {
    if (value < 0xfd) this.uint8(value);
    else if (value < 0x10000) {
      this.uint8(0xfd);
      this.uint16(value);
    } else {
      this.uint8(0xfe);
      this.uint32(value);
    }
  }

  /** Bytes as they are, by default all of them. */
  raw(source: Uint8Array, start = 0, end: number = source.length): void {
    const size = end - start;
    this.#reserve(size);
    const { bytes, length } = this;
    if (size > loopedBytes) bytes.set(source.subarray(start, end), length);
    else for (let offset = 0; offset < size; offset++) bytes[length + offset] = source[start + offset]!;
    this.length += size;
  }

  /** Bytes after their length prefix. */
  prefixed(source: Uint8Array): void {
    this.prefix(source.length);
    this.raw(source);
  }

  #reserve(size: number): void {
    const needed = this.length + size;
    if (needed <= this.bytes.length) return;
    const grown = new Uint8Array(Math.max(needed, 2 * this.bytes.length));
    grown.set(this.view());
    this.bytes = grown;
  }
}
