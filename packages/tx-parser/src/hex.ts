import { nodeBuiltin } from "./node-builtin.ts";

const digits = "0123456789abcdef";

/**
 * Converts bytes to lowercase hex.
 *
 * @example bytesToHex(output.script) // "0014…"
 */
export function bytesToHex(bytes: Uint8Array): string {
  if (!(ArrayBuffer.isView(bytes) && bytes[Symbol.toStringTag] === "Uint8Array"))
    throw new TypeError(`bytes must be a Uint8Array, got ${bytes === null ? "null" : typeof bytes}`);
  let hex = "";
  for (const byte of bytes) hex += digits[byte >> 4]! + digits[byte & 15]!;
  return hex;
}

/** Value of each ASCII character as a hex digit, 255 for others. Created on first use. */
let digitValues: Uint8Array | undefined;

function makeDigitValues(): Uint8Array {
  const values = new Uint8Array(128).fill(255);
  for (let digit = 0; digit < 16; digit++) {
    values[digits.charCodeAt(digit)] = digit;
    values[digits.toUpperCase().charCodeAt(digit)] = digit;
  }
  return values;
}

/**
 * Converts hex to bytes. White space around it is ignored, as at the end of a line.
 *
 * @param hex an even number of hex digits, in either case
 * @throws TypeError when it is not a string
 * @throws RangeError when its length is odd or a character is not a hex digit. Names what was
 *   passed by mistake: a PSBT, base64, a `0x` prefix
 * @example hexToBytes(await rpc("getrawtransaction", [txid]))
 */
export function hexToBytes(hex: string): Uint8Array {
  if (typeof hex !== "string") throw new TypeError(`hex must be a string, got ${typeof hex}`);
  digitValues ??= makeDigitValues();
  const text = hex.trim();
  const length = text.length >> 1;
  const bytes = new Uint8Array(length);
  for (let index = 0; index < length; index++) {
    const high = digitValues[text.charCodeAt(2 * index)] ?? 255;
    const low = digitValues[text.charCodeAt(2 * index + 1)] ?? 255;
    if ((high | low) > 15) throw notHex(hex, text);
    bytes[index] = (high << 4) | low;
  }
  if (text.length % 2 !== 0) throw notHex(hex, text);
  return bytes;
}

function notHex(hex: string, text: string): RangeError {
  if (/^cHNidP/.test(text))
    return new RangeError("hex is a PSBT in base64: finalize it and extract the transaction (finalizepsbt)");
  if (/^(["'`]).*\1$/s.test(text)) return new RangeError("hex is in quotes: remove them");
  if (/^((bc|tb|bcrt)1\w+|[123mn][1-9A-HJ-NP-Za-km-z]{25,34}|[t-z]p(ub|rv)\w+)$/i.test(text))
    return new RangeError("hex is an address or a key, not a transaction");
  if (/^0x[0-9a-f]*$/i.test(text)) return new RangeError("hex has the prefix 0x: remove it");
  const wrong = text.search(/[^0-9a-f]/i);
  if (wrong < 0) return new RangeError(`hex has an odd number of digits: ${text.length}; is its end cut off?`);
  const place = hex.length - hex.trimStart().length + wrong;
  const problem = `hex has ${JSON.stringify(hex[place])} at position ${place}`;
  if (/^[0-9a-f\s]*$/i.test(text)) return new RangeError(`${problem}: remove the white space inside`);
  // A short word is no base64; a long one hardly ever has hex digits alone.
  if (/^[a-z0-9+/_-]{16,}={0,2}$/i.test(text))
    return new RangeError(`${problem}: it looks like base64; decode it to bytes instead`);
  return new RangeError(problem);
}

interface IdTables {
  /**
   * The two ASCII digits of each byte as a 16-bit number, independent of the machine's byte order.
   */
  digitPairs: Uint16Array;
  /** Buffer for the id being written: as ASCII, and the same memory as pairs of digits. */
  ascii: Uint8Array;
  pairs: Uint16Array;
}
/** Created on first use, so that bundlers can drop it. */
let idTables: IdTables | undefined;

function makeIdTables(): IdTables {
  const ofBytes = Uint8Array.from({ length: 512 }, (_, index) =>
    digits.charCodeAt(index & 1 ? (index >> 1) & 15 : index >> 5),
  );
  const ascii = new Uint8Array(64);
  return { digitPairs: new Uint16Array(ofBytes.buffer), ascii, pairs: new Uint16Array(ascii.buffer) };
}

/** Converts 32 bytes to an id or hash as Bitcoin displays it: reversed, in hex. */
export function idToHex(bytes: Uint8Array, offset: number): string {
  idTables ??= makeIdTables();
  const { digitPairs, ascii, pairs } = idTables;
  for (let index = 0; index < 32; index++) pairs[index] = digitPairs[bytes[offset + 31 - index]!]!;
  return idFromAscii(ascii, 0);
}

/**
 * A method of Node's `Buffer` that takes any byte array, without the checks of
 * `toString("latin1")`.
 */
type Latin1Slice = (this: Uint8Array, start: number, end: number) => string;
let latin1Slice: Latin1Slice | null | undefined;

/**
 * Converts 64 ASCII characters to a string. Node's own method makes one flat string, twice as fast.
 */
export function idFromAscii(ascii: Uint8Array, at: number): string {
  if (latin1Slice === undefined)
    latin1Slice =
      nodeBuiltin<{ Buffer: { prototype: { latin1Slice?: Latin1Slice } } }>("node:buffer")?.Buffer?.prototype
        .latin1Slice ?? null;
  if (latin1Slice !== null) return latin1Slice.call(ascii, at, at + 64);
  return (
    sixteenChars(ascii, at) + sixteenChars(ascii, at + 16) + sixteenChars(ascii, at + 32) + sixteenChars(ascii, at + 48)
  );
}

/**
 * One call with sixteen arguments is several times faster than a loop, a spread or a TextDecoder.
 */
function sixteenChars(ascii: Uint8Array, at: number): string {
  return String.fromCharCode(
    ascii[at]!,
    ascii[at + 1]!,
    ascii[at + 2]!,
    ascii[at + 3]!,
    ascii[at + 4]!,
    ascii[at + 5]!,
    ascii[at + 6]!,
    ascii[at + 7]!,
    ascii[at + 8]!,
    ascii[at + 9]!,
    ascii[at + 10]!,
    ascii[at + 11]!,
    ascii[at + 12]!,
    ascii[at + 13]!,
    ascii[at + 14]!,
    ascii[at + 15]!,
  );
}

/** Inverse of `idToHex`. `name` names the id in errors. */
export function idFromHex(id: string, name: string): Uint8Array {
  if (!/^[0-9a-fA-F]{64}$/.test(id)) throw new RangeError(`${name} must be 64 hex digits, got ${JSON.stringify(id)}`);
  return hexToBytes(id).reverse();
}
