import { AddressError } from "./address-error.ts";

const alphabet = "qpzry9x8gf2tvdw0s3jn54khce6mua7l";
const checksumCharacters = 6;
const maxCharacters = 90;

/** Constants of the two checksums: BIP 173 for witness version 0, BIP 350 for all others. */
export const bech32Constant = 1;
export const bech32mConstant = 0x2bc830a3;

/** The BCH code of BIP 173 over numbers of five bits. */
function polymod(values: readonly number[]): number {
  let checksum = 1;
  for (const value of values) {
    const top = checksum >>> 25;
    checksum = ((checksum & 0x1ffffff) << 5) ^ value;
    if (top & 1) checksum ^= 0x3b6a57b2;
    if (top & 2) checksum ^= 0x26508e6d;
    if (top & 4) checksum ^= 0x1ea119fa;
    if (top & 8) checksum ^= 0x3d4233dd;
    if (top & 16) checksum ^= 0x2a1462b3;
  }
  return checksum >>> 0;
}

function expandPrefix(prefix: string): number[] {
  const codes = Array.from(prefix, (character) => character.charCodeAt(0));
  return [...codes.map((code) => code >> 5), 0, ...codes.map((code) => code & 31)];
}

/** Numbers of five bits with prefix and checksum, in lower case. */
export function encodeBech32(prefix: string, data: readonly number[], constant: number): string {
  const checksum = polymod([...expandPrefix(prefix), ...data, 0, 0, 0, 0, 0, 0]) ^ constant;
  const last = [25, 20, 15, 10, 5, 0].map((shift) => (checksum >>> shift) & 31);
  return `${prefix}1${[...data, ...last].map((value) => alphabet[value]).join("")}`;
}

/** A decoded text: `constant` says which of the two checksums matched. */
export interface Bech32 {
  readonly prefix: string;
  /** Numbers of five bits, without the checksum. */
  readonly data: readonly number[];
  readonly constant: number;
}

/** @throws AddressError when neither checksum matches */
export function decodeBech32(text: string): Bech32 {
  if (text.length > maxCharacters)
    throw new AddressError("unknown_format", `bech32 has at most ${maxCharacters} characters, got ${text.length}`);
  const lower = text.toLowerCase();
  if (text !== lower && text !== text.toUpperCase())
    throw new AddressError("invalid_character", "bech32 has upper or lower case, not both");
  const separator = lower.lastIndexOf("1");
  if (separator < 1 || separator + checksumCharacters >= text.length)
    throw new AddressError("unknown_format", "bech32 needs a prefix, the separator 1 and at least six characters");
  const prefix = lower.slice(0, separator);
  if (/[^!-~]/.test(prefix))
    throw new AddressError("invalid_character", "the prefix of bech32 has printable ASCII characters only");
  const values = Array.from(lower.slice(separator + 1), (character) => alphabet.indexOf(character));
  const wrong = values.indexOf(-1);
  if (wrong >= 0) {
    const position = separator + 1 + wrong;
    throw new AddressError(
      "invalid_character",
      `bech32 has no ${JSON.stringify(text[position])}, at position ${position}`,
    );
  }
  const constant = polymod([...expandPrefix(prefix), ...values]);
  if (constant !== bech32Constant && constant !== bech32mConstant)
    throw new AddressError("invalid_checksum", "the bech32 checksum does not match: is a character wrong or missing?");
  return { prefix, data: values.slice(0, -checksumCharacters), constant };
}

/** Regroups bytes into numbers of five bits, the last one padded with zeros. */
export function bytesToFiveBits(bytes: Uint8Array): number[] {
  const values: number[] = [];
  let bits = 0;
  let rest = 0;
  for (const byte of bytes) {
    rest = ((rest << 8) | byte) & 0xfff;
    bits += 8;
    while (bits >= 5) {
      bits -= 5;
      values.push((rest >> bits) & 31);
    }
  }
  if (bits > 0) values.push((rest << (5 - bits)) & 31);
  return values;
}

/**
 * Inverse of {@link bytesToFiveBits}.
 * @throws AddressError when the padding is not that of whole bytes
 */
export function fiveBitsToBytes(values: readonly number[]): Uint8Array {
  const bytes: number[] = [];
  let bits = 0;
  let rest = 0;
  for (const value of values) {
    rest = ((rest << 5) | value) & 0xfff;
    bits += 5;
    if (bits < 8) continue;
    bits -= 8;
    bytes.push((rest >> bits) & 255);
  }
  if (bits >= 5 || (rest & ((1 << bits) - 1)) !== 0)
    throw new AddressError("invalid_program", "the witness program is not padded with fewer than five zero bits");
  return Uint8Array.from(bytes);
}
