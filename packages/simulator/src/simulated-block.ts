import { ByteWriter, computeMerkleRoot, serializeBlockHeader, serializeTransaction } from "@utxoracle/tx-parser";
import { displayHex, doubleSha256, internalBytes } from "./double-sha256.ts";
import type { ScriptWriter } from "./scripts.ts";
import { SimulatedTransaction } from "./simulated-transaction.ts";

const SUBSIDY_SATS = 312_500_000;
const HEADER_VERSION = 0x20000000;
/** Regtest's target: every second header meets it, so that each block here carries valid proof of work at next to no cost. */
export const HEADER_BITS = 0x207fffff;
/** Header, count of transactions and some room: what a block weighs without its transactions. */
export const BLOCK_OVERHEAD_WEIGHT = 2000;
export const MAX_BLOCK_WEIGHT = 4_000_000;
/** OP_RETURN, a push of 36 bytes, and the tag of BIP141. */
const COMMITMENT_PREFIX = Buffer.from([0x6a, 0x24, 0xaa, 0x21, 0xa9, 0xed]);
/** The coinbase from its last amount on: amount, script with its length, witness, lock time. */
const COINBASE_TAIL_BYTES = 8 + 39 + 34 + 4;

/** A made-up block: a valid header over valid merkle roots, a coinbase, and transactions of the simulation. */
export class SimulatedBlock {
  readonly height: number;
  /** As in its header: Unix seconds, whole. */
  readonly timestamp: number;
  readonly header: Buffer;
  /** In the order people and RPC use. */
  readonly hash: string;
  /** How many transactions it has, the coinbase among them. */
  readonly transactionCount: number;
  #transactions: readonly SimulatedTransaction[] | null;

  constructor(made: { height: number; timestamp: number; header: Buffer; transactions: SimulatedTransaction[] }) {
    this.height = made.height;
    this.timestamp = made.timestamp;
    this.header = made.header;
    this.hash = displayHex(doubleSha256(made.header));
    this.transactionCount = made.transactions.length;
    this.#transactions = made.transactions;
  }

  /** The coinbase first; null once it has been pruned. */
  get transactions(): readonly SimulatedTransaction[] | null {
    return this.#transactions;
  }

  /** Forgets all but the header, as a pruning node does with old blocks. */
  prune(): void {
    this.#transactions = null;
  }

  /** The hash of the block before, as displayed. */
  get previousHash(): string {
    return displayHex(this.header.subarray(4, 36));
  }

  get merkleRoot(): string {
    return displayHex(this.header.subarray(36, 68));
  }

  get nonce(): number {
    return this.header.readUInt32LE(76);
  }

  /**
   * The whole block as it goes over the network, null once it has been pruned. Made anew at every call: a block is large
   * and seldom asked for.
   */
  toBytes(): Buffer | null {
    if (this.#transactions === null) return null;
    const count = new ByteWriter(8);
    count.prefix(this.transactionCount);
    return Buffer.concat([this.header, count.view(), ...this.#transactions.map(({ rawBytes }) => rawBytes)]);
  }
}

/** Puts a coinbase before `transactions` (parents before children) and finds a nonce. */
export function assembleBlock(options: {
  height: number;
  timestamp: number;
  /** As displayed. */
  previousHash: string;
  transactions: readonly SimulatedTransaction[];
  /** Makes this coinbase differ from another one of the same height and block before. */
  extraNonce: number;
  scripts: ScriptWriter;
}): SimulatedBlock {
  const { height, timestamp, transactions } = options;
  const fees = transactions.reduce((sum, { feeSats }) => sum + feeSats, 0);
  // The coinbase's own wtxid counts as 32 zero bytes (BIP141).
  const witnessRoot = computeMerkleRoot(["0".repeat(64), ...transactions.map(({ wtxid }) => wtxid)]);
  const commitment = doubleSha256(Buffer.concat([internalBytes(witnessRoot), Buffer.alloc(32)]));
  const coinbase = makeCoinbase({ ...options, rewardSats: SUBSIDY_SATS + fees, commitment });
  const all = [coinbase, ...transactions];
  const header = Buffer.from(
    serializeBlockHeader({
      version: HEADER_VERSION,
      previousBlockHash: options.previousHash,
      merkleRoot: computeMerkleRoot(all.map(({ txid }) => txid)),
      // Tests start the clock at 0, and the history before it wraps.
      time: timestamp >>> 0,
      bits: HEADER_BITS,
      nonce: 0,
    }),
  );
  // Below 0x7f in the most significant byte is below the target.
  for (let nonce = 1; doubleSha256(header)[31]! >= 0x7f; nonce++) header.writeUInt32LE(nonce, 76);
  return new SimulatedBlock({ height, timestamp, header, transactions: all });
}

function makeCoinbase(options: {
  height: number;
  rewardSats: number;
  commitment: Uint8Array;
  extraNonce: number;
  scripts: ScriptWriter;
}): SimulatedTransaction {
  const script = new ByteWriter(64);
  script.raw(heightPush(options.height));
  script.uint8(8);
  script.uint64(options.extraNonce);
  script.prefixed(Buffer.from("/simulation/", "latin1"));
  const rewardScript = new ByteWriter(64);
  options.scripts.outputScript(rewardScript, "p2wpkh");
  const fields = {
    version: 2,
    inputs: [
      {
        txid: "0".repeat(64),
        vout: 0xffffffff,
        scriptSig: script.view(),
        sequence: 0xffffffff,
        witness: [Buffer.alloc(32)],
      },
    ],
    outputs: [
      { valueSats: options.rewardSats, script: rewardScript.view().subarray(1) },
      { valueSats: 0, script: Buffer.concat([COMMITMENT_PREFIX, options.commitment]) },
    ],
    lockTime: 0,
  };
  const rawBytes = Buffer.from(serializeTransaction(fields));
  const stripped = serializeTransaction(fields, { includeWitness: false });
  return new SimulatedTransaction({
    rawBytes,
    ids: Buffer.concat([doubleSha256(stripped), doubleSha256(rawBytes)]),
    weight: stripped.length * 3 + rawBytes.length,
    feeSats: 0,
    lastAmountOffset: rawBytes.length - COINBASE_TAIL_BYTES,
    parents: [],
    spendable: false,
  });
}

/** The block's height as BIP34 wants it at the start of the coinbase's script: a minimal push of a script number. */
function heightPush(height: number): Buffer {
  if (height >= 1 && height <= 16) return Buffer.from([0x50 + height]);
  const bytes: number[] = [];
  for (let left = height; left > 0; left = Math.floor(left / 256)) bytes.push(left % 256);
  if (bytes[bytes.length - 1]! >= 0x80) bytes.push(0);
  return Buffer.from([bytes.length, ...bytes]);
}
