import { TxParseError } from "./tx-parse-error.ts";

/** Size of a length prefix in bytes, from its first byte. */
export function compactSizeWidth(firstByte: number): number {
  return firstByte < 0xfd ? 1 : firstByte === 0xfd ? 3 : firstByte === 0xfe ? 5 : 9;
}

/** A little-endian unsigned 32-bit number. */
export function readUint32(bytes: Uint8Array, offset: number): number {
  return (bytes[offset]! | (bytes[offset + 1]! << 8) | (bytes[offset + 2]! << 16) | (bytes[offset + 3]! << 24)) >>> 0;
}

/**
 * Reads a length prefix (Bitcoin's CompactSize) whose first byte is 0xfd or more; callers read
 * shorter ones in place. Rejects a prefix that is longer than needed, as Bitcoin Core does. A value
 * above 2^53 is rounded. It still exceeds any array, so the caller's check against the remaining
 * bytes holds.
 */
export function readLongCompactSize(bytes: Uint8Array, offset: number, end: number): number {
  const first = bytes[offset]!;
  if (end - offset < compactSizeWidth(first))
    throw new TxParseError("unexpected_end", offset, "length prefix is cut off");
  let value: number;
  let minimum: number;
  if (first === 0xfd) {
    value = bytes[offset + 1]! | (bytes[offset + 2]! << 8);
    minimum = 0xfd;
  } else {
    value = readUint32(bytes, offset + 1);
    minimum = 0x10000;
    if (first === 0xff) {
      value += readUint32(bytes, offset + 5) * 0x100000000;
      minimum = 0x100000000;
    }
  }
  if (value < minimum)
    throw new TxParseError("non_minimal_length", offset, `length ${value} has a longer encoding than needed`);
  return value;
}
