import { bip34Height } from "@utxoracle/block-source";
import { parseBlockHeader } from "@utxoracle/tx-parser";
import { type BlockPayment, BlockPayments } from "./block-payments.ts";
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
  /** How far the window goes back from the newest block's time; `Infinity`: all that came. */
  readonly seconds: number;
  /** So many are in it however old they are; default 1: the tip's time may lie before its parent's. */
  readonly leastBlocks?: number;
  /**
   * How far behind the window blocks are kept, default 0: they are in it again when a reorganisation leads to an
   * earlier time.
   */
  readonly spareSeconds?: number;
  /**
   * Blocks held, and transactions in them, those behind the window included; default no limit. Beyond that the oldest
   * blocks leave early and are not wanted again. The tip is always held.
   */
  readonly limits?: { readonly blocks: number; readonly transactions: number };
  /** Whether the payments' ids are kept, or their amounts only: a day is 150,000 of them. */
  readonly keeps: "transactions" | "amounts";
}

/** Blocks in the order of the chain, each with its payments. A reorganisation replaces what it replaced. */
export class ChainWindow {
  readonly #options: ChainWindowOptions;
  /** Behind the window, oldest first. */
  #spare: readonly Held[] = [];
  #blocks: readonly Held[] = [];
  readonly #txids = new TxidBlocks();
  #nextNumber = 0;
  /** Time of the newest block. */
  #newest = 0;
  /**
   * The block below those wanted, the last one that grew too old or that was not asked for; and the time of the newest
   * block from which on it is not wanted: a reorganisation may lead to an earlier one.
   */
  #below: { readonly hash: string; readonly newest: number } | null = null;

  constructor(options: ChainWindowOptions) {
    this.#options = options;
  }

  get blocks(): readonly HeldBlock[] {
    return this.#blocks;
  }

  get tip(): HeldBlock | null {
    return this.#blocks.at(-1) ?? null;
  }

  /** Whether the window is known from its begin to its tip. */
  get isWhole(): boolean {
    return this.tip !== null && this.reachesBackFrom(this.tip.hash);
  }

  has(hash: string): boolean {
    return this.#all.some((block) => block.hash === hash);
  }

  /** Whether a transaction is in a block that is held, or in one that a block held has replaced. */
  holdsTransaction(txid: string): boolean {
    const oldest = this.#blocks[0]?.number;
    return oldest !== undefined && this.#txids.get(txid) >= oldest;
  }

  /** Whether a block is held, and all below it as far back as the window goes. */
  reachesBackFrom(hash: string): boolean {
    let lowest = this.#blocks.findIndex((block) => block.hash === hash);
    while (lowest > 0 && this.#blocks[lowest]?.previousHash === this.#blocks[lowest - 1]?.hash) lowest--;
    const block = this.#blocks[lowest];
    if (block === undefined) return false;
    const isBegin = block.previousHash === this.#below?.hash && this.#newest >= this.#below.newest;
    return isBegin || block.height === 0;
  }

  /** Says that nothing below the lowest block held is wanted: the window begins with it. */
  beginsHere(): void {
    const [lowest] = this.#blocks;
    this.#below = lowest === undefined ? null : { hash: lowest.previousHash, newest: this.#newest };
  }

  /**
   * Puts a block on top. Blocks above its parent leave first; where that is not held, those at its height and above: a
   * chain that is read after its newest block had come is read up to that again.
   * @param height null where the node has not told it.
   * @returns the block and those that it replaced, or null when it is held already.
   * @throws {TxParseError} when the bytes are no block; then nothing has changed.
   */
  connect(rawBytes: Uint8Array, height: number | null): { block: HeldBlock; replaced: readonly HeldBlock[] } | null {
    const { hash, previousBlockHash: previousHash, time } = parseBlockHeader(rawBytes);
    if (this.has(hash)) return null;
    const all = this.#all;
    const parent = all.findIndex((block) => block.hash === previousHash);
    const place = parent < 0 ? placeByHeight(all, height) : parent + 1;
    const kept = all.slice(0, place);
    const replaced = all.slice(place);
    const number = this.#nextNumber;
    const oldestKept = kept[0]?.number ?? number;
    const payments = BlockPayments.read(rawBytes, time, this.#txids, { number, oldestKept }, this.#options.keeps);
    this.#nextNumber++;
    const parentHeight = parent < 0 ? null : (all[parent]?.height ?? null);
    const block: Held = {
      hash,
      previousHash,
      height: height ?? (parentHeight === null ? bip34Height(rawBytes) : parentHeight + 1),
      time,
      payments,
      number,
    };
    this.#hold([...kept, block]);
    return { block, replaced };
  }

  /** Takes a block and what stands on it away. @returns what left; empty when it was not held. */
  disconnect(hash: string): readonly HeldBlock[] {
    const all = this.#all;
    const index = all.findIndex((block) => block.hash === hash);
    if (index < 0) return [];
    this.#hold(all.slice(0, index));
    return all.slice(index);
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
  *payments(blocks: readonly HeldBlock[] = this.#blocks): Generator<BlockPayment> {
    const firstNumber = this.#blocks[0]?.number ?? 0;
    for (const block of blocks) yield* block.payments.within(firstNumber);
  }

  get #all(): readonly Held[] {
    return [...this.#spare, ...this.#blocks];
  }

  /** The window begins with the first block that is not too old; those behind it are kept for a while. */
  #hold(all: readonly Held[]): void {
    const { seconds, leastBlocks = 1, spareSeconds = 0 } = this.#options;
    const newest = all.reduce((latest, block) => Math.max(latest, block.time), 0);
    const oldest = newest - seconds;
    const young = all.findIndex((block) => block.time >= oldest);
    const firstHeld = this.#firstWithinLimits(all);
    const firstWanted = Math.max(0, Math.min(young, all.length - leastBlocks));
    const begin = Math.max(firstHeld, firstWanted);
    const below = all[begin - 1];
    if (below !== undefined)
      this.#below = { hash: below.hash, newest: begin > firstWanted ? 0 : below.time + seconds + 1 };
    this.#newest = newest;
    this.#blocks = all.slice(begin);
    this.#spare = all.slice(firstHeld, begin).filter((block) => block.time >= oldest - spareSeconds);
  }

  /** Place of the oldest block that may be held. */
  #firstWithinLimits(all: readonly Held[]): number {
    const { blocks = Number.POSITIVE_INFINITY, transactions = Number.POSITIVE_INFINITY } = this.#options.limits ?? {};
    let first = all.length;
    let held = 0;
    while (first > 0 && all.length - first < blocks) {
      held += all[first - 1]?.payments.transactionCount ?? 0;
      if (held > transactions && first < all.length) break;
      first--;
    }
    return first;
  }
}

/** How many of the blocks stand below a height. */
function placeByHeight(blocks: readonly HeldBlock[], height: number | null): number {
  const place = height === null ? -1 : blocks.findIndex((block) => block.height !== null && block.height >= height);
  return place < 0 ? blocks.length : place;
}
