import { readUint32 } from "./compact-size.ts";
import { hashToId, hashToIds } from "./hash-batch.ts";
import { bytesToHex } from "./hex.ts";
import { readWholeTransaction, readWholeTransactions, scanView } from "./input.ts";
import type { TransactionInput, TransactionOutput } from "./transaction-parts.ts";
import { readInputs, readOutputs } from "./transaction-parts.ts";
import type { TransactionScan } from "./transaction-scan.ts";

/** A transaction, read. */
export interface Transaction {
  /** 64 hex digits. */
  readonly txid: string;
  /** 64 hex digits; hashed when it is first asked for, so it is not among the own properties. */
  readonly wtxid: string;
  /** 0…2^32-1 */
  readonly version: number;
  readonly inputs: TransactionInput[];
  readonly outputs: TransactionOutput[];
  /** A height below 500,000,000, Unix seconds from there on. */
  readonly lockTime: number;
  /** Bytes with witness. */
  readonly size: number;
  /** Weight units (BIP 141): three times the bytes without witness, plus the bytes with it. */
  readonly weight: number;
  /** Virtual bytes: a quarter of the weight, rounded up. */
  readonly vsize: number;
  /** One input, and it spends the null outpoint. */
  readonly isCoinbase: boolean;
  /** Written with marker, flag and witness (BIP 144). */
  readonly isSegwit: boolean;
}

/** How to read. */
export interface ParseTransactionOptions {
  /**
   * false reads the format without witness only, as Bitcoin Core's `iswitness=false`: for templates that have no
   * inputs yet, whose zero would be taken for the SegWit marker. Default: true.
   */
  allowWitness?: boolean;
}

/**
 * Reads a raw transaction. Scripts and witness items are views into `bytes`: they cost nothing, change with it, and
 * keep it in memory for as long as one of them is held.
 *
 * @param bytes one whole transaction, in either format
 * @returns its fields, and its id
 * @throws TxParseError when the bytes are not a transaction; nothing but their form is checked
 * @example parseTransaction(rawBytes).outputs[0]?.valueSats // 5000000000
 */
export function parseTransaction(bytes: Uint8Array, options: ParseTransactionOptions = {}): Transaction {
  const scan = readWholeTransaction(bytes, options.allowWitness ?? true);
  return new ReadTransaction(bytes, scan, hashToId(bytes, scan));
}

/**
 * Reads many raw transactions; their ids are hashed several at a time, which is faster than one by one.
 *
 * @param transactions one whole transaction each
 * @returns the transactions in the same order
 * @throws TxParseError when one of them is not a transaction
 */
export function parseTransactions(transactions: readonly Uint8Array[]): Transaction[] {
  const scans = readWholeTransactions(transactions);
  const txids = hashToIds(transactions, scans);
  return scans.map((scan, index) => new ReadTransaction(transactions[index]!, scan, txids[index]!));
}

/**
 * A transaction that is walked over already: every length in it is known to fit. Its parts are made when they are asked
 * for, because making typed arrays takes longer than everything else together. (`declare`: the constructor sets these
 * fields; defining them first would take time and bytes.)
 */
export const ReadTransaction: new (bytes: Uint8Array, scan: TransactionScan, txid: string) => Transaction =
  // A class with a computed name is kept by bundlers even where nothing uses it; the result of a pure call is not.
  /* @__PURE__ */ (() =>
    class ReadTransaction implements Transaction {
      declare readonly txid: string;
      declare readonly version: number;
      declare readonly lockTime: number;
      declare readonly size: number;
      declare readonly weight: number;
      declare readonly vsize: number;
      declare readonly isCoinbase: boolean;
      declare readonly isSegwit: boolean;
      readonly #bytes: Uint8Array;
      readonly #scan: TransactionScan;
      #wtxid: string | undefined;
      #inputs: TransactionInput[] | undefined;
      #outputs: TransactionOutput[] | undefined;

      /** @param bytes hold the transaction where its scan says: alone, or in a block */
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
        this.#bytes = bytes;
        this.#scan = scan;
      }

      get wtxid(): string {
        this.#wtxid ??= this.isSegwit ? hashToId(scanView(this.#bytes, this.#scan), null) : this.txid;
        return this.#wtxid;
      }

      get inputs(): TransactionInput[] {
        this.#inputs ??= readInputs(this.#bytes, this.#scan);
        return this.#inputs;
      }

      get outputs(): TransactionOutput[] {
        this.#outputs ??= readOutputs(this.#bytes, this.#scan);
        return this.#outputs;
      }

      /** All of it as plain values, bytes in hex: what is made on demand is not among the own properties. */
      toJSON(): object {
        return {
          ...this,
          wtxid: this.wtxid,
          inputs: this.inputs.map((input) => ({
            ...input,
            scriptSig: bytesToHex(input.scriptSig),
            witness: input.witness.map(bytesToHex),
          })),
          outputs: this.outputs.map((output) => ({ ...output, script: bytesToHex(output.script) })),
        };
      }

      /** For `console.log`. */
      [/* @__PURE__ */ Symbol.for("nodejs.util.inspect.custom")](): object {
        return this.toJSON();
      }
    })();
