import { hashToId, hashToIds } from "./hash-batch.ts";
import { type BytesOrHex, bytesOf, listOfBytes, readWholeTransaction, readWholeTransactions } from "./input.ts";
import { TransactionScan } from "./transaction-scan.ts";

/** Overwritten by each call: allocating a scan would cost more than filling it. */
const scratch = /* @__PURE__ */ new TransactionScan();

/**
 * The txid of a raw transaction: double SHA-256 without marker, flag and witness, reversed, in hex.
 *
 * @param transaction one complete transaction, as bytes or hex
 * @throws TxParseError when the bytes are not a transaction
 * @example computeTxid(rawBytes) // "4a5e1e4baab89f3a32518a88c31bc87f618f76673e2cc77ab2127b7afdeda33b"
 */
export function computeTxid(transaction: BytesOrHex): string {
  const bytes = bytesOf(transaction, "transaction");
  return hashToId(bytes, readWholeTransaction(bytes, true, scratch));
}

/**
 * The txids of many raw transactions, several times faster than one by one.
 *
 * @param transactions one complete transaction each, as bytes or hex
 * @returns the txids in the same order
 * @throws TxParseError when one of them is not a transaction; the message names its index
 */
export function computeTxids(transactions: readonly BytesOrHex[]): string[] {
  const sources = listOfBytes(transactions, "transactions");
  return hashToIds(sources, readWholeTransactions(sources));
}

/**
 * The wtxid of a raw transaction (BIP 141): double SHA-256 with the witness. Equals the txid if
 * there is no witness.
 *
 * @param transaction one complete transaction, as bytes or hex
 * @throws TxParseError when the bytes are not a transaction
 */
export function computeWtxid(transaction: BytesOrHex): string {
  const bytes = bytesOf(transaction, "transaction");
  readWholeTransaction(bytes, true, scratch);
  return hashToId(bytes, null);
}

/**
 * The wtxids of many raw transactions, several times faster than one by one.
 *
 * @param transactions one complete transaction each, as bytes or hex
 * @returns the wtxids in the same order
 * @throws TxParseError when one of them is not a transaction; the message names its index
 */
export function computeWtxids(transactions: readonly BytesOrHex[]): string[] {
  const sources = listOfBytes(transactions, "transactions");
  readWholeTransactions(sources);
  return hashToIds(sources, null);
}
