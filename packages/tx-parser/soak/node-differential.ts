// `pnpm soak tx-parser-node`, or `tsx soak/node-differential.ts [transactions] [seed]` in this
// package: reads strange transactions and mutations of them, and compares every field with
// `decoderawtransaction` of a real node on regtest (BITCOIND). Fails and prints the transaction
// where they differ.
import assert from "node:assert/strict";
import { RegtestDaemon } from "@utxoracle/testkit";
import fc from "fast-check";
import { scriptToAddress } from "../src/address.ts";
import { parseTransaction, satsToBtc, scriptToAsm, type Transaction, TxParseError } from "../src/index.ts";
import { anyScript, nodeTypes } from "../test/any-script.ts";
import { anyTransaction } from "../test/any-transaction.ts";
import { anyMutations, mutate } from "../test/mutation.ts";
import { toHex, transactionBytes } from "../test/transaction-bytes.ts";

const count = Number(process.argv[2] ?? 3000);
const seed = Number(process.argv[3] ?? Date.now() % 2 ** 31);

interface NodeScript {
  asm: string;
  hex: string;
  type: string;
  address?: string;
}
interface NodeTransaction {
  txid: string;
  hash: string;
  version: number;
  size: number;
  vsize: number;
  weight: number;
  locktime: number;
  vin: {
    coinbase?: string;
    txid?: string;
    vout?: number;
    scriptSig?: { asm: string; hex: string };
    txinwitness?: string[];
    sequence: number;
  }[];
  vout: { value: number; n: number; scriptPubKey: NodeScript }[];
}

const nullId = "0".repeat(64);
/** The node names the hash type of what looks like a signature; tx-parser does not. */
const withoutHashTypes = (asm: string | undefined): string | null =>
  asm === undefined || /\[(ALL|NONE|SINGLE)/.test(asm) ? null : asm;

function ours(
  { txid, wtxid, version, size, vsize, weight, lockTime, inputs, outputs }: Transaction,
  node: NodeTransaction,
): object {
  const isCoinbase = inputs.length === 1 && inputs[0]!.txid === nullId && inputs[0]!.vout === 0xffffffff;
  return {
    ...{ txid, hash: wtxid, version, size, vsize, weight, locktime: lockTime },
    vin: inputs.map((input, index) => ({
      ...(isCoinbase
        ? { coinbase: toHex(input.scriptSig) }
        : {
            txid: input.txid,
            vout: input.vout,
            scriptSig: {
              hex: toHex(input.scriptSig),
              asm: withoutHashTypes(node.vin[index]?.scriptSig?.asm) === null ? null : scriptToAsm(input.scriptSig),
            },
          }),
      ...(input.witness.length > 0 ? { txinwitness: input.witness.map(toHex) } : {}),
      sequence: input.sequence,
    })),
    vout: outputs.map(({ valueSats, script, scriptType }, n) => ({
      value: Number(satsToBtc(valueSats)),
      n,
      hex: toHex(script),
      asm: scriptToAsm(script),
      scriptType,
      address: scriptToAddress(script, "regtest"),
    })),
  };
}

function theirs({ vin, vout, ...fields }: NodeTransaction): object {
  const { txid, hash, version, size, vsize, weight, locktime } = fields;
  return {
    ...{ txid, hash, version, size, vsize, weight, locktime },
    vin: vin.map(({ scriptSig, ...input }) => ({
      ...input,
      ...(scriptSig === undefined ? {} : { scriptSig: { hex: scriptSig.hex, asm: withoutHashTypes(scriptSig.asm) } }),
    })),
    vout: vout.map(({ value, n, scriptPubKey: { hex, asm, type, address } }) => ({
      ...{ value, n, hex, asm },
      scriptType: hex.startsWith("6a") ? "op_return" : nodeTypes[type],
      address: address ?? null,
    })),
  };
}

const anyStrange = fc
  .tuple(anyTransaction, fc.array(anyScript, { maxLength: 4 }), fc.oneof(fc.constant([]), anyMutations), fc.boolean())
  .map(([transaction, scripts, mutations, allowWitness]) => {
    const outputs = [
      ...transaction.outputs,
      ...scripts.map((script, index) => ({ valueSats: BigInt(index) * 1_000_000_007n, script: toHex(script) })),
    ];
    return { bytes: mutate(transactionBytes({ ...transaction, outputs }), mutations), allowWitness };
  });

const node = await RegtestDaemon.start({ topics: [] });
const outcomes = new Map<string, number>();
try {
  for (const { bytes, allowWitness } of fc.sample(anyStrange, { numRuns: count, seed })) {
    const hex = toHex(bytes);
    const answer = (await node.post({ id: 1, method: "decoderawtransaction", params: [hex, allowWitness] })) as {
      result: NodeTransaction | null;
    };
    let outcome = "read by both";
    try {
      const transaction = parseTransaction(bytes, { allowWitness });
      assert(answer.result, `only tx-parser reads ${hex} (allowWitness: ${allowWitness})`);
      assert.deepEqual(ours(transaction, answer.result), theirs(answer.result), hex);
    } catch (error) {
      if (!(error instanceof TxParseError)) throw error;
      outcome = error.code;
      // Values above 2^53 - 1 satoshis are no safe integers; the node reads them, and no block has
      // one.
      assert(answer.result === null || error.code === "value_out_of_range", `${error.message}: ${hex}`);
    }
    outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
  }
} catch (error) {
  console.error(`seed ${seed}`);
  throw error;
} finally {
  await node.remove();
}
assert((outcomes.get("read by both") ?? 0) > count / 4, "too few transactions were valid");
console.log(`${count} transactions, seed ${seed}: node and tx-parser agree`);
for (const [outcome, times] of [...outcomes].sort(([, a], [, b]) => b - a)) console.log(`  ${times} ${outcome}`);
