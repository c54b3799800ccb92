import { ByteWriter } from "./byte-writer.ts";
import { displayHex, doubleSha256 } from "./double-sha256.ts";
import { merkleRoot } from "./merkle-root.ts";
import type { ScriptWriter } from "./scripts.ts";
import { SimulatedTransaction } from "./simulated-transaction.ts";

const SUBSIDY_SATS = 312_500_000;
const HEADER_VERSION = 0x20000000;
/** Regtest's target: every second header meets it, so that each block here carries valid proof of work at next to no cost. */
export const HEADER_BITS = 0x207fffff;
/** Header, count of transactions and some room: what a block weighs without its transactions. */
export const BLOCK_OVERHEAD_WEIGHT = 2000;
export const MAX_BLOCK_WEIGHT = 4_000_000;

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
    count.compactSize(this.transactionCount);
    return Buffer.concat([this.header, count.view(), ...this.#transactions.map(({ rawBytes }) => rawBytes)]);
  }
}

/** Puts a coinbase before `transactions` (parents before children) and finds a nonce. */
export function assembleBlock(options: {
  height: number;
  timestamp: number;
  /** 32 bytes, internal order. */
  previousHash: Uint8Array;
  transactions: readonly SimulatedTransaction[];
  /** Makes this coinbase differ from another one of the same height and block before. */
  extraNonce: number;
  scripts: ScriptWriter;
}): SimulatedBlock {
  const { height, timestamp, transactions } = options;
  const fees = transactions.reduce((sum, { feeSats }) => sum + feeSats, 0);
  // The coinbase's own wtxid counts as 32 zero bytes (BIP141).
  const witnessRoot = merkleRoot([Buffer.alloc(32), ...transactions.map(({ wtxidBytes }) => wtxidBytes)]);
  const commitment = doubleSha256(Buffer.concat([witnessRoot, Buffer.alloc(32)]));
  const coinbase = makeCoinbase({ ...options, rewardSats: SUBSIDY_SATS + fees, commitment });
  const all = [coinbase, ...transactions];
  const writer = new ByteWriter(80);
  writer.uint32(HEADER_VERSION);
  writer.slice(options.previousHash);
  writer.slice(merkleRoot(all.map(({ txidBytes }) => txidBytes)));
  writer.uint32(timestamp);
  writer.uint32(HEADER_BITS);
  writer.uint32(0);
  const header = writer.copy();
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
  const writer = new ByteWriter(512);
  writer.uint32(2);
  writer.uint8(1);
  writer.slice(Buffer.alloc(32));
  writer.uint32(0xffffffff);
  const script = new ByteWriter(64);
  script.slice(heightPush(options.height));
  script.uint8(8);
  script.uint32(options.extraNonce);
  script.uint32(0);
  const tag = Buffer.from("/simulation/", "latin1");
  script.uint8(tag.length);
  script.slice(tag);
  writer.uint8(script.length);
  writer.slice(script.view());
  writer.uint32(0xffffffff);
  writer.uint8(2);
  writer.sats(options.rewardSats);
  options.scripts.outputScript(writer, "p2wpkh");
  const commitmentAt = writer.length;
  writer.sats(0);
  writer.uint8(38);
  // OP_RETURN, a push of 36 bytes, and the tag of BIP141.
  writer.slice(Buffer.from([0x6a, 0x24, 0xaa, 0x21, 0xa9, 0xed]));
  writer.slice(options.commitment);
  writer.uint32(0);
  const stripped = writer.copy();
  const rawBytes = Buffer.concat([
    stripped.subarray(0, 4),
    Buffer.from([0, 1]),
    stripped.subarray(4, -4),
    Buffer.from([1, 32]),
    Buffer.alloc(32),
    stripped.subarray(-4),
  ]);
  return new SimulatedTransaction({
    rawBytes,
    ids: Buffer.concat([doubleSha256(stripped), doubleSha256(rawBytes)]),
    weight: stripped.length * 3 + rawBytes.length,
    feeSats: 0,
    lastAmountOffset: commitmentAt + 2,
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
