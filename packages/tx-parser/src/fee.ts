import { checkArray, checkObject, shown } from "./input.ts";
import type { Transaction } from "./transaction.ts";

/** Value of a spent output in satoshis, or anything that has it, such as a parsed output. */
export type SpentOutput = number | { readonly valueSats: number };

/** Sequence numbers below this one signal replaceability (BIP 125). */
const finalSequences = 0xfffffffe;

/**
 * Whether a transaction signals that it can be replaced by one with a higher fee (BIP 125). Nodes
 * with full replacement, the default since Bitcoin Core 28, replace others too. An unconfirmed
 * parent can signal as well, which the transaction does not show.
 *
 * @example isRbf(parseTransaction(hex)) // true
 */
export function isRbf(transaction: Pick<Transaction, "inputs" | "isCoinbase">): boolean {
  checkObject(transaction, "transaction", "a parsed transaction");
  checkArray(transaction.inputs, "transaction.inputs");
  return !transaction.isCoinbase && transaction.inputs.map(sequenceOf).some((sequence) => sequence < finalSequences);
}

function sequenceOf(input: { readonly sequence: number } | null | undefined, index: number): number {
  if (typeof input?.sequence !== "number")
    throw new TypeError(`transaction.inputs[${index}].sequence must be a number, got ${typeof input?.sequence}`);
  return input.sequence;
}

/**
 * The fee of a transaction: the values of the outputs it spends minus those of its own.
 *
 * @param spentOutputs one per input, in the order of the inputs: satoshis, or outputs
 * @returns satoshis
 * @throws TypeError or RangeError that names the wrong value, or when outputs exceed inputs
 * @example fee(transaction, transaction.inputs.map(({ txid, vout }) => outputsOf(txid)[vout]))
 */
export function fee(
  transaction: Pick<Transaction, "inputs" | "outputs" | "isCoinbase">,
  spentOutputs: readonly SpentOutput[],
): number {
  checkObject(transaction, "transaction", "a parsed transaction");
  checkArray(transaction.inputs, "transaction.inputs");
  checkArray(transaction.outputs, "transaction.outputs");
  checkArray(spentOutputs, "spentOutputs");
  const { inputs, outputs, isCoinbase } = transaction;
  if (isCoinbase) throw new RangeError("a coinbase spends no outputs and pays no fee");
  if (spentOutputs.length !== inputs.length)
    throw new RangeError(`spentOutputs must have one entry per input, ${inputs.length}, got ${spentOutputs.length}`);
  let sats = 0;
  spentOutputs.forEach((spent, index) => {
    const value = typeof spent === "object" ? spent?.valueSats : spent;
    if (!Number.isSafeInteger(value) || value < 0)
      throw new RangeError(`spentOutputs[${index}] must be whole satoshis or have valueSats, got ${shown(value)}`);
    sats += value;
  });
  outputs.forEach((output: { readonly valueSats: number } | null | undefined, index) => {
    if (!Number.isSafeInteger(output?.valueSats))
      throw new RangeError(
        `transaction.outputs[${index}].valueSats must be whole satoshis, got ${shown(output?.valueSats)}`,
      );
    sats -= output!.valueSats;
  });
  if (sats < 0) throw new RangeError(`the outputs exceed the spent outputs by ${-sats} satoshis`);
  return sats;
}

/**
 * The fee rate in satoshis per virtual byte, as nodes and explorers show it.
 *
 * @param spentOutputs as for {@link fee}
 * @throws as {@link fee}
 */
export function feeRate(
  transaction: Pick<Transaction, "inputs" | "outputs" | "isCoinbase" | "vsize">,
  spentOutputs: readonly SpentOutput[],
): number {
  const sats = fee(transaction, spentOutputs);
  if (!(transaction.vsize > 0)) throw new RangeError(`transaction.vsize must be above 0, got ${transaction.vsize}`);
  return sats / transaction.vsize;
}
