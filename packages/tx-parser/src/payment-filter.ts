import { readBlockScans } from "./block.ts";
import { compactSizeWidth, readLongCompactSize } from "./compact-size.ts";
import { hashBlockToTxids, hashToId, hashToIds } from "./hash-batch.ts";
import { idToHex } from "./hex.ts";
import { checkBytes, readWholeTransaction, readWholeTransactions } from "./input.ts";
import type { TransactionScan } from "./transaction-scan.ts";

/** A transaction as the node published it. */
export interface RawTransaction {
  rawBytes: Uint8Array;
  /** Arrival, Unix seconds. */
  timestamp: number;
  topic: "rawtx";
}

/** A payment that may carry a round dollar amount. Plain values only: nothing of the raw bytes is held. */
export interface ProcessedTransaction {
  /** 64 hex digits. */
  txid: string;
  /** Outputs in BTC, in their order, those within (1e-5, 1e5): 0…2 entries. */
  amounts: number[];
  /** Arrival, Unix seconds. */
  timestamp: number;
  /** sat/vB; null, because what the inputs are worth is not in the transaction. */
  feeRate: number | null;
  /** 1…5 */
  inputCount: number;
  outputCount: 2;
}

/** The ids of the window: a `Set<string>` will do. */
export interface SeenTxids {
  /** Whether the id is of the window. */
  has(txid: string): boolean;
  /** Takes an id into the window. */
  add(txid: string): unknown;
}

/**
 * Which rule refused a transaction (the first one in this order):
 *
 * - `coinbase`: an input spends the null outpoint.
 * - `too_many_inputs`: more than 5.
 * - `not_two_outputs`: fewer or more than 2.
 * - `op_return`: an output script begins with OP_RETURN.
 * - `large_witness`: the witness items of one input are longer than 500 bytes, one alone or together.
 * - `spends_window_transaction`: an input spends a transaction of the same window.
 */
export type RejectionReason =
  | "coinbase"
  | "too_many_inputs"
  | "not_two_outputs"
  | "op_return"
  | "large_witness"
  | "spends_window_transaction";

/** What the filter made of a transaction: either a reason, or the payment and the outputs that its amounts are of. */
export type ExaminedTransaction =
  | { txid: string; reason: RejectionReason; transaction: null; vouts: readonly number[] }
  | { txid: string; reason: null; transaction: ProcessedTransaction; vouts: readonly number[] };

/** Which of two outputs are in range, by two bits. Shared: there are only four. */
const voutsInRange: readonly (readonly number[])[] = [[], [0], [1], [0, 1]];

const mostInputs = 5;
/** Both strict, in BTC. */
const smallestAmountBtc = 1e-5;
const largestAmountBtc = 1e5;
export const satoshisPerBtc = 1e8;

/**
 * Filters a transaction of the mempool: is it a payment that may carry a round dollar amount?
 *
 * @param raw its bytes and arrival
 * @param seen the ids of the window; the transaction's id is added, whether it passes or not. It does not deduplicate:
 *   a transaction that comes twice passes twice.
 * @returns the payment, or null when a rule refuses it
 * @throws TxParseError when the bytes are not a transaction; then nothing is added to `seen`
 */
export function processMempoolTransaction(raw: RawTransaction, seen?: SeenTxids): ProcessedTransaction | null {
  return examineMempoolTransaction(raw, seen).transaction;
}

/**
 * The same with the id and the reason of a rejection.
 *
 * @throws TxParseError when the bytes are not a transaction; then nothing is added to `seen`
 * @example examineMempoolTransaction(raw, seen).reason // "too_many_inputs"
 */
export function examineMempoolTransaction(raw: RawTransaction, seen?: SeenTxids): ExaminedTransaction {
  checkRaw(raw, "raw");
  const scan = readWholeTransaction(raw.rawBytes);
  return examine(raw.rawBytes, scan, hashToId(raw.rawBytes, scan), raw.timestamp, seen);
}

/**
 * The same for many transactions at once, whose ids are hashed several at a time: for filling a window at the start.
 *
 * @param raws parents before children, else a child is not known to spend its window
 * @returns one result each, in their order
 * @throws TxParseError when one of them is not a transaction; then nothing is added to `seen`
 */
export function examineMempoolTransactions(
  raws: readonly RawTransaction[],
  seen: SeenTxids = new Set(),
): ExaminedTransaction[] {
  const sources = raws.map((raw, index) => {
    checkRaw(raw, `raws[${index}]`);
    return raw.rawBytes;
  });
  const scans = readWholeTransactions(sources, "raws");
  const txids = hashToIds(sources, scans);
  return scans.map((scan, index) => examine(sources[index]!, scan, txids[index]!, raws[index]!.timestamp, seen));
}

/**
 * The same for the transactions of a block, which count from the block's arrival on.
 *
 * @param block one whole raw block
 * @param seen the ids of the window; those of the block are added
 * @param timestamp arrival of the block, Unix seconds
 * @returns one result for each transaction of the block, in its order, the coinbase first
 * @throws TxParseError when the bytes are not a block; then nothing is added to `seen`
 */
export function examineBlockTransactions(block: Uint8Array, seen: SeenTxids, timestamp: number): ExaminedTransaction[] {
  checkTimestamp(timestamp, "timestamp");
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
  // Literals have no spare room, unlike arrays that are pushed to; whole windows of these are held.
  const amounts = inRange === 3 ? [first, second] : inRange === 1 ? [first] : inRange === 2 ? [second] : [];
  const { inputCount } = scan;
  const transaction: ProcessedTransaction = { txid, amounts, timestamp, feeRate: null, inputCount, outputCount: 2 };
  return { txid, reason, transaction, vouts: voutsInRange[inRange]! };
}

/** Whether an amount is used. */
export function isAmount(btc: number): boolean {
  return btc > smallestAmountBtc && btc < largestAmountBtc;
}

function rejectionReason(
  bytes: Uint8Array,
  scan: TransactionScan,
  seen: SeenTxids | undefined,
): RejectionReason | null {
  const reason = ownRejectionReason(scan);
  if (reason !== null) return reason;
  if (seen !== undefined && spendsSeen(bytes, scan, (position) => seen.has(idToHex(bytes, position))))
    return "spends_window_transaction";
  return null;
}

/** Rules 1 to 5: those that ask for the transaction alone. */
export function ownRejectionReason(scan: TransactionScan): RejectionReason | null {
  if (scan.hasCoinbaseInput) return "coinbase";
  if (scan.inputCount > mostInputs) return "too_many_inputs";
  if (scan.outputCount !== 2) return "not_two_outputs";
  if (scan.hasOpReturn) return "op_return";
  if (scan.hasLargeWitness) return "large_witness";
  return null;
}

/**
 * Whether an input spends one of the seen transactions. At most five inputs: their count is one byte.
 * @param isSeen told where in the bytes the id stands that an input spends.
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
