import { AddressError } from "./address-error.ts";
import { doubleSha256 } from "./sha256-javascript.ts";

const alphabet = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";
const checksumBytes = 4;
/** An address has 25 bytes. The limit bounds the time, which is quadratic in the length. */
const maxBase58Characters = 64;

/** The digits of a number in another base, most significant first; both bases are at most 256. */
function convertBase(digits: ArrayLike<number>, from: number, to: number): number[] {
  const converted: number[] = [];
  for (let index = 0; index < digits.length; index++) {
    let carry = digits[index]!;
    for (let place = 0; place < converted.length; place++) {
      carry += converted[place]! * from;
      converted[place] = carry % to;
      carry = Math.floor(carry / to);
    }
    for (; carry > 0; carry = Math.floor(carry / to)) converted.push(carry % to);
  }
  // Leading zeros have no place in a number, but in an address each is a character.
  for (let index = 0; index < digits.length && digits[index] === 0; index++) converted.push(0);
  return converted.reverse();
}

/** Base58 of a payload and the first four bytes of its double SHA-256. */
export function encodeBase58Check(payload: Uint8Array): string {
  const bytes = new Uint8Array(payload.length + checksumBytes);
  bytes.set(payload);
  bytes.set(doubleSha256(payload).subarray(0, checksumBytes), payload.length);
  return convertBase(bytes, 256, 58)
    .map((digit) => alphabet[digit])
    .join("");
}

/** @throws AddressError */
export function decodeBase58Check(text: string): Uint8Array {
  if (text.length > maxBase58Characters)
    throw new AddressError("unknown_format", `an address has at most 90 characters in bech32, 35 in base58`);
  const digits = Array.from(text, (character) => alphabet.indexOf(character));
  const wrong = digits.indexOf(-1);
  if (wrong >= 0)
    throw new AddressError("invalid_character", `base58 has no ${JSON.stringify(text[wrong])}, at position ${wrong}`);
  const bytes = Uint8Array.from(convertBase(digits, 58, 256));
  const payload = bytes.slice(0, -checksumBytes);
  const expected = doubleSha256(payload);
  const checksum = bytes.subarray(payload.length);
  if (checksum.length < checksumBytes || checksum.some((byte, index) => byte !== expected[index]))
    throw new AddressError("invalid_checksum", "the base58 checksum does not match: is a character wrong or missing?");
  return payload;
}
