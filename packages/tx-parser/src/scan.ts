import { walkBlock } from "./block.ts";
import { readWholeTransaction } from "./input.ts";
import { TransactionScan } from "./transaction-scan.ts";

/**
 * Looks at a raw transaction without building objects or hashing: counts, sizes, the first two values, and what the
 * payment filter asks for. It finds every error that `parseTransaction` finds.
 *
 * @param bytes one whole transaction
 * @param into a scan to fill again, so that a loop allocates nothing; a new one without it
 * @throws TxParseError when the bytes are not a transaction; `into` is half filled then
 * @example scanTransaction(rawBytes).outputCount // 2
 */
export function scanTransaction(bytes: Uint8Array, into?: TransactionScan): TransactionScan {
  return readWholeTransaction(bytes, true, into);
}

/**
 * Looks at each transaction of a raw block without building objects or hashing.
 *
 * @param bytes one whole block
 * @param visit called for each transaction in order with a scan that is filled again for the next one, so copy what
 *   is to be kept; a fault later in the block throws after the earlier calls
 * @returns how many transactions there are
 * @throws TxParseError when the bytes are not a block
 */
export function scanBlock(bytes: Uint8Array, visit: (scan: TransactionScan, index: number) => void): number {
  const scan = new TransactionScan();
  return walkBlock(bytes, () => scan, visit);
}
