import { checkBytes } from "./input.ts";

/** Bytes that a count or length prefix takes. */
export function prefixBytes(value: number): number {
  return value < 0xfd ? 1 : value < 0x10000 ? 3 : 5;
}

/** Bytes of a byte string with its length before it. */
export function prefixedBytes(bytes: Uint8Array, name: string): number {
  checkBytes(bytes, name);
  return prefixBytes(bytes.length) + bytes.length;
}

/** Writes Bitcoin's number formats into an array of a size known beforehand. */
export class ByteWriter {
  readonly bytes: Uint8Array;
  position = 0;

  constructor(size: number) {
    this.bytes = new Uint8Array(size);
  }

  /** An unsigned number in little-endian bytes; at most 53 bits of it. */
  uint(value: number, width: number): void {
    let rest = value;
    for (let index = 0; index < width; index++) {
      this.bytes[this.position++] = rest % 256;
      rest = Math.floor(rest / 256);
    }
  }

  /** @throws RangeError naming the field */
  uint32(value: number, name: string): void {
    if (!Number.isInteger(value) || value < 0 || value > 0xffffffff)
      throw new RangeError(`${name} must be an integer from 0 to 2^32-1, got ${value}`);
    this.uint(value, 4);
  }

  /** A count or length prefix (CompactSize), as short as it can be. */
  prefix(value: number): void {
    const width = prefixBytes(value);
    if (width > 1) this.uint(width === 3 ? 0xfd : 0xfe, 1);
    this.uint(value, width === 1 ? 1 : width - 1);
  }

  raw(bytes: Uint8Array): void {
    this.bytes.set(bytes, this.position);
    this.position += bytes.length;
  }

  /** Bytes with their length before them. */
  prefixed(bytes: Uint8Array): void {
    this.prefix(bytes.length);
    this.raw(bytes);
  }
}
