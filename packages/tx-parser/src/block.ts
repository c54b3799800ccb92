import { compactSizeWidth, readUint32 } from "./compact-size.ts";
import { hashBlockToTxids, hashToId } from "./hash-batch.ts";
import { idToHex } from "./hex.ts";
import { type BytesOrHex, bytesOf, checkBytes, scanView, viewOf, withMistake } from "./input.ts";
import { ParsedTransaction, type Transaction } from "./transaction.ts";
import { TransactionScan } from "./transaction-scan.ts";
import { readCount, walkTransaction } from "./transaction-walk.ts";
import { TxParseError } from "./tx-parse-error.ts";

export const blockHeaderBytes = 80;
/** Version (4), input count (1), output count (1) and lock time (4). */
export const minTransactionBytes = 10;

/** A block's header: the 80 bytes that miners hash. */
export interface BlockHeader {
  /** Block id: double SHA-256 of the header, 64 hex digits. */
  hash: string;
  /** 0…2^32-1 */
  version: number;
  /** Hash of the previous block, 64 hex digits. */
  previousBlockHash: string;
  /** 64 hex digits, in the byte order of ids. */
  merkleRoot: string;
  /** Unix seconds, set by the miner. */
  time: number;
  /** The difficulty target in compact form. */
  bits: number;
  nonce: number;
}

/** A parsed block. */
export interface Block {
  readonly header: BlockHeader;
  readonly transactions: Transaction[];
  /**
   * The bytes of each transaction: views into the parsed bytes, not copies. Created on first
   * access.
   */
  readonly rawTransactions: Uint8Array[];
  /** Bytes, witness included. */
  readonly size: number;
  /** Weight units (BIP 141). */
  readonly weight: number;
}

/**
 * Parses a raw block as returned by `getblock <hash> 0`, published as `rawblock` over ZMQ, or
 * stored in block files. All byte fields are views into the given bytes. Checks the format only,
 * not proof of work or consensus rules; see `checkMerkleRoot` and `checkWitnessCommitment`.
 *
 * @param block one complete block, as bytes or hex
 * @throws TxParseError when the bytes are not a block; RangeError when the text is not hex
 * @example parseBlock(bytes).transactions[0]?.isCoinbase // true
 */
export function parseBlock(block: BytesOrHex): Block {
  const bytes = bytesOf(block, "block");
  const header = parseBlockHeader(bytes);
  const scans = readBlockScans(bytes);
  const txids = hashBlockToTxids(bytes, scans);
  return new ParsedBlock(
    bytes,
    header,
    scans,
    scans.map((scan, index) => new ParsedTransaction(bytes, scan, txids[index]!)),
  );
}

class ParsedBlock implements Block {
  declare readonly header: BlockHeader;
  declare readonly transactions: Transaction[];
  declare readonly size: number;
  declare readonly weight: number;
  readonly #bytes: Uint8Array;
  readonly #scans: TransactionScan[];
  #rawTransactions: Uint8Array[] | undefined;

  constructor(bytes: Uint8Array, header: BlockHeader, scans: TransactionScan[], transactions: Transaction[]) {
    this.header = header;
    this.transactions = transactions;
    this.size = bytes.length;
    this.weight = transactions.reduce(
      (sum, transaction) => sum + transaction.weight,
      4 * (scans[0]?.offset ?? bytes.length),
    );
    this.#bytes = bytes;
    this.#scans = scans;
  }

  get rawTransactions(): Uint8Array[] {
    this.#rawTransactions ??= this.#scans.map((scan) => scanView(this.#bytes, scan));
    return this.#rawTransactions;
  }
}

/** Scans every transaction of a block. */
export function readBlockScans(bytes: Uint8Array): TransactionScan[] {
  const scans: TransactionScan[] = [];
  try {
    walkBlock(bytes, () => {
      const scan = new TransactionScan();
      scans.push(scan);
      return scan;
    });
  } catch (error) {
    throw withMistake(error, bytes, "block");
  }
  return scans;
}

/**
 * Parses a block header.
 *
 * @param block a header, or a block that starts with one, as bytes or hex
 * @throws TxParseError when there are fewer than 80 bytes
 */
export function parseBlockHeader(block: BytesOrHex): BlockHeader {
  const bytes = bytesOf(block, "block");
  if (bytes.length < blockHeaderBytes)
    throw withMistake(new TxParseError("unexpected_end", 0, "block header is cut off"), bytes, "block");
  return {
    hash: hashToId(viewOf(bytes, 0, blockHeaderBytes), null),
    version: readUint32(bytes, 0),
    previousBlockHash: idToHex(bytes, 4),
    merkleRoot: idToHex(bytes, 36),
    time: readUint32(bytes, 68),
    bits: readUint32(bytes, 72),
    nonce: readUint32(bytes, 76),
  };
}

/**
 * Walks over a whole block. `nextScan` returns the scan to fill for each transaction; `visit` is
 * called once it is filled.
 *
 * @returns the number of transactions
 */
export function walkBlock(
  bytes: Uint8Array,
  nextScan: () => TransactionScan,
  visit?: (scan: TransactionScan, index: number) => void,
): number {
  checkBytes(bytes, "block");
  const end = bytes.length;
  if (end < blockHeaderBytes) throw new TxParseError("unexpected_end", 0, "block header is cut off");
  const count = readCount(bytes, blockHeaderBytes, end, minTransactionBytes, "transactions");
  let position = blockHeaderBytes + compactSizeWidth(bytes[blockHeaderBytes]!);
  for (let index = 0; index < count; index++) {
    const scan = nextScan();
    position = walkTransaction(bytes, position, end, true, scan);
    visit?.(scan, index);
  }
  if (position !== end)
    throw new TxParseError("trailing_bytes", position, `${end - position} bytes left over after the block`);
  return count;
}
