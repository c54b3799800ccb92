import { compactSizeWidth } from "./compact-size.ts";
import { TransactionScan } from "./transaction-scan.ts";
import { walkTransaction } from "./transaction-walk.ts";

/** `psbt` and 0xff: the start of a partially signed transaction (BIP 174). */
const psbtStart = [0x70, 0x73, 0x62, 0x74, 0xff];
const hashBytes = 32;
const headerBytes = 80;
/**
 * Enough to tell text from a transaction, whose version is followed by bytes that are no digits.
 */
const sampledBytes = 256;

/** What bytes were read as. */
export type Expected = "transaction" | "block";

/**
 * Names what bytes that are no transaction or block probably are.
 *
 * @param expected what they should have been
 * @returns what they look like and the remedy; null for anything else
 */
export function mistakenFor(bytes: Uint8Array, expected: Expected): string | null {
  if (bytes.length === 0) return "nothing: the input is empty";
  if (psbtStart.every((byte, index) => bytes[index] === byte))
    return "a PSBT: finalize it and extract the transaction (finalizepsbt)";
  if (bytes.length === hashBytes) return "a txid or hash: request the bytes by it (getrawtransaction, getblock)";
  if (bytes.subarray(0, sampledBytes).every(isHexOrSpace)) return "hex digits as text: pass them as a string";
  if (expected === "block")
    return transactionEnd(bytes, 0) === bytes.length ? "a transaction: use parseTransaction" : null;
  return transactionEnd(bytes, headerBytes + compactSizeWidth(bytes[headerBytes]!)) > 0
    ? "a block: use parseBlock"
    : null;
}

/** Where the transaction at an offset ends; 0 if there is none. */
function transactionEnd(bytes: Uint8Array, start: number): number {
  try {
    return walkTransaction(bytes, start, bytes.length, true, new TransactionScan());
  } catch {
    return 0;
  }
}

/** Whether a byte is the ASCII code of a hex digit or of white space. */
function isHexOrSpace(byte: number): boolean {
  const letter = byte | 0x20;
  return (
    (byte >= 0x30 && byte <= 0x39) || (letter >= 0x61 && letter <= 0x66) || byte === 0x20 || (byte >= 9 && byte <= 13)
  );
}
