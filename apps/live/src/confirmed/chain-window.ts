import { bip34Height } from "@utxoracle/block-source";
import { parseBlockHeader } from "@utxoracle/tx-parser";
import { type BlockPayment, BlockPayments } from "./block-payments.ts";
import { TxidBlocks } from "./txid-blocks.ts";

/** A block with the fields that prices need. */
export interface HeldBlock {
  readonly hash: string;
  readonly previousHash: string;
  /** Null if neither the node nor the coinbase states it. */
  readonly height: number | null;
  /** The header's time, Unix seconds. */
  readonly time: number;
  readonly payments: BlockPayments;
}

interface NumberedBlock extends HeldBlock {
  /** Order of arrival. It increases along the chain. */
  readonly number: number;
}

export interface ChainWindowOptions {
  /** Length of the window, seconds back from the newest block's time; `Infinity`: all blocks. */
  readonly seconds: number;
  /**
   * Minimum number of blocks in the window, however old. Default 1: the tip's time may be before
   * its parent's.
   */
  readonly minBlocks?: number;
  /**
   * Blocks older than the window are kept for this long. Default 0. They return to the window when
   * a reorganization moves its start back.
   */
  readonly spareSeconds?: number;
  /**
   * Maximum number of blocks and of their transactions, including blocks older than the window.
   * Default: no limit. The oldest blocks are removed beyond it. The tip is always kept.
   */
  readonly limits?: { readonly blocks: number; readonly transactions: number };
  /** Whether the payments' ids are kept, or only the amounts. A day has about 150,000 payments. */
  readonly keeps: "transactions" | "amounts";
}

/**
 * The blocks of the last hours in chain order, each with its payments. A reorganization replaces
 * blocks.
 */
export class ChainWindow {
  readonly #options: ChainWindowOptions;
  /** Blocks older than the window, oldest first. */
  #spare: readonly NumberedBlock[] = [];
  #blocks: readonly NumberedBlock[] = [];
  readonly #txids = new TxidBlocks();
  #nextNumber = 0;
  /** Latest time of all blocks. */
  #newest = 0;
  /**
   * The block right below the window. It is not needed while the newest block's time is at least
   * `newest`; a reorganization may lead to an earlier time.
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

  /** Whether the window holds all blocks from its start to the tip. */
  get isWhole(): boolean {
    return this.tip !== null && this.reachesBackFrom(this.tip.hash);
  }

  has(hash: string): boolean {
    return this.#all.some((block) => block.hash === hash);
  }

  /** Whether a transaction is in a block of the window, or in a block that one of them replaced. */
  holdsTransaction(txid: string): boolean {
    const oldest = this.#blocks[0]?.number;
    const [high, low] = [txid.slice(0, 8), txid.slice(8, 16)].map((digits) => Number.parseInt(digits, 16));
    return oldest !== undefined && this.#txids.get(high as number, low as number) >= oldest;
  }

  /** Whether a block is held with all blocks below it in the window. */
  reachesBackFrom(hash: string): boolean {
    let lowest = this.#blocks.findIndex((block) => block.hash === hash);
    while (lowest > 0 && this.#blocks[lowest]?.previousHash === this.#blocks[lowest - 1]?.hash) lowest--;
    const block = this.#blocks[lowest];
    if (block === undefined) return false;
    const isStart = block.previousHash === this.#below?.hash && this.#newest >= this.#below.newest;
    return isStart || block.height === 0;
  }

  /** Declares the lowest block held the start of the window. */
  startHere(): void {
    const [lowest] = this.#blocks;
    this.#below = lowest === undefined ? null : { hash: lowest.previousHash, newest: this.#newest };
  }

  /**
   * Adds a block. First removes the blocks above its parent. If the parent is not held, removes the
   * blocks at its height and above: older blocks may be read after a newer one arrived.
   * @param height null if unknown.
   * @returns the block and the blocks that it replaced, or null if it is held already.
   * @throws {TxParseError} if the bytes are not a block; nothing is changed then.
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
    const block: NumberedBlock = {
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

  /**
   * Removes a block and the blocks above it.
   * @returns the removed blocks; empty if it was not held.
   */
  disconnect(hash: string): readonly HeldBlock[] {
    const all = this.#all;
    const index = all.findIndex((block) => block.hash === hash);
    if (index < 0) return [];
    this.#hold(all.slice(0, index));
    return all.slice(index);
  }

  /**
   * Amounts in BTC of the payments of a range of blocks, by all six rules of the filter.
   * @param first index in {@link blocks} of the first block; default 0.
   * @param end index after the last block.
   */
  amountsBtc(first = 0, end = this.#blocks.length): Float64Array {
    const amounts: number[] = [];
    const firstNumber = this.#blocks[first]?.number ?? 0;
    for (const { payments } of this.#blocks.slice(first, end)) payments.amountsWithin(firstNumber, amounts);
    return Float64Array.from(amounts);
  }

  /** Number of payments in the window. */
  get paymentCount(): number {
    const firstNumber = this.#blocks[0]?.number ?? 0;
    return this.#blocks.reduce((count, { payments }) => count + payments.countWithin(firstNumber), 0);
  }

  /** Number of the window's first block: identifies the start of the window. */
  get start(): number {
    return this.#blocks[0]?.number ?? 0;
  }

  /**
   * The payments that these blocks add to the window, by all six rules of the filter.
   * @param start of an earlier window; default the current one.
   */
  *payments(blocks: readonly HeldBlock[] = this.#blocks, start: number = this.start): Generator<BlockPayment> {
    for (const block of blocks) yield* block.payments.within(start);
  }

  get #all(): readonly NumberedBlock[] {
    return [...this.#spare, ...this.#blocks];
  }

  /** Splits the blocks into the window, the spare blocks before it, and those that are removed. */
  #hold(all: readonly NumberedBlock[]): void {
    const { seconds, minBlocks = 1, spareSeconds = 0 } = this.#options;
    const newest = all.reduce((latest, block) => Math.max(latest, block.time), 0);
    const oldest = newest - seconds;
    const young = all.findIndex((block) => block.time >= oldest);
    const firstHeld = this.#firstWithinLimits(all);
    const firstWanted = Math.max(0, Math.min(young, all.length - minBlocks));
    const start = Math.max(firstHeld, firstWanted);
    const below = all[start - 1];
    if (below !== undefined)
      this.#below = { hash: below.hash, newest: start > firstWanted ? 0 : below.time + seconds + 1 };
    this.#newest = newest;
    this.#blocks = all.slice(start);
    this.#spare = all.slice(firstHeld, start).filter((block) => block.time >= oldest - spareSeconds);
  }

  /** Index of the oldest block within the limits. */
  #firstWithinLimits(all: readonly NumberedBlock[]): number {
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

/** Number of blocks below a height. */
function placeByHeight(blocks: readonly HeldBlock[], height: number | null): number {
  const place = height === null ? -1 : blocks.findIndex((block) => block.height !== null && block.height >= height);
  return place < 0 ? blocks.length : place;
}
