import { readBlockScans } from "./block.ts";
import { compactSizeWidth, readLongCompactSize } from "./compact-size.ts";
import { hashBlockToTxids, hashToId, hashToIds } from "./hash-batch.ts";
import { idToHex } from "./hex.ts";
import { checkArray, checkBytes, readWholeTransaction, readWholeTransactions } from "./input.ts";
import type { TransactionScan } from "./transaction-scan.ts";

/** A raw transaction as published by the node. */
export interface RawTransaction {
  rawBytes: Uint8Array;
  /** Arrival, Unix seconds. */
  timestamp: number;
  topic: "rawtx";
}

/** A payment that may be a round dollar amount. Holds no reference to the raw bytes. */
export interface ProcessedTransaction {
  /** 64 hex digits. */
  txid: string;
  /** BTC values of the outputs within (1e-5, 1e5), in output order: 0…2 entries. */
  amounts: number[];
  /** Arrival, Unix seconds. */
  timestamp: number;
  /** sat/vB. Always null here: the transaction does not contain the value of its inputs. */
  feeRate: number | null;
  /** 1…5 */
  inputCount: number;
  outputCount: 2;
}

/** The ids of the window, for example a `Set<string>`. */
export interface SeenTxids {
  /** Whether the window contains the id. */
  has(txid: string): boolean;
  /** Adds an id to the window. */
  add(txid: string): unknown;
}

/**
 * The rule that rejected a transaction. The first matching rule counts, in this order:
 *
 * - `coinbase`: an input spends the null outpoint.
 * - `too_many_inputs`: more than 5 inputs.
 * - `not_two_outputs`: fewer or more than 2 outputs.
 * - `op_return`: an output script starts with OP_RETURN.
 * - `large_witness`: the witness items of one input total more than 500 bytes.
 * - `spends_window_transaction`: an input spends a transaction of the same window.
 */
export type RejectionReason =
  | "coinbase"
  | "too_many_inputs"
  | "not_two_outputs"
  | "op_return"
  | "large_witness"
  | "spends_window_transaction";

/**
 * Result of the filter: a rejection reason, or the payment. `vouts` are the output indexes of its
 * amounts.
 */
export type ExaminedTransaction =
  | { txid: string; reason: RejectionReason; transaction: null; vouts: readonly number[] }
  | { txid: string; reason: null; transaction: ProcessedTransaction; vouts: readonly number[] };

/** Output indexes in range, by a two-bit mask. Shared, since there are only four cases. */
const voutsInRange: readonly (readonly number[])[] = [[], [0], [1], [0, 1]];

const maxInputs = 5;
/** BTC; both bounds are exclusive. */
const minAmountBtc = 1e-5;
const maxAmountBtc = 1e5;
export const satoshisPerBtc = 1e8;

/**
 * Returns the payment of a mempool transaction if it may be a round dollar amount.
 *
 * Does not deduplicate: the same transaction passes twice.
 *
 * @param raw bytes and arrival time
 * @param seen ids of the window; the transaction's id is added whether it passes or not
 * @returns the payment, or null when a rule rejects the transaction
 * @throws TxParseError when the bytes are not a transaction; nothing is added to `seen` then
 */
export function processMempoolTransaction(raw: RawTransaction, seen?: SeenTxids): ProcessedTransaction | null {
  return examineMempoolTransaction(raw, seen).transaction;
}

/**
 * Like {@link processMempoolTransaction}, but also returns the id and the rejection reason.
 *
 * @throws TxParseError when the bytes are not a transaction; nothing is added to `seen` then
 * @example examineMempoolTransaction(raw, seen).reason // "too_many_inputs"
 */
export function examineMempoolTransaction(raw: RawTransaction, seen?: SeenTxids): ExaminedTransaction {
  checkRaw(raw, "raw");
  checkSeen(seen);
  const scan = readWholeTransaction(raw.rawBytes);
  return examine(raw.rawBytes, scan, hashToId(raw.rawBytes, scan), raw.timestamp, seen);
}

/**
 * Like {@link examineMempoolTransaction} for many transactions. Hashes several at a time: use it to
 * fill a window at startup.
 *
 * @param raws parents before children, else a spend of the same window is not recognized
 * @returns one result per transaction, in the same order
 * @throws TxParseError when one of them is not a transaction; nothing is added to `seen` then
 */
export function examineMempoolTransactions(
  raws: readonly RawTransaction[],
  seen: SeenTxids = new Set(),
): ExaminedTransaction[] {
  checkArray(raws, "raws");
  checkSeen(seen);
  const sources = raws.map((raw, index) => {
    checkRaw(raw, `raws[${index}]`);
    return raw.rawBytes;
  });
  const scans = readWholeTransactions(sources, "raws");
  const txids = hashToIds(sources, scans);
  return scans.map((scan, index) => examine(sources[index]!, scan, txids[index]!, raws[index]!.timestamp, seen));
}

