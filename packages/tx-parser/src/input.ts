import { hexToBytes } from "./hex.ts";
import { type Expected, mistakenFor } from "./mistaken-input.ts";
import { TransactionScan } from "./transaction-scan.ts";
import { walkTransaction } from "./transaction-walk.ts";
import { TxParseError } from "./tx-parse-error.ts";

/** Raw bytes, or the same in hex. */
export type BytesOrHex = Uint8Array | string;

/**
 * Rejects anything but a Uint8Array, such as a hex string, an array of numbers or an ArrayBuffer.
 * Checks the tag instead of the class, so arrays from other realms (frames, test sandboxes) pass.
 */
export function checkBytes(bytes: unknown, name: string): asserts bytes is Uint8Array {
  if (!(ArrayBuffer.isView(bytes) && (bytes as Uint8Array)[Symbol.toStringTag] === "Uint8Array"))
    throw new TypeError(`${name} must be a Uint8Array, got ${nameOfType(bytes)}`);
}

/** The bytes of an argument that may be given in hex. */
export function bytesOf(input: BytesOrHex, name: string): Uint8Array {
  if (typeof input === "string") return hexToBytes(input);
  if (typeof input !== "object") throw new TypeError(`${name} must be a Uint8Array or hex, got ${typeof input}`);
  checkBytes(input, name);
  return input;
}

function nameOfType(value: unknown): string {
  if (Array.isArray(value)) return "an array: convert it with Uint8Array.from";
  const tag = Object.prototype.toString.call(value).slice(8, -1);
  if (tag === "ArrayBuffer") return "an ArrayBuffer: wrap it in new Uint8Array";
  return value === null ? "null" : typeof value;
}

/** A wrong number in an error: `10n`, `"10"`, `an array`. */
export function shown(value: unknown): string {
  if (typeof value === "bigint") return `${value}n: convert it with Number`;
  if (typeof value === "string") return JSON.stringify(value.slice(0, 40));
  return typeof value === "object" ? nameOfType(value) : String(value);
}

/** Rejects anything without fields, such as undefined. `what` says what belongs there. */
export function checkObject(value: unknown, name: string, what: string): void {
  if (typeof value !== "object" || value === null)
    throw new TypeError(`${name} must be ${what}, got ${nameOfType(value)}`);
}

/**
 * Rejects options other than this one. A number is accepted: `Array.map` passes its index.
 *
 * @param type of the option's value
 */
export function checkOnlyOption(options: unknown, name: string, type: "boolean" | "number"): void {
  if (typeof options === "number") return;
  checkObject(options, "options", `{ ${name} }`);
  for (const [given, value] of Object.entries(options as object))
    if (given !== name || (value !== undefined && typeof value !== type))
      throw new TypeError(`options.${given}: the only option is ${name}, a ${type}`);
}

export function checkArray(list: unknown, name: string): void {
  if (!Array.isArray(list))
    throw new TypeError(`${name} must be an array, got ${list === null ? "null" : typeof list}`);
}

/** Scans an array that must hold exactly one transaction. `name` names the array in errors. */
export function readWholeTransaction(
  bytes: Uint8Array,
  allowWitness = true,
  scan: TransactionScan = new TransactionScan(),
  name = "bytes",
): TransactionScan {
  checkBytes(bytes, name);
  try {
    const end = walkTransaction(bytes, 0, bytes.length, allowWitness, scan);
    if (end !== bytes.length)
      throw new TxParseError("trailing_bytes", end, `${bytes.length - end} bytes left over after the transaction`);
  } catch (error) {
    throw withMistake(error, bytes, "transaction");
  }
  return scan;
}

/** Adds to a parse error what the bytes were probably mistaken for. */
export function withMistake(error: unknown, bytes: Uint8Array, expected: Expected): unknown {
  if (!(error instanceof TxParseError)) return error;
  const mistake = mistakenFor(bytes, expected);
  if (mistake === null) return error;
  return new TxParseError(error.code, error.offset, `the bytes look like ${mistake}; ${error.problem}`);
}

/** Scans arrays that must each hold exactly one transaction. Errors name the index. */
export function readWholeTransactions(transactions: readonly Uint8Array[], name = "transactions"): TransactionScan[] {
  return transactions.map((bytes, index) => {
    try {
      return readWholeTransaction(bytes, true, new TransactionScan(), `${name}[${index}]`);
    } catch (error) {
      if (!(error instanceof TxParseError)) throw error;
      throw new TxParseError(error.code, error.offset, `${name}[${index}]: ${error.problem}`);
    }
  });
}

/** The bytes of a list that may be given in hex. Errors name the index. */
export function listOfBytes(list: readonly BytesOrHex[], name: string): readonly Uint8Array[] {
  checkArray(list, name);
  // Unlike `map`, this visits holes.
  return Array.from(list, (input, index) => {
    try {
      return bytesOf(input, `${name}[${index}]`);
    } catch (error) {
      if (error instanceof RangeError) throw new RangeError(`${name}[${index}]: ${error.message}`);
      throw error;
    }
  });
}

export const noBytes: Uint8Array = /* @__PURE__ */ new Uint8Array(0);

/**
 * A plain Uint8Array over a part of the bytes, even if they are a subclass such as Node's Buffer.
 * Empty parts share one array: most scriptSigs are empty, and a witness can have four million empty
 * items.
 */
export function viewOf(bytes: Uint8Array, offset: number, length: number): Uint8Array {
  return length === 0 ? noBytes : new Uint8Array(bytes.buffer, bytes.byteOffset + offset, length);
}

/** The bytes of a scanned transaction. */
export function scanView(bytes: Uint8Array, { offset, size }: Pick<TransactionScan, "offset" | "size">): Uint8Array {
  return viewOf(bytes, offset, size);
}
