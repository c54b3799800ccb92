import assert from "node:assert/strict";
import { RawTx } from "@scure/btc-signer/script.js";
import { Transaction as BitcoinJsTransaction } from "bitcoinjs-lib";
import { parseTransaction, type Transaction, TxParseError, type TxParseErrorCode } from "../src/index.ts";
import { toHex } from "./transaction-bytes.ts";

/** The fields that all three parsers provide, as text to compare. */
function ourReading(transaction: Transaction): string[] {
  const { version, lockTime, inputs, outputs } = transaction;
  return [
    `${version} ${lockTime}`,
    ...inputs.map(({ txid, vout, scriptSig, sequence, witness }) =>
      [txid, vout, toHex(scriptSig), sequence, ...witness.map(toHex)].join(" "),
    ),
    ...outputs.map(({ valueSats, script }) => `${valueSats} ${toHex(script)}`),
  ];
}

function bitcoinJsReading({ version, locktime, ins, outs }: BitcoinJsTransaction): string[] {
  return [
    `${version} ${locktime}`,
    ...ins.map(({ hash, index, script, sequence, witness }) =>
      [toHex(Uint8Array.from(hash).reverse()), index, toHex(script), sequence, ...witness.map(toHex)].join(" "),
    ),
    ...outs.map(({ value, script }) => `${value} ${toHex(script)}`),
  ];
}

function scureReading({
  version,
  lockTime,
  inputs,
  outputs,
  witnesses = [],
}: ReturnType<typeof RawTx.decode>): string[] {
  return [
    `${version >>> 0} ${lockTime}`,
    ...inputs.map(({ txid, index, finalScriptSig, sequence }, place) =>
      [toHex(txid), index, toHex(finalScriptSig), sequence, ...(witnesses[place] ?? []).map(toHex)].join(" "),
    ),
    ...outputs.map(({ amount, script }) => `${amount} ${toHex(script)}`),
  ];
}

function attempt<T>(read: () => T): T | null {
  try {
    return read();
  } catch {
    return null;
  }
}

/**
 * Bytes that tx-parser rejects and a peer accepts, and why:
 * - both accept values above 2^53 - 1: they use bigint, tx-parser safe integers;
 * - bitcoinjs-lib accepts length prefixes that are longer than needed, Bitcoin Core rejects them;
 * - both read a marker with an unknown flag as a legacy transaction without inputs, Bitcoin Core
 *   does not.
 */
const onlyWeRefuse: Record<"bitcoinjs-lib" | "scure", readonly TxParseErrorCode[]> = {
  "bitcoinjs-lib": ["value_out_of_range", "non_minimal_length", "unknown_flag"],
  scure: ["value_out_of_range", "unknown_flag"],
};

/**
 * Parses the bytes with tx-parser and both peers. Throws for a difference that is not listed above.
 *
 * @returns whether all agree, or the code with which tx-parser rejects
 */
export function compareWithPeers(bytes: Uint8Array): "read by all" | TxParseErrorCode {
  const bitcoinJs = attempt(() => BitcoinJsTransaction.fromBuffer(bytes));
  const scure = attempt(() => RawTx.decode(bytes));
  let ours: Transaction;
  try {
    ours = parseTransaction(bytes);
  } catch (error) {
    if (!(error instanceof TxParseError)) throw error;
    if (bitcoinJs !== null)
      assert(onlyWeRefuse["bitcoinjs-lib"].includes(error.code), `${error.message}: ${toHex(bytes)}`);
    if (scure !== null) assert(onlyWeRefuse.scure.includes(error.code), `${error.message}: ${toHex(bytes)}`);
    return error.code;
  }
  // The peers accept everything that tx-parser accepts, with the same result.
  assert(bitcoinJs !== null && scure !== null, `a peer refuses what we read: ${toHex(bytes)}`);
  const reading = ourReading(ours).join("\n");
  const sameFields = reading === bitcoinJsReading(bitcoinJs).join("\n") && reading === scureReading(scure).join("\n");
  const sameNumbers =
    ours.txid === bitcoinJs.getId() &&
    // bitcoinjs-lib returns zeros as the wtxid of a coinbase, as used in the witness merkle tree.
    (bitcoinJs.isCoinbase() || ours.wtxid === toHex(Uint8Array.from(bitcoinJs.getHash(true)).reverse())) &&
    ours.weight === bitcoinJs.weight() &&
    ours.vsize === bitcoinJs.virtualSize() &&
    ours.size === bitcoinJs.byteLength();
  assert(sameFields && sameNumbers, `the readings differ: ${toHex(bytes)}`);
  return "read by all";
}
