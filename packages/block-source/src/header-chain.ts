import type { BlockPlace } from "./block-source.ts";
import { BlockSourceError } from "./error.ts";

/** Header of a stored block, and where the block is stored. */
export interface FoundHeader<Item> {
  readonly hash: string;
  readonly previousHash: string;
  readonly time: number;
  /** Compact target. */
  readonly bits: number;
  /** From the coinbase (BIP 34); null if it states none. */
  readonly statedHeight: number | null;
  /** Lower for a block stored earlier. */
  readonly order: number;
  readonly item: Item;
}

const NO_BLOCK = "0".repeat(64);
/** An unknown parent, or a height that is not stated. */
const UNKNOWN = -1;

/** The best block above a root, the lowest known block of its branch. */
interface Branch {
  readonly tip: number;
  /** Blocks above the root. */
  readonly depth: number;
  /** Sum from the root to the tip. */
  readonly work: number;
}

/**
 * The best chain among headers added in any order. Branches may be incomplete: heights come from
 * the genesis block, or from the lowest coinbase of the branch that states one. Headers are rows of
 * columnar arrays, since a folder may hold a million.
 */
export class HeaderChain<Item> {
  readonly #numbers = new Map<string, number>();
  readonly #hashes: string[] = [];
  readonly #parents: number[] = [];
  /** Hash of the parent, by row, where the parent itself is unknown. */
  readonly #unknownParents = new Map<number, string>();
  readonly #times: number[] = [];
  readonly #bits: number[] = [];
  readonly #statedHeights: number[] = [];
  readonly #orders: number[] = [];
  readonly #items: Item[] = [];
  /** Further copies of a block: a node stores one twice after some crashes. */
  readonly #moreItems = new Map<number, Item[]>();
  #repeats = 0;
  readonly #forgotten = new Set<number>();
  /** From the tip down. */
  #chain: number[] = [];
  #tipHeight: number | null = null;

  /** Adds a block. The tip is chosen by {@link chooseTip}, not here. */
  add({ hash, previousHash, time, bits, statedHeight, order, item }: FoundHeader<Item>): void {
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

  /** Height of the lowest block connected to the tip without a gap; infinite without a tip. */
  get lowestHeight(): number {
    return this.#tipHeight === null ? Number.POSITIVE_INFINITY : this.#tipHeight - this.#chain.length + 1;
  }

  /** Whether there are blocks below the gap under {@link lowestHeight}. */
  get hasBlocksBelow(): boolean {
    const lowest = this.lowestHeight;
    return this.#statedHeights.some((height) => height !== UNKNOWN && height < lowest - 1);
  }

  /** Where a block is stored: usually one place, none if unknown. */
  copies(hash: string): readonly Item[] {
    const number = this.#numbers.get(hash);
    if (number === undefined || this.#forgotten.has(number)) return [];
    return [this.#items[number] as Item, ...(this.#moreItems.get(number) ?? [])];
  }

  /** @throws {BlockSourceError} `no_such_block`. */
  at(height: number): BlockPlace {
    const number = this.#chain[(this.#tipHeight ?? -1) - height];
    if (number === undefined) throw new BlockSourceError("no_such_block", `block ${height} is not in the files`);
    return {
      height,
      hash: this.#hashes[number] as string,
      previousHash: this.#previousHash(number),
      time: this.#times[number] as number,
    };
  }

  /** Excludes a damaged block; the tip must be chosen again afterwards. */
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
   * Chooses the block with the most work among branches with a common block, or the highest one
   * among branches without. Among equals the one stored first wins, as in a node.
   * @returns null if no block has a known height.
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

  /** Extends the chain downwards through blocks added since. */
  extend(): void {
    for (let lowest = this.#chain.at(-1); lowest !== undefined; ) {
      lowest = this.#parentOf(lowest);
      if (lowest !== undefined) this.#chain.push(lowest);
    }
  }

  #previousHash(number: number): string {
    return this.#unknownParents.get(number) ?? (this.#hashes[this.#parents[number] as number] as string);
  }

  /** Links blocks to parents added after them. */
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

  /**
   * The best branch above each root, and the root's height, from the closest block that states one.
   */
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

/** Expected number of hashes for a compact target. A double is precise enough to compare sums. */
function workOf(bits: number): number {
  const target = (bits & 0x7fffff) * 256 ** ((bits >>> 24) - 3);
  return target > 0 ? 2 ** 256 / (target + 1) : 0;
}
