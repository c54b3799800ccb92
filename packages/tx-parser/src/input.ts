import { TransactionScan } from "./transaction-scan.ts";
import { walkTransaction } from "./transaction-walk.ts";
import { TxParseError } from "./tx-parse-error.ts";

/**
 * Rejects anything but a Uint8Array, such as a hex string, an array of numbers or an ArrayBuffer.
 * Checks the tag instead of the class, so arrays from other realms (frames, test sandboxes) pass.
 */
export function checkBytes(bytes: unknown, name: string): asserts bytes is Uint8Array {
  if (!(ArrayBuffer.isView(bytes) && (bytes as Uint8Array)[Symbol.toStringTag] === "Uint8Array"))
    throw new TypeError(`${name} must be a Uint8Array, got ${bytes === null ? "null" : typeof bytes}`);
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
  const end = walkTransaction(bytes, 0, bytes.length, allowWitness, scan);
  if (end !== bytes.length)
    throw new TxParseError("trailing_bytes", end, `${bytes.length - end} bytes left over after the transaction`);
  return scan;
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

const noBytes = /* @__PURE__ */ new Uint8Array(0);

/**
 * A plain Uint8Array over a part of the bytes, even if they are a subclass such as Node's Buffer.
 * Empty parts share one array: most scriptSigs are empty, and a witness can have four million empty
 * items.
 */
export function viewOf(bytes: Uint8Array, offset: number, length: number): Uint8Array {
  return length === 0 ? noBytes : new Uint8Array(bytes.buffer, bytes.byteOffset + offset, length);
}

/** The bytes of a scanned transaction. */
export function scanView(bytes: Uint8Array, { offset, size }: TransactionScan): Uint8Array {
  return viewOf(bytes, offset, size);
}
