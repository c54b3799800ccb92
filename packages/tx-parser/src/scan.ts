import { walkBlock } from "./block.ts";
import { readWholeTransaction } from "./input.ts";
import { TransactionScan } from "./transaction-scan.ts";

/**
 * Scans a raw transaction without creating objects or hashing: counts, sizes, the first two output
 * values, and the flags that the payment filter needs. Throws the same errors as
 * `parseTransaction`.
 *
 * @param bytes one complete transaction
 * @param into scan to overwrite, so that a loop allocates nothing; default: a new one
 * @throws TxParseError when the bytes are not a transaction; `into` is partly overwritten then
 * @example scanTransaction(rawBytes).outputCount // 2
 */
export function scanTransaction(bytes: Uint8Array, into?: TransactionScan): TransactionScan {
  return readWholeTransaction(bytes, true, into);
}

/**
 * Scans each transaction of a raw block without creating objects or hashing.
 *
 * @param bytes one complete block
 * @param visit called for each transaction in order, always with the same scan object: copy what
 *   you keep. An error later in the block throws after earlier calls.
 * @returns the number of transactions
 * @throws TxParseError when the bytes are not a block
 */
export function scanBlock(bytes: Uint8Array, visit: (scan: TransactionScan, index: number) => void): number {
  if (typeof visit !== "function") throw new TypeError(`visit must be a function, got ${typeof visit}`);
  const scan = new TransactionScan();
  return walkBlock(bytes, () => scan, visit);
}
