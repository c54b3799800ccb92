import assert from "node:assert/strict";
import {
  checkMerkleRoot,
  checkWitnessCommitment,
  classifyScript,
  examineBlockTransactions,
  examineMempoolTransaction,
  parseBlock,
  parseTransaction,
  type RejectionReason,
  scanBlock,
  scanTransaction,
  serializeBlock,
  serializeTransaction,
  type Transaction,
  TxParseError,
} from "../src/index.ts";
import { toHex } from "./transaction-bytes.ts";

/**
 * Calls a parser and asserts that an error is a TxParseError whose offset lies within the bytes.
 */
export function readOrFault<T>(bytes: Uint8Array, read: (bytes: Uint8Array) => T): T | TxParseError {
  try {
    return read(bytes);
  } catch (error) {
    if (!(error instanceof TxParseError)) throw error;
    assert(error.offset >= 0 && error.offset <= bytes.length, `offset ${error.offset} of ${bytes.length}`);
    return error;
  }
}

const sameFault = (fault: TxParseError, other: unknown): void => {
  assert(other instanceof TxParseError, `refused by one reader with ${fault.message}, read by another`);
  assert.deepEqual([other.code, other.offset], [fault.code, fault.offset]);
};

/** The payment filter reimplemented on parsed transactions, without rule 6. */
function reasonOf({ inputs, outputs }: Transaction): RejectionReason | null {
  if (inputs.some(({ txid, vout }) => txid === "0".repeat(64) && vout === 0xffffffff)) return "coinbase";
  if (inputs.length > 5) return "too_many_inputs";
  if (outputs.length !== 2) return "not_two_outputs";
  if (outputs.some(({ script }) => script[0] === 0x6a)) return "op_return";
  const isLarge = inputs.some(({ witness }) => witness.reduce((sum, item) => sum + item.length, 0) > 500);
  return isLarge ? "large_witness" : null;
}

/**
 * Runs every parser on the bytes and asserts that they agree and that serializing restores
 * the bytes.
 *
 * @returns "transaction", "block", or the error codes
 */
export function readEverything(bytes: Uint8Array): string[] {
  const transaction = readOrFault(bytes, parseTransaction);
  const scan = readOrFault(bytes, (all) => scanTransaction(all));
  const raw = { rawBytes: bytes, timestamp: 1, topic: "rawtx" } as const;
  const examined = readOrFault(bytes, () => examineMempoolTransaction(raw, new Set()));
  if (transaction instanceof TxParseError) {
    sameFault(transaction, scan);
    sameFault(transaction, examined);
  } else {
    assert(!(scan instanceof TxParseError) && !(examined instanceof TxParseError));
    const { inputs, outputs, txid, size, isSegwit } = transaction;
    assert.deepEqual(
      [scan.size, scan.isSegwit, scan.inputCount, scan.outputCount],
      [size, isSegwit, inputs.length, outputs.length],
    );
    const reason = reasonOf(transaction);
    assert.deepEqual([examined.txid, examined.reason], [txid, reason]);
    assert.equal(transaction.isCoinbase, reason === "coinbase" && inputs.length === 1);
    if (examined.transaction !== null)
      assert.deepEqual(
        examined.transaction.amounts,
        outputs.map(({ valueSats }) => valueSats / 1e8).filter((amount) => amount > 1e-5 && amount < 1e5),
      );
    assert.equal(toHex(serializeTransaction(transaction)), toHex(bytes));
    for (const output of outputs) assert.equal(output.scriptType, classifyScript(output.script.slice()));
  }

  const block = readOrFault(bytes, parseBlock);
  const scanned = readOrFault(bytes, (all) => scanBlock(all, () => {}));
  const examinedBlock = readOrFault(bytes, (all) => examineBlockTransactions(all, new Set(), 1));
  if (block instanceof TxParseError) {
    sameFault(block, scanned);
    sameFault(block, examinedBlock);
  } else {
    assert(!(examinedBlock instanceof TxParseError));
    assert.equal(scanned, block.transactions.length);
    assert.deepEqual(
      examinedBlock.map(({ txid }) => txid),
      block.rawTransactions.map((alone) => parseTransaction(alone).txid),
    );
    assert.equal(toHex(serializeBlock(block)), toHex(bytes));
    checkMerkleRoot(block);
    checkWitnessCommitment(block);
  }
  const outcome = (result: object, name: string): string =>
    result instanceof TxParseError ? result.problem.replaceAll(/\d+/g, "#") : name;
  return [outcome(transaction, "transaction"), outcome(block, "block")];
}
