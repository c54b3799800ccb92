import type { BlockPlace } from "./block-source.ts";
import { BlocksError } from "./blocks-error.ts";

/** A block as it was found, in whatever order. */
export interface FoundBlock<Item> {
  readonly hash: string;
  readonly previousHash: string;
  readonly time: number;
  /** Compact target. */
  readonly bits: number;
  /** From the coinbase (BIP 34); null where it has none. */
  readonly statedHeight: number | null;
  /** Lower for a block that was stored earlier. */
  readonly order: number;
  readonly item: Item;
}

const NO_BLOCK = "0".repeat(64);
/** Stands for a parent that is not known, and for a height that is not stated. */
const UNKNOWN = -1;

/** The highest known block above a lowest known one. */
interface Branch {
  readonly tip: number;
  /** Above the root. */
  readonly depth: number;
  /** From the root on. */
  readonly work: number;
}

/**
 * The best chain among blocks that are added in any order. Branches may be incomplete: heights come from the genesis
 * block, or from the lowest coinbase of the branch that states one. Blocks are numbers into columns, since a folder may
 * hold a million.
 */
export class FiledChain<Item> {
  readonly #numbers = new Map<string, number>();
  readonly #hashes: string[] = [];
  readonly #parents: number[] = [];
  /** Hash of the parent, by the number of a block whose parent is not known. */
  readonly #unknownParents = new Map<number, string>();
  readonly #times: number[] = [];
  readonly #bits: number[] = [];
  readonly #statedHeights: number[] = [];
  readonly #orders: number[] = [];
  readonly #items: Item[] = [];
  /** Further places where a block is stored. A node stores a block twice after some crashes. */
  readonly #moreItems = new Map<number, Item[]>();
  #repeats = 0;
  readonly #forgotten = new Set<number>();
  /** From the tip down. */
  #chain: number[] = [];
  #tipHeight: number | null = null;

  /** Adds a block. The tip is chosen by {@link chooseTip}, not here. */
  add({ hash, previousHash, time, bits, statedHeight, order, item }: FoundBlock<Item>): void {
    const known = this.#numbers.get(hash);
    if (known !== undefined) {
      const more = this.#moreItems.get(known);
      if (more === undefined) this.#moreItems.set(known, [item]);
      else more.push(item);
      this.#repeats++;
      return;
    }
    const number = this.#hashes.length;
    this.#numbers.set(hash, number);
    this.#hashes.push(hash);
    const parent = this.#numbers.get(previousHash) ?? UNKNOWN;
    this.#parents.push(parent);
    if (parent === UNKNOWN) this.#unknownParents.set(number, previousHash);
    this.#times.push(time);
    this.#bits.push(bits);
    this.#statedHeights.push(statedHeight ?? (previousHash === NO_BLOCK ? 0 : UNKNOWN));
    this.#orders.push(order);
    this.#items.push(item);
  }

  /** Blocks added, repeated ones included. */
  get size(): number {
    return this.#hashes.length + this.#repeats;
  }

  /** Null before {@link chooseTip}. */
  get tip(): BlockPlace | null {
    return this.#tipHeight === null ? null : this.at(this.#tipHeight);
  }

  /** Height of the lowest block that the tip is linked to without a gap; without a tip, infinite. */
  get lowestHeight(): number {
    return this.#tipHeight === null ? Number.POSITIVE_INFINITY : this.#tipHeight - this.#chain.length + 1;
  }

  /** Whether there are blocks below the gap under {@link lowestHeight}. */
  get hasBlocksBelow(): boolean {
    const lowest = this.lowestHeight;
    return this.#statedHeights.some((height) => height !== UNKNOWN && height < lowest - 1);
  }

