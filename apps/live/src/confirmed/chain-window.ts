import { type ProcessedTransaction, parseBlockHeader } from "@utxoracle/tx-parser";
import { bip34Height } from "./bip34-height.ts";
import { BlockPayments } from "./block-payments.ts";
import { TxidBlocks } from "./txid-blocks.ts";

/** A block as far as the price needs it. */
export interface HeldBlock {
  readonly hash: string;
  readonly previousHash: string;
  /** Null where neither the node nor the coinbase tells it. */
  readonly height: number | null;
  /** The header's time, Unix seconds. */
  readonly time: number;
  readonly payments: BlockPayments;
}

interface Held extends HeldBlock {
  /** Counts the blocks in the order of their coming; on the chain it rises from block to block. */
  readonly number: number;
}

export interface ChainWindowOptions {
  /** How far back from the tip's time blocks are held; `Infinity`: all. */
  readonly seconds: number;
  /** So many are held however old they are; default 1: the tip's time may lie before its parent's. */
  readonly leastBlocks?: number;
  /** Whether the payments' ids are kept, or their amounts only: a day is 150,000 of them. */
  readonly keeps: "transactions" | "amounts";
}

/** Blocks in the order of the chain, each with its payments. A reorganisation replaces what it replaced. */
export class ChainWindow {
  readonly #options: ChainWindowOptions;
  #blocks: Held[] = [];
  readonly #txids = new TxidBlocks();
  #nextNumber = 0;
  #isWhole = false;

  constructor(options: ChainWindowOptions) {
    this.#options = options;
  }

  get blocks(): readonly HeldBlock[] {
    return this.#blocks;
  }

  get tip(): HeldBlock | null {
    return this.#blocks.at(-1) ?? null;
  }

  /** Whether the window is known from its begin: a block before it was seen, or there is none. */
  get isWhole(): boolean {
    return this.#isWhole || this.#blocks[0]?.height === 0;
  }

  has(hash: string): boolean {
    return this.#blocks.some((block) => block.hash === hash);
  }

  /** Whether a block is held, and none is missing between it and the oldest one held. */
  reachesBackFrom(hash: string): boolean {
    const index = this.#blocks.findIndex((block) => block.hash === hash);
    const below = this.#blocks.slice(0, Math.max(0, index));
    return index >= 0 && below.every((block, place) => this.#blocks[place + 1]?.previousHash === block.hash);
  }

  /**
   * Puts a block on top. Blocks above its parent leave first.
   * @param height null where the node has not told it.
   * @returns the block and those that it replaced, or null when it is held already.
   * @throws {TxParseError} when the bytes are no block; then nothing has changed.
   */
  connect(rawBytes: Uint8Array, height: number | null): { block: HeldBlock; replaced: readonly HeldBlock[] } | null {
    const { hash, previousBlockHash: previousHash, time } = parseBlockHeader(rawBytes);
    if (this.has(hash)) return null;
    const parent = this.#blocks.findIndex((block) => block.hash === previousHash);
    const kept = parent < 0 ? this.#blocks : this.#blocks.slice(0, parent + 1);
    const replaced = parent < 0 ? [] : this.#blocks.slice(parent + 1);
    const number = this.#nextNumber;
    const oldestKept = kept[0]?.number ?? number;
    const payments = BlockPayments.read(rawBytes, time, this.#txids, { number, oldestKept }, this.#options.keeps);
    this.#nextNumber++;
    const parentHeight = parent < 0 ? null : (this.#blocks[parent]?.height ?? null);
    const block: Held = {
      hash,
      previousHash,
      height: height ?? (parentHeight === null ? bip34Height(rawBytes) : parentHeight + 1),
      time,
      payments,
      number,
    };
    this.#blocks = [...kept, block];
    this.#expire();
    // After a gap nobody knows what is missing.
    if (parent < 0) this.#isWhole = false;
    return { block, replaced };
  }

  /** Takes a block and what stands on it away. @returns what left; empty when it was not held. */
  disconnect(hash: string): readonly HeldBlock[] {
    const index = this.#blocks.findIndex((block) => block.hash === hash);
    if (index < 0) return [];
    const left = this.#blocks.slice(index);
    this.#blocks = this.#blocks.slice(0, index);
    return left;
  }

  /**
   * Amounts in BTC of the payments of a window, with all six rules of the filter.
   * @param first place of its first block in {@link blocks}; default the first one held.
   * @param end place after its last block.
   */
  amountsBtc(first = 0, end = this.#blocks.length): Float64Array {
    const amounts: number[] = [];
    const firstNumber = this.#blocks[first]?.number ?? 0;
    for (const { payments } of this.#blocks.slice(first, end)) payments.amountsWithin(firstNumber, amounts);
    return Float64Array.from(amounts);
  }

  /** How many payments the whole window has. */
  get paymentCount(): number {
    const firstNumber = this.#blocks[0]?.number ?? 0;
    return this.#blocks.reduce((count, { payments }) => count + payments.countWithin(firstNumber), 0);
  }

  /** The payments of the whole window that these blocks bring to it, with all six rules of the filter. */
  payments(blocks: readonly HeldBlock[] = this.#blocks): ProcessedTransaction[] {
    const firstNumber = this.#blocks[0]?.number ?? 0;
    return blocks.flatMap((block) => block.payments.within(firstNumber));
  }

  #expire(): void {
    const newest = this.#blocks.reduce((latest, block) => Math.max(latest, block.time), 0);
    const least = this.#options.leastBlocks ?? 1;
    while (this.#blocks.length > least && (this.#blocks[0]?.time ?? 0) < newest - this.#options.seconds) {
      this.#blocks.shift();
      this.#isWhole = true;
    }
  }
}
