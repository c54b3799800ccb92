import { type BlockHeader, blockHeaderBytes } from "./block.ts";
import { ByteWriter, prefixBytes, prefixedBytes } from "./byte-writer.ts";
import { idFromHex } from "./hex.ts";
import { checkArray, checkObject, checkOnlyOption, shown } from "./input.ts";
import type { Transaction } from "./transaction.ts";
import type { TransactionInput, TransactionOutput } from "./transaction-parts.ts";

/** The fields that are serialized. All other properties of a transaction follow from them. */
export interface TransactionFields extends Pick<Transaction, "version" | "lockTime"> {
  readonly inputs: readonly TransactionInput[];
  readonly outputs: readonly Pick<TransactionOutput, "valueSats" | "script">[];
}

/** Options of `serializeTransaction`. */
export interface SerializeTransactionOptions {
  /** `false` omits the witness, giving the bytes whose hash is the txid. Default: true. */
  includeWitness?: boolean;
}

/** @throws RangeError that names the field */
function checkUint32(value: number, name: string): number {
  if (!Number.isInteger(value) || value < 0 || value > 0xffffffff)
    throw new RangeError(`${name} must be an integer from 0 to 2^32-1, got ${shown(value)}`);
  return value;
}

/**
 * Serializes a transaction, in SegWit format if an input has a witness, else in legacy format.
 * Restores the exact bytes of a parsed transaction.
 *
 * @returns a new array
 * @throws RangeError or TypeError that names the invalid field
 * @example serializeTransaction({ ...fields, outputs: [{ valueSats: 5000, script }] })
 */
export function serializeTransaction(
  transaction: TransactionFields,
  options: SerializeTransactionOptions = {},
): Uint8Array {
  checkObject(transaction, "transaction", "{ version, inputs, outputs, lockTime }");
  checkOnlyOption(options, "includeWitness", "boolean");
  const { version, inputs, outputs, lockTime } = transaction;
  checkArray(inputs, "inputs");
  checkArray(outputs, "outputs");
  inputs.forEach(({ witness }, index) => {
    checkArray(witness, `inputs[${index}].witness`);
  });
  const hasWitness = (options.includeWitness ?? true) && inputs.some((input) => input.witness.length > 0);
  let size = 8 + prefixBytes(inputs.length) + prefixBytes(outputs.length);
  inputs.forEach(({ scriptSig, witness }, index) => {
    size += 40 + prefixedBytes(scriptSig, `inputs[${index}].scriptSig`);
    if (hasWitness) {
      size += prefixBytes(witness.length);
      witness.forEach((item, itemIndex) => {
        size += prefixedBytes(item, `inputs[${index}].witness[${itemIndex}]`);
      });
    }
  });
  outputs.forEach(({ script }, index) => {
    size += 8 + prefixedBytes(script, `outputs[${index}].script`);
  });

  const writer = new ByteWriter(hasWitness ? size + 2 : size);
  writer.uint32(checkUint32(version, "version"));
  if (hasWitness) writer.raw(Uint8Array.of(0, 1));
  writer.prefix(inputs.length);
  inputs.forEach((input, index) => {
    writer.raw(idFromHex(input.txid, `inputs[${index}].txid`));
    writer.uint32(checkUint32(input.vout, `inputs[${index}].vout`));
    writer.prefixed(input.scriptSig);
    writer.uint32(checkUint32(input.sequence, `inputs[${index}].sequence`));
  });
  writer.prefix(outputs.length);
  outputs.forEach(({ valueSats, script }, index) => {
    if (!Number.isSafeInteger(valueSats) || valueSats < 0)
      throw new RangeError(`outputs[${index}].valueSats must be a safe integer of at least 0, got ${shown(valueSats)}`);
    writer.uint64(valueSats);
    writer.prefixed(script);
  });
  if (hasWitness)
    for (const { witness } of inputs) {
      writer.prefix(witness.length);
      for (const item of witness) writer.prefixed(item);
    }
  writer.uint32(checkUint32(lockTime, "lockTime"));
  return writer.view();
}

/**
 * Serializes a block header to its 80 bytes.
 *
 * @throws RangeError that names the invalid field
 */
export function serializeBlockHeader(header: Omit<BlockHeader, "hash">): Uint8Array {
  checkObject(header, "header", "the fields of a block header");
  const writer = new ByteWriter(blockHeaderBytes);
  writer.uint32(checkUint32(header.version, "version"));
  writer.raw(idFromHex(header.previousBlockHash, "previousBlockHash"));
  writer.raw(idFromHex(header.merkleRoot, "merkleRoot"));
  writer.uint32(checkUint32(header.time, "time"));
  writer.uint32(checkUint32(header.bits, "bits"));
  writer.uint32(checkUint32(header.nonce, "nonce"));
  return writer.view();
}

/**
 * Serializes a block.
 *
 * @throws RangeError or TypeError that names the invalid field
 */
export function serializeBlock(block: {
  header: Omit<BlockHeader, "hash">;
  transactions: readonly TransactionFields[];
}): Uint8Array {
  checkObject(block, "block", "{ header, transactions }");
  const { header, transactions } = block;
  checkArray(transactions, "transactions");
  const parts = transactions.map((transaction) => serializeTransaction(transaction));
  const size = parts.reduce((sum, part) => sum + part.length, blockHeaderBytes + prefixBytes(parts.length));
  const writer = new ByteWriter(size);
  writer.raw(serializeBlockHeader(header));
  writer.prefix(parts.length);
  for (const part of parts) writer.raw(part);
  return writer.view();
}