  /** Where a block is stored: mostly one place; none when it is not known. */
  copies(hash: string): readonly Item[] {
    const number = this.#numbers.get(hash);
    if (number === undefined || this.#forgotten.has(number)) return [];
    return [this.#items[number] as Item, ...(this.#moreItems.get(number) ?? [])];
  }

  /** @throws {BlocksError} `no_such_block`. */
  at(height: number): BlockPlace {
    const number = this.#chain[(this.#tipHeight ?? -1) - height];
    if (number === undefined) throw new BlocksError("no_such_block", `block ${height} is not in the files`);
    return {
      height,
      hash: this.#hashes[number] as string,
      previousHash: this.#previousHash(number),
      time: this.#times[number] as number,
    };
  }

  /** Leaves a block out that is damaged. After this the tip has to be chosen again. */
  forget(hash: string): void {
    const number = this.#numbers.get(hash);
    if (number !== undefined) this.#forgotten.add(number);
    this.forgetTip();
  }

  forgetTip(): void {
    this.#tipHeight = null;
    this.#chain = [];
  }

  /**
   * Ends the chain at the block with the most work of its branches, or, where branches have no known block in common, at
   * the highest one. Among equals the one that was stored first wins, as in a node.
   * @returns null without any block whose height is known.
   */
  chooseTip(): BlockPlace | null {
    this.forgetTip();
    this.#link();
    const { branches, rootHeights } = this.#branches();
    let best: Branch | null = null;
    for (const [root, branch] of branches) {
      const rootHeight = rootHeights.get(root)?.height;
      if (rootHeight === undefined) continue;
      const height = rootHeight + branch.depth;
      const isBetter =
        best === null ||
        this.#tipHeight === null ||
        height > this.#tipHeight ||
        (height === this.#tipHeight && this.#isEarlier(branch.tip, best.tip));
      if (isBetter) [best, this.#tipHeight] = [branch, height];
    }
    if (best === null) return null;
    this.#chain = [best.tip];
    this.extend();
    return this.tip;
  }

  /** Follows the links down through blocks that were added since. */
  extend(): void {
    for (let lowest = this.#chain.at(-1); lowest !== undefined; ) {
      lowest = this.#parentOf(lowest);
      if (lowest !== undefined) this.#chain.push(lowest);
    }
  }

  #previousHash(number: number): string {
    return this.#unknownParents.get(number) ?? (this.#hashes[this.#parents[number] as number] as string);
  }

  /** Links blocks to parents that were added after them. */
  #link(): void {
    for (const [number, hash] of this.#unknownParents) {
      const parent = this.#numbers.get(hash);
      if (parent === undefined) continue;
      this.#parents[number] = parent;
      this.#unknownParents.delete(number);
    }
  }

  #parentOf(number: number): number | undefined {
    const parent = this.#numbers.get(this.#unknownParents.get(number) ?? "") ?? (this.#parents[number] as number);
    return parent === UNKNOWN || this.#forgotten.has(parent) ? undefined : parent;
  }

  /** The best branch above each root, and the root's height from the block closest to it that states one. */
  #branches(): {
    readonly branches: ReadonlyMap<number, Branch>;
    readonly rootHeights: ReadonlyMap<number, { readonly height: number }>;
  } {
    const count = this.#hashes.length;
    const roots = new Int32Array(count).fill(UNKNOWN);
    const depths = new Int32Array(count);
    const works = new Float64Array(count);
    const branches = new Map<number, Branch>();
    const rootHeights = new Map<number, { height: number; depth: number }>();
    for (let number = 0; number < count; number++) {
      if (this.#forgotten.has(number)) continue;
      const path: number[] = [];
      let at: number | undefined = number;
      for (; at !== undefined && roots[at] === UNKNOWN; at = this.#parentOf(at)) path.push(at);
      for (let index = path.length - 1; index >= 0; index--) {
        const each = path[index] as number;
        roots[each] = at === undefined ? each : (roots[at] as number);
        depths[each] = at === undefined ? 0 : (depths[at] as number) + 1;
        works[each] = (at === undefined ? 0 : (works[at] as number)) + workOf(this.#bits[each] as number);
        at = each;
      }
      const root = roots[number] as number;
      const branch = { tip: number, depth: depths[number] as number, work: works[number] as number };
      const before = branches.get(root);
      if (before === undefined || this.#isBetter(branch, before)) branches.set(root, branch);
      const stated = this.#statedHeights[number] as number;
      if (stated !== UNKNOWN && branch.depth < (rootHeights.get(root)?.depth ?? Number.POSITIVE_INFINITY))
        rootHeights.set(root, { height: stated - branch.depth, depth: branch.depth });
    }
    return { branches, rootHeights };
  }

  #isBetter(branch: Branch, before: Branch): boolean {
    if (branch.work !== before.work) return branch.work > before.work;
    if (branch.depth !== before.depth) return branch.depth > before.depth;
    return this.#isEarlier(branch.tip, before.tip);
  }

  #isEarlier(number: number, other: number): boolean {
    return (this.#orders[number] as number) < (this.#orders[other] as number);
  }
}

/** Expected number of hashes for a block of a compact target. As a double: only sums of the same branch are compared. */
function workOf(bits: number): number {
  const target = (bits & 0x7fffff) * 256 ** ((bits >>> 24) - 3);
  return target > 0 ? 2 ** 256 / (target + 1) : 0;
}
