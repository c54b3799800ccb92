import { type BlockHeader, blockHeaderBytes, minTransactionBytes, parseBlockHeader } from "./block.ts";
import { compactSizeWidth } from "./compact-size.ts";
import { hashBlockToTxids } from "./hash-batch.ts";
import { checkBytes, checkOnlyOption, shown } from "./input.ts";
import { ParsedTransaction, type Transaction } from "./transaction.ts";
import { findTransactionEnd } from "./transaction-end.ts";
import { TransactionScan } from "./transaction-scan.ts";
import { readCount, walkTransaction } from "./transaction-walk.ts";
import { TxParseError } from "./tx-parse-error.ts";

/** Options of {@link BlockStream} and {@link streamBlock}. */
export interface BlockStreamOptions {
  /** Maximum bytes of the block. Default: 4,000,000, the limit of the network (BIP 141). */
  maxBytes?: number;
}

/** What is known of a block once its last byte has arrived. */
export interface StreamedBlock {
  readonly header: BlockHeader;
  readonly transactionCount: number;
  /** Bytes, witness included. */
  readonly size: number;
  /** Weight units (BIP 141). */
  readonly weight: number;
}

const defaultMaxBytes = 4_000_000;
const minCapacity = 1024;

/**
 * Parses a block while it arrives, in chunks of any size. Holds the bytes of the unfinished
 * transaction only; transactions that were returned keep their chunk in memory while they are used.
 *
 * @example
 * const stream = new BlockStream();
 * for await (const chunk of response.body) for (const { txid } of stream.push(chunk)) console.log(txid);
 * console.log(stream.end().header.hash);
 */
export class BlockStream {
  readonly #maxBytes: number;
  #bytes = new Uint8Array(minCapacity);
  /** End of the bytes that have arrived in `#bytes`. */
  #length = 0;
  /** Start of the unfinished part in `#bytes`: header and count, or a transaction. */
  #start = 0;
  /** Offset of `#bytes` in the block. */
  #offset = 0;
  #header: BlockHeader | null = null;
  #transactionCount: number | null = null;
  #parsed = 0;
  #weight = 0;
  /** Of the unfinished transaction. */
  #end: Generator<undefined, number> | null = null;

  /** @throws RangeError for a wrong option */
  constructor(options: BlockStreamOptions = {}) {
    checkOnlyOption(options, "maxBytes", "number");
    const { maxBytes = defaultMaxBytes } = options;
    if (!Number.isSafeInteger(maxBytes) || maxBytes < 1)
      throw new RangeError(`maxBytes must be a positive integer, got ${shown(maxBytes)}`);
    this.#maxBytes = maxBytes;
  }

  /** The header; null until its 80 bytes have arrived. */
  get header(): BlockHeader | null {
    return this.#header;
  }

  /** Number of transactions; null until it has arrived. */
  get transactionCount(): number | null {
    return this.#transactionCount;
  }

