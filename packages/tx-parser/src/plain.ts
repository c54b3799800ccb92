import type { Block } from "./block.ts";
import { bytesToHex } from "./hex.ts";
import { checkArray, checkBytes, checkObject } from "./input.ts";
import type { Transaction } from "./transaction.ts";

/**
 * A transaction as plain data: all fields are own properties, bytes are copies. It can be cloned,
 * spread and sent to a worker, and does not keep the parsed bytes in memory.
 */
export type PlainTransaction = { -readonly [Field in keyof Transaction]: Transaction[Field] };

/** A block as plain data, without `rawTransactions`. */
export interface PlainBlock extends Omit<Block, "transactions" | "rawTransactions"> {
  readonly transactions: PlainTransaction[];
}

/**
 * Copies a transaction or block to plain data.
 *
 * @example postMessage(toPlain(parseTransaction(hex)))
 */
export function toPlain(block: Block): PlainBlock;
export function toPlain(transaction: Transaction): PlainTransaction;
export function toPlain(parsed: Transaction | Block): PlainTransaction | PlainBlock {
  checkObject(parsed, "parsed", "a parsed transaction or block");
  if ("header" in parsed) {
    checkArray(parsed.transactions, "parsed.transactions");
    const { header, transactions, size, weight } = parsed;
    return { header: { ...header }, transactions: transactions.map(plainTransaction), size, weight };
  }
  return plainTransaction(parsed);
}

function plainTransaction(transaction: Transaction): PlainTransaction {
  checkArray(transaction.inputs, "inputs of the transaction");
  checkArray(transaction.outputs, "outputs of the transaction");
  const { txid, wtxid, version, lockTime, size, weight, vsize, isCoinbase, isSegwit } = transaction;
  const inputs = transaction.inputs.map((input, index) => {
    checkObject(input, `inputs[${index}]`, "a parsed input");
    checkArray(input.witness, `inputs[${index}].witness`);
    const witness = input.witness.map((item) => copyOf(item, `inputs[${index}].witness`));
    return { ...input, scriptSig: copyOf(input.scriptSig, `inputs[${index}].scriptSig`), witness };
  });
  const outputs = transaction.outputs.map((output, index) => ({
    ...output,
    script: copyOf(output?.script, `outputs[${index}].script`),
  }));
  return { txid, wtxid, version, inputs, outputs, lockTime, size, weight, vsize, isCoinbase, isSegwit };
}

function copyOf(bytes: Uint8Array, name: string): Uint8Array {
  checkBytes(bytes, name);
  return bytes.slice();
}

/**
 * Replacer for `JSON.stringify` that writes every Uint8Array in hex. Transactions, inputs, outputs
 * and blocks need none; it is for a script or a witness alone, and for plain data.
 *
 * @example JSON.stringify(input.witness, hexReplacer)
 */
export function hexReplacer(this: unknown, key: string, value: unknown): unknown {
  // JSON.stringify has called the `toJSON` of a Buffer by now; its holder still has the bytes.
  const bytes = (this as Record<string, unknown> | undefined)?.[key] ?? value;
  return ArrayBuffer.isView(bytes) && (bytes as Uint8Array)[Symbol.toStringTag] === "Uint8Array"
    ? bytesToHex(bytes as Uint8Array)
    : value;
}
