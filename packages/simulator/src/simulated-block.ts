import { ByteWriter, computeMerkleRoot, serializeBlockHeader, serializeTransaction } from "@utxoracle/tx-parser";
import { displayHex, doubleSha256, internalBytes } from "./double-sha256.ts";
import type { ScriptWriter } from "./scripts.ts";
import { SimulatedTransaction } from "./simulated-transaction.ts";

const SUBSIDY_SATS = 312_500_000;
const HEADER_VERSION = 0x20000000;
/** Regtest's target, met by every second header, so that valid proof of work is cheap. */
export const HEADER_BITS = 0x207fffff;
/** Weight of a block without transactions: header, count and margin. */
export const BLOCK_OVERHEAD_WEIGHT = 2000;
export const MAX_BLOCK_WEIGHT = 4_000_000;
/** OP_RETURN, a push of 36 bytes, and the tag of BIP 141. */
const COMMITMENT_PREFIX = Buffer.from([0x6a, 0x24, 0xaa, 0x21, 0xa9, 0xed]);
/** The coinbase from its last amount on: amount, script with its length, witness, lock time. */
const COINBASE_TAIL_BYTES = 8 + 39 + 34 + 4;

/** A simulated block: valid header and merkle roots, a coinbase, and simulated transactions. */
export class SimulatedBlock {
  readonly height: number;
  /** Header time, Unix seconds, an integer. */
  readonly timestamp: number;
  readonly header: Buffer;
  /** In display order. */
  readonly hash: string;
  /** Number of transactions, including the coinbase. */
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

  /** Coinbase first; null after pruning. */
  get transactions(): readonly SimulatedTransaction[] | null {
    return this.#transactions;
  }

  /** Drops everything but the header, like a pruning node. */
  prune(): void {
    this.#transactions = null;
  }

  /** Hash of the previous block, in display order. */
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
   * The serialized block; null after pruning. Created at every call, because blocks are large and
   * rarely needed.
   */
  toBytes(): Buffer | null {
    if (this.#transactions === null) return null;
    const count = new ByteWriter(8);
    count.prefix(this.transactionCount);
    return Buffer.concat([this.header, count.view(), ...this.#transactions.map(({ rawBytes }) => rawBytes)]);
  }
}

/**
 * Creates a block: adds a coinbase to `transactions` (parents before children) and finds a nonce.
 */
export function assembleBlock(options: {
  height: number;
  timestamp: number;
  /** In display order. */
  previousHash: string;
  transactions: readonly SimulatedTransaction[];
  /** Distinguishes coinbases with the same height and previous block. */
  extraNonce: number;
  scripts: ScriptWriter;
}): SimulatedBlock {
  const { height, timestamp, transactions } = options;
  const fees = transactions.reduce((sum, { feeSats }) => sum + feeSats, 0);
  // The coinbase's wtxid counts as 32 zero bytes (BIP 141).
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
  // A most significant byte below 0x7f is below the target.
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

/**
 * The block height at the start of the coinbase script (BIP 34): a minimal push of a script number.
 */
function heightPush(height: number): Buffer {
  if (height >= 1 && height <= 16) return Buffer.from([0x50 + height]);
  const bytes: number[] = [];
  for (let left = height; left > 0; left = Math.floor(left / 256)) bytes.push(left % 256);
  if (bytes[bytes.length - 1]! >= 0x80) bytes.push(0);
  return Buffer.from([bytes.length, ...bytes]);
}
