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

/** Writes Bitcoin's number formats into an array whose size is known in advance. */
export class ByteWriter {
  readonly bytes: Uint8Array;
  position = 0;

  constructor(size: number) {
    this.bytes = new Uint8Array(size);
  }

  /** An unsigned little-endian number of up to 53 bits. */
  uint(value: number, width: number): void {
    let rest = value;
    for (let index = 0; index < width; index++) {
      this.bytes[this.position++] = rest % 256;
      rest = Math.floor(rest / 256);
    }
  }

  /** @throws RangeError that names the field */
  uint32(value: number, name: string): void {
    if (!Number.isInteger(value) || value < 0 || value > 0xffffffff)
      throw new RangeError(`${name} must be an integer from 0 to 2^32-1, got ${value}`);
    this.uint(value, 4);
  }

  /** A count or length prefix (CompactSize) in its shortest form. */
  prefix(value: number): void {
    const width = prefixBytes(value);
    if (width > 1) this.uint(width === 3 ? 0xfd : 0xfe, 1);
    this.uint(value, width === 1 ? 1 : width - 1);
  }

  raw(bytes: Uint8Array): void {
    this.bytes.set(bytes, this.position);
    this.position += bytes.length;
  }

  /** Bytes after their length prefix. */
  prefixed(bytes: Uint8Array): void {
    this.prefix(bytes.length);
    this.raw(bytes);
  }
}
