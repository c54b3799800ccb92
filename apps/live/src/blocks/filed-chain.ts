import { bip34Height } from "./bip34-height.ts";
import type { BlockPlace } from "./block-source.ts";
import { BlocksError } from "./blocks-error.ts";

/** A block as it was found, in whatever order. */
export interface FoundBlock<Item> {
  readonly hash: string;
  readonly previousHash: string;
  readonly time: number;
  /** Its first bytes: they say its height. */
  readonly head: Uint8Array;
  readonly item: Item;
}

interface Known<Item> {
  readonly hash: string;
  readonly previousHash: string;
  readonly time: number;
  /** As the coinbase says (BIP 34); null where it says none. */
  readonly saidHeight: number | null;
  /** Rises in the order in which the blocks arrived. */
  readonly arrival: number;
  readonly item: Item;
}

/** More than a file has. */
const GROUP_MAX = 2 ** 24;
const NO_BLOCK = "0".repeat(64);

/**
 * The best chain among blocks that come in groups, the newest group first. Files hold blocks in the order in which they
 * arrived, with those of abandoned branches among them; heights follow from the genesis block, or from what the lowest
 * block's coinbase says.
 */
export class FiledChain<Item> {
  readonly #known = new Map<string, Known<Item>>();
  /** From the tip down. */
  #chain: Known<Item>[] = [];
  #tipHeight: number | null = null;
  #groups = 0;

  /** Adds a group, which arrived before all the others. The tip is chosen by {@link chooseTip}, not here. */
  add(blocks: readonly FoundBlock<Item>[]): void {
    const arrival = -GROUP_MAX * ++this.#groups;
    for (const [index, { hash, previousHash, time, head, item }] of blocks.entries())
      this.#known.set(hash, {
        hash,
        previousHash,
        time,
        saidHeight: bip34Height(head),
        arrival: arrival + index,
        item,
      });
    if (this.#tipHeight !== null) this.#extend();
  }

  get hasTip(): boolean {
    return this.#tipHeight !== null;
  }

  get tipHeight(): number | null {
    return this.#tipHeight;
  }

  /** Height of the lowest block down to which the chain is without a gap; without a tip, infinite. */
  get lowestHeight(): number {
    return this.#tipHeight === null ? Number.POSITIVE_INFINITY : this.#tipHeight - this.#chain.length + 1;
  }

  /** Whether there are blocks from below the chain's lowest: then something between is missing. */
  get hasBlocksBelow(): boolean {
    const lowest = this.lowestHeight;
    for (const { saidHeight } of this.#known.values()) if (saidHeight !== null && saidHeight < lowest - 1) return true;
    return false;
  }

  get(hash: string): Item | undefined {
    return this.#known.get(hash)?.item;
  }

  /** @throws {BlocksError} `no_such_block`. */
  at(height: number): BlockPlace {
    const block = this.#chain[(this.#tipHeight ?? -1) - height];
    if (block === undefined) throw new BlocksError("no_such_block", `block ${height} is not in the files`);
    return { height, hash: block.hash, previousHash: block.previousHash, time: block.time };
  }

  /** Between the lowest and the highest block known, as far as blocks tell their heights. */
  get heightSpan(): number {
    let lowest = Number.POSITIVE_INFINITY;
    let highest = Number.NEGATIVE_INFINITY;
    for (const { saidHeight } of this.#known.values()) {
      if (saidHeight === null) continue;
      lowest = Math.min(lowest, saidHeight);
      highest = Math.max(highest, saidHeight);
    }
    return Math.max(0, highest - lowest);
  }

  /** Leaves a block out that turned out to be none; the tip is to be chosen anew. */
  forget(hash: string): void {
    this.#known.delete(hash);
    this.#tipHeight = null;
    this.#chain = [];
  }

  /**
   * Ends the chain at the highest block; among equals at the one that arrived first, as nodes choose.
   * @returns it, or null without any.
   */
  chooseTip(): { readonly hash: string; readonly item: Item } | null {
    const heights = this.#heights();
    let tip: Known<Item> | null = null;
    let best = -1;
    for (const block of this.#known.values()) {
      const height = heights.get(block.hash);
      if (height === undefined || height < best) continue;
      if (height > best || block.arrival < (tip?.arrival ?? 0)) [tip, best] = [block, height];
    }
    if (tip === null) return null;
    this.#tipHeight = best;
    this.#chain = [tip];
    this.#extend();
    return tip;
  }

  /** Heights by the links between blocks, from those that say theirs or are the first of all. */
  #heights(): Map<string, number> {
    const heights = new Map<string, number>();
    for (const block of this.#known.values()) {
      const path: string[] = [];
      let at: Known<Item> | undefined = block;
      let base: number | null = null;
      while (at !== undefined && base === null) {
        base = heights.get(at.hash) ?? at.saidHeight ?? (at.previousHash === NO_BLOCK ? 0 : null);
        path.push(at.hash);
        at = this.#known.get(at.previousHash);
      }
      if (base === null) continue;
      for (const hash of path.reverse()) heights.set(hash, base++);
    }
    return heights;
  }

  #extend(): void {
    for (;;) {
      const below = this.#known.get(this.#chain.at(-1)?.previousHash ?? "");
      if (below === undefined) return;
      this.#chain.push(below);
    }
  }
}
