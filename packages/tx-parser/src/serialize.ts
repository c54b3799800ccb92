import { type BlockHeader, blockHeaderBytes } from "./block.ts";
import { ByteWriter, prefixBytes, prefixedBytes } from "./byte-writer.ts";
import { idFromHex } from "./hex.ts";
import { checkArray } from "./input.ts";
import type { Transaction } from "./transaction.ts";
import type { TransactionInput, TransactionOutput } from "./transaction-parts.ts";

/** What of a transaction is written; all else follows from it. */
export interface TransactionFields extends Pick<Transaction, "version" | "lockTime"> {
  readonly inputs: readonly TransactionInput[];
  readonly outputs: readonly Pick<TransactionOutput, "valueSats" | "script">[];
}

/** How to write. */
export interface SerializeTransactionOptions {
  /** false leaves the witness out: the bytes whose hash is the txid. Default: true. */
  includeWitness?: boolean;
}

/**
 * Writes a transaction: in the format with witness when an input has one, else in the old one. What `parseTransaction`
 * read comes out as the same bytes.
 *
 * @returns a new array
 * @throws RangeError or TypeError naming the field that does not fit
 * @example serializeTransaction({ ...fields, outputs: [{ valueSats: 5000, script }] })
 */
export function serializeTransaction(
  { version, inputs, outputs, lockTime }: TransactionFields,
  options: SerializeTransactionOptions = {},
): Uint8Array {
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
      witness.forEach((item, place) => {
        size += prefixedBytes(item, `inputs[${index}].witness[${place}]`);
      });
    }
  });
  outputs.forEach(({ script }, index) => {
    size += 8 + prefixedBytes(script, `outputs[${index}].script`);
  });

  const writer = new ByteWriter(hasWitness ? size + 2 : size);
  writer.uint32(version, "version");
  if (hasWitness) writer.raw(Uint8Array.of(0, 1));
  writer.prefix(inputs.length);
  inputs.forEach((input, index) => {
    writer.raw(idFromHex(input.txid, `inputs[${index}].txid`));
    writer.uint32(input.vout, `inputs[${index}].vout`);
    writer.prefixed(input.scriptSig);
    writer.uint32(input.sequence, `inputs[${index}].sequence`);
  });
  writer.prefix(outputs.length);
  outputs.forEach(({ valueSats, script }, index) => {
    if (!Number.isSafeInteger(valueSats) || valueSats < 0)
      throw new RangeError(`outputs[${index}].valueSats must be a safe integer of at least 0, got ${valueSats}`);
    writer.uint(valueSats, 8);
    writer.prefixed(script);
  });
  if (hasWitness)
    for (const { witness } of inputs) {
      writer.prefix(witness.length);
      for (const item of witness) writer.prefixed(item);
    }
  writer.uint32(lockTime, "lockTime");
  return writer.bytes;
}

/**
 * Writes the 80 bytes of a block's header; `hash` is not among them.
 *
 * @throws RangeError naming the field that does not fit
 */
export function serializeBlockHeader(header: Omit<BlockHeader, "hash">): Uint8Array {
  const writer = new ByteWriter(blockHeaderBytes);
  writer.uint32(header.version, "version");
  writer.raw(idFromHex(header.previousBlockHash, "previousBlockHash"));
  writer.raw(idFromHex(header.merkleRoot, "merkleRoot"));
  writer.uint32(header.time, "time");
  writer.uint32(header.bits, "bits");
  writer.uint32(header.nonce, "nonce");
  return writer.bytes;
}

/**
 * Writes a block from its header and its transactions' fields.
 *
 * @throws RangeError or TypeError naming the field that does not fit
 */
export function serializeBlock({
  header,
  transactions,
}: {
  header: Omit<BlockHeader, "hash">;
  transactions: readonly TransactionFields[];
}): Uint8Array {
  const parts = transactions.map((transaction) => serializeTransaction(transaction));
  const size = parts.reduce((sum, part) => sum + part.length, blockHeaderBytes + prefixBytes(parts.length));
  const writer = new ByteWriter(size);
  writer.raw(serializeBlockHeader(header));
  writer.prefix(parts.length);
  for (const part of parts) writer.raw(part);
  return writer.bytes;
}