/**
 * Like {@link examineMempoolTransaction} for the transactions of a block.
 *
 * @param block one complete raw block
 * @param seen ids of the window; the ids of the block are added
 * @param timestamp arrival time of the block in Unix seconds, used for all its transactions
 * @returns one result per transaction, in block order, starting with the coinbase
 * @throws TxParseError when the bytes are not a block; nothing is added to `seen` then
 */
export function examineBlockTransactions(block: Uint8Array, seen: SeenTxids, timestamp: number): ExaminedTransaction[] {
  checkTimestamp(timestamp, "timestamp");
  checkSeen(seen);
  const scans = readBlockScans(block);
  const txids = hashBlockToTxids(block, scans);
  return scans.map((scan, index) => examine(block, scan, txids[index]!, timestamp, seen));
}

function examine(
  bytes: Uint8Array,
  scan: TransactionScan,
  txid: string,
  timestamp: number,
  seen: SeenTxids | undefined,
): ExaminedTransaction {
  const reason = rejectionReason(bytes, scan, seen);
  seen?.add(txid);
  if (reason !== null) return { txid, reason, transaction: null, vouts: voutsInRange[0]! };
  const first = scan.firstValueSats / satoshisPerBtc;
  const second = scan.secondValueSats / satoshisPerBtc;
  const inRange = (isAmount(first) ? 1 : 0) + (isAmount(second) ? 2 : 0);
  // Array literals have no spare capacity, unlike arrays that are pushed to. Whole windows are
  // kept.
  const amounts = inRange === 3 ? [first, second] : inRange === 1 ? [first] : inRange === 2 ? [second] : [];
  const { inputCount } = scan;
  const transaction: ProcessedTransaction = { txid, amounts, timestamp, feeRate: null, inputCount, outputCount: 2 };
  return { txid, reason, transaction, vouts: voutsInRange[inRange]! };
}

/** Whether an amount is within the accepted range. */
export function isAmount(btc: number): boolean {
  return btc > minAmountBtc && btc < maxAmountBtc;
}

function rejectionReason(
  bytes: Uint8Array,
  scan: TransactionScan,
  seen: SeenTxids | undefined,
): RejectionReason | null {
  const reason = standaloneRejectionReason(scan);
  if (reason !== null) return reason;
  if (seen !== undefined && spendsSeen(bytes, scan, (position) => seen.has(idToHex(bytes, position))))
    return "spends_window_transaction";
  return null;
}

/** Rules 1 to 5, which depend on the transaction alone. */
export function standaloneRejectionReason(scan: TransactionScan): RejectionReason | null {
  if (scan.hasCoinbaseInput) return "coinbase";
  if (scan.inputCount > maxInputs) return "too_many_inputs";
  if (scan.outputCount !== 2) return "not_two_outputs";
  if (scan.hasOpReturn) return "op_return";
  if (scan.hasLargeWitness) return "large_witness";
  return null;
}

/**
 * Whether an input spends a seen transaction. Expects at most five inputs, whose count is one byte.
 *
 * @param isSeen gets the position of the spent transaction's id in `bytes`
 */
export function spendsSeen(bytes: Uint8Array, scan: TransactionScan, isSeen: (idPosition: number) => boolean): boolean {
  let position = scan.offset + scan.inputsOffset + 1;
  for (let index = 0; index < scan.inputCount; index++) {
    if (isSeen(position)) return true;
    position += 36;
    const first = bytes[position]!;
    const length = first < 0xfd ? first : readLongCompactSize(bytes, position, bytes.length);
    position += compactSizeWidth(first) + length + 4;
  }
  return false;
}

function checkSeen(seen: Partial<SeenTxids> | null | undefined): void {
  if (seen !== undefined && !(typeof seen?.has === "function" && typeof seen.add === "function"))
    throw new TypeError("seen must have has and add, such as a Set");
}

function checkRaw(raw: RawTransaction, name: string): void {
  if (typeof raw !== "object" || raw === null)
    throw new TypeError(`${name} must be an object with rawBytes and timestamp`);
  checkBytes(raw.rawBytes, `${name}.rawBytes`);
  checkTimestamp(raw.timestamp, `${name}.timestamp`);
}

function checkTimestamp(timestamp: number, name: string): void {
  if (!Number.isFinite(timestamp))
    throw new TypeError(`${name} must be a finite number of Unix seconds, got ${timestamp}`);
}
