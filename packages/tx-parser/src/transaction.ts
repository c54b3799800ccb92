import { readUint32 } from "./compact-size.ts";
import { hashToId, hashToIds } from "./hash-batch.ts";
import {
  type BytesOrHex,
  bytesOf,
  checkOnlyOption,
  listOfBytes,
  readWholeTransaction,
  readWholeTransactions,
  scanView,
} from "./input.ts";
import type { TransactionInput, TransactionOutput } from "./transaction-parts.ts";
import { readInputs, readOutputs, TransactionLayout } from "./transaction-parts.ts";
import { TransactionScan } from "./transaction-scan.ts";

/** A parsed transaction. */
export interface Transaction {
  /** 64 hex digits. */
  readonly txid: string;
  /** 64 hex digits. Hashed on first access, so it is not an own property. */
  readonly wtxid: string;
  /** 0…2^32-1 */
  readonly version: number;
  readonly inputs: TransactionInput[];
  readonly outputs: TransactionOutput[];
  /** A block height if below 500,000,000, else Unix seconds. */
  readonly lockTime: number;
  /** Bytes, witness included. */
  readonly size: number;
  /** Weight units (BIP 141): three times the size without witness, plus the size with it. */
  readonly weight: number;
  /** Virtual bytes: a quarter of the weight, rounded up. */
  readonly vsize: number;
  /** Whether its only input spends the null outpoint. */
  readonly isCoinbase: boolean;
  /** Whether it is in SegWit format, with marker, flag and witness (BIP 144). */
  readonly isSegwit: boolean;
}

/** Options of `parseTransaction`. */
export interface ParseTransactionOptions {
  /**
   * `false` reads the legacy format only, like Bitcoin Core's `iswitness=false`. Needed for
   * templates without inputs, whose zero would be read as the SegWit marker. Default: true.
   */
  allowWitness?: boolean;
}

/** Overwritten by each call: allocating a scan would cost more than filling it. */
const scratch = /* @__PURE__ */ new TransactionScan();

/**
 * Parses a raw transaction. Scripts and witness items are views into the given bytes: they change
 * when these change and keep all of them in memory. Checks the format only, not consensus rules.
 *
 * @param transaction one complete transaction, in SegWit or legacy format, as bytes or hex
 * @throws TxParseError when the bytes are not a transaction; RangeError when the text is not hex
 * @example parseTransaction(rawBytes).outputs[0]?.valueSats // 5000000000
 */
export function parseTransaction(transaction: BytesOrHex, options?: ParseTransactionOptions): Transaction {
  const bytes = bytesOf(transaction, "transaction");
  if (options !== undefined) checkOnlyOption(options, "allowWitness", "boolean");
  const scan = readWholeTransaction(bytes, options?.allowWitness ?? true, scratch);
  return new ParsedTransaction(bytes, scan, hashToId(bytes, scan));
}

/**
 * Parses many raw transactions. Hashes several ids at a time, which is faster than one by one.
 *
 * @param transactions one complete transaction each, as bytes or hex
 * @returns the transactions in the same order
 * @throws TxParseError when one of them is not a transaction; the message names its index
 */
export function parseTransactions(transactions: readonly BytesOrHex[]): Transaction[] {
  const sources = listOfBytes(transactions, "transactions");
  const scans = readWholeTransactions(sources);
  const txids = hashToIds(sources, scans);
  return scans.map((scan, index) => new ParsedTransaction(sources[index]!, scan, txids[index]!));
}

/**
 * A scanned transaction: all lengths are known to be valid. Inputs and outputs are created on first
 * access, because creating typed arrays takes longer than everything else. Fields use `declare`,
 * because initializing them before the constructor costs time and bytes.
 */
export const ParsedTransaction: new (bytes: Uint8Array, scan: TransactionScan, txid: string) => Transaction =
  // Bundlers keep an unused class that has a computed member name, but drop an unused pure call.
  /* @__PURE__ */ (() =>
    class ParsedTransaction implements Transaction {
      declare readonly txid: string;
      declare readonly version: number;
      declare readonly lockTime: number;
      declare readonly size: number;
      declare readonly weight: number;
      declare readonly vsize: number;
      declare readonly isCoinbase: boolean;
      declare readonly isSegwit: boolean;
      readonly #layout: TransactionLayout;

      /** @param bytes contain the transaction at the scan's offset: alone, or in a block */
      constructor(bytes: Uint8Array, scan: TransactionScan, txid: string) {
        const { offset, size, isSegwit } = scan;
        const strippedBytes = isSegwit ? scan.outputsEnd - scan.inputsOffset + 8 : size;
        this.txid = txid;
        this.version = readUint32(bytes, offset);
        this.lockTime = readUint32(bytes, offset + size - 4);
        this.size = size;
        this.weight = 3 * strippedBytes + size;
        this.vsize = Math.ceil(this.weight / 4);
        this.isCoinbase = scan.hasCoinbaseInput && scan.inputCount === 1;
        this.isSegwit = isSegwit;
        this.#layout = new TransactionLayout(bytes, scan);
      }

      get wtxid(): string {
        const layout = this.#layout;
        layout.wtxid ??= layout.isSegwit ? hashToId(scanView(layout.bytes, layout), null) : this.txid;
        return layout.wtxid;
      }

      get inputs(): TransactionInput[] {
        const layout = this.#layout;
        layout.inputs ??= readInputs(layout);
        return layout.inputs;
      }

      get outputs(): TransactionOutput[] {
        const layout = this.#layout;
        layout.outputs ??= readOutputs(layout);
        return layout.outputs;
      }

      /**
       * All fields, including those that are created on access. Inputs and outputs write bytes in
       * hex.
       */
      toJSON(): object {
        return {
          ...this,
          wtxid: this.wtxid,
          inputs: this.inputs,
          outputs: this.outputs,
        };
      }

      /** For `console.log`. */
      [/* @__PURE__ */ Symbol.for("nodejs.util.inspect.custom")](): object {
        return this.toJSON();
      }
    })();