  /**
   * Takes the next bytes of the block, which are copied.
   *
   * @returns the transactions that these bytes complete, in order
   * @throws TxParseError when the bytes are no block; the stream cannot continue then
   */
  push(chunk: Uint8Array): Transaction[] {
    checkBytes(chunk, "chunk");
    this.#append(chunk);
    this.#readHead();
    const scans = this.#readTransactions();
    if (this.#parsed === this.#transactionCount && this.#start < this.#length)
      throw new TxParseError(
        "trailing_bytes",
        this.#offset + this.#start,
        `${this.#length - this.#start} bytes left over after the block`,
      );
    if (scans.length === 0) return [];
    const bytes = this.#bytes;
    const txids = hashBlockToTxids(bytes, scans);
    const transactions = scans.map((scan, index) => new ParsedTransaction(bytes, scan, txids[index]!));
    for (const { weight } of transactions) this.#weight += weight;
    this.#releaseBytes();
    return transactions;
  }

  /**
   * Ends the block.
   *
   * @throws TxParseError `unexpected_end` when bytes are missing
   */
  end(): StreamedBlock {
    const size = this.#offset + this.#length;
    const header = this.#header;
    const transactionCount = this.#transactionCount;
    if (header === null || transactionCount === null)
      throw new TxParseError("unexpected_end", size, "block header is cut off");
    if (this.#parsed < transactionCount)
      throw new TxParseError("unexpected_end", size, `${this.#parsed} of ${transactionCount} transactions arrived`);
    return { header, transactionCount, size, weight: this.#weight };
  }

  #append(chunk: Uint8Array): void {
    const size = this.#offset + this.#length + chunk.length;
    if (size > this.#maxBytes)
      throw new TxParseError("length_exceeds_input", this.#maxBytes, `block is larger than ${this.#maxBytes} bytes`);
    const needed = this.#length + chunk.length;
    if (needed > this.#bytes.length) {
      const grown = new Uint8Array(Math.max(needed, 2 * this.#bytes.length));
      grown.set(this.#bytes.subarray(0, this.#length));
      this.#bytes = grown;
    }
    this.#bytes.set(chunk, this.#length);
    this.#length = needed;
  }

  /** Reads header and count once they are complete. */
  #readHead(): void {
    if (this.#header === null && this.#length >= blockHeaderBytes) this.#header = parseBlockHeader(this.#bytes);
    if (this.#transactionCount !== null || this.#length <= blockHeaderBytes) return;
    const width = compactSizeWidth(this.#bytes[blockHeaderBytes]!);
    if (this.#length < blockHeaderBytes + width) return;
    this.#transactionCount = readCount(
      this.#bytes,
      blockHeaderBytes,
      this.#maxBytes,
      minTransactionBytes,
      "transactions",
    );
    this.#start = blockHeaderBytes + width;
    this.#weight = 4 * this.#start;
  }

  #readTransactions(): TransactionScan[] {
    const scans: TransactionScan[] = [];
    const count = this.#transactionCount ?? 0;
    try {
      while (this.#parsed < count) {
        this.#end ??= this.#findEnd();
        const { done, value } = this.#end.next();
        if (!done) break;
        const scan = new TransactionScan();
        walkTransaction(this.#bytes, this.#start, this.#start + value, true, scan);
        scans.push(scan);
        this.#start += value;
        this.#parsed++;
        this.#end = null;
      }
    } catch (error) {
      if (!(error instanceof TxParseError)) throw error;
      throw new TxParseError(error.code, this.#offset + error.offset, error.problem);
    }
    return scans;
  }

  /** Finds the end of the transaction at `#start`, whose bytes may move until it is complete. */
  #findEnd(): Generator<undefined, number> {
    const current = {
      bytes: () => this.#bytes,
      start: () => this.#start,
      available: () => this.#length - this.#start,
    };
    return findTransactionEnd(current);
  }

  /** Moves the unfinished bytes to a new array, because the old one belongs to the transactions. */
  #releaseBytes(): void {
    const rest = this.#bytes.subarray(this.#start, this.#length);
    this.#bytes = new Uint8Array(Math.max(minCapacity, 2 * rest.length));
    this.#bytes.set(rest);
    this.#offset += this.#start;
    this.#start = 0;
    this.#length = rest.length;
  }
}

/**
 * The transactions of a block whose bytes arrive in chunks, each as soon as it is complete.
 *
 * @param chunks such as a file stream, the body of a response, or an array
 * @throws TxParseError when the bytes are no complete block
 * @example for await (const { txid } of streamBlock(createReadStream("block.bin"))) console.log(txid)
 */
export async function* streamBlock(
  chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  options: BlockStreamOptions = {},
): AsyncGenerator<Transaction, StreamedBlock> {
  if (typeof chunks !== "object" || chunks === null || !(Symbol.asyncIterator in chunks || Symbol.iterator in chunks))
    throw new TypeError(`chunks must be an iterable of Uint8Arrays, got ${chunks === null ? "null" : typeof chunks}`);
  const stream = new BlockStream(options);
  for await (const chunk of chunks) yield* stream.push(chunk);
  return stream.end();
}
