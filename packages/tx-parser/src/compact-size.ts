import { TxParseError } from "./tx-parse-error.ts";

/** Bytes that a length prefix takes, by its first byte. */
export function compactSizeWidth(firstByte: number): number {
  return firstByte < 0xfd ? 1 : firstByte === 0xfd ? 3 : firstByte === 0xfe ? 5 : 9;
}

/** A little-endian unsigned 32-bit number. */
export function readUint32(bytes: Uint8Array, offset: number): number {
  return (bytes[offset]! | (bytes[offset + 1]! << 8) | (bytes[offset + 2]! << 16) | (bytes[offset + 3]! << 24)) >>> 0;
}

/**
 * A length prefix (Bitcoin's CompactSize) whose first byte is 0xfd or more; the caller reads the short ones in place.
 * As in Bitcoin Core, a prefix longer than needed is refused. One above 2^53 comes back rounded, which is still
 * larger than any array, so the caller's comparison with what is left holds.
 */
export function readLongCompactSize(bytes: Uint8Array, offset: number, end: number): number {
  const first = bytes[offset]!;
  if (end - offset < compactSizeWidth(first))
    throw new TxParseError("unexpected_end", offset, "length prefix is cut off");
  let value: number;
  let least: number;
  if (first === 0xfd) {
    value = bytes[offset + 1]! | (bytes[offset + 2]! << 8);
    least = 0xfd;
  } else {
    value = readUint32(bytes, offset + 1);
    least = 0x10000;
    if (first === 0xff) {
      value += readUint32(bytes, offset + 5) * 0x100000000;
      least = 0x100000000;
    }
  }
  if (value < least)
    throw new TxParseError("non_minimal_length", offset, `length ${value} is written longer than needed`);
  return value;
}
