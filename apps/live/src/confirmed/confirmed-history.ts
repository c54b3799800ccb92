import type { ConfirmedPrice } from "../http/price-board.ts";
import type { BlockPrice, PriceRecord, WindowNumber } from "./price-record.ts";

/** Most prices held: more than a year of blocks. */
const MOST_PRICES = 60_000;

/** Where records go to stay. */
export interface RecordKeeper {
  append(record: PriceRecord): void;
}

/** The confirmed prices worked out so far, by block; after a reorganisation the new blocks' prices replace the old ones'. */
export class ConfirmedHistory {
  readonly #byHeight = new Map<number, BlockPrice>();
  #lastDay: WindowNumber | null = null;
  #lastBlocks: WindowNumber | null = null;
  #keeper: RecordKeeper | null = null;
  #prices: readonly ConfirmedPrice[] | null = null;

  /** Takes records as they were kept before, in their order, and keeps all that come from now on. */
  restore(records: Iterable<PriceRecord>, keeper: RecordKeeper): void {
    const fresh: PriceRecord[] = [...this.#byHeight.values()];
    this.#byHeight.clear();
    for (const record of records) this.#apply(record);
    this.#keeper = keeper;
    for (const record of fresh) this.keep(record);
  }

  /** @throws what the keeper throws; the record holds in memory then. */
  keep(record: PriceRecord): void {
    if (record.kind === "block" && isSame(this.#byHeight.get(record.height), record)) return;
    if (record.kind === "forget_above" && ![...this.#byHeight.keys()].some((height) => height > record.height)) return;
    this.#apply(record);
    this.#keeper?.append(record);
  }

  /** Whether the price at this block is known. */
  has(height: number, hash: string): boolean {
    return this.#byHeight.get(height)?.hash === hash;
  }

  /** The prices at all blocks, lowest first. */
  get blocks(): readonly BlockPrice[] {
    return [...this.#byHeight.values()].sort((a, b) => a.height - b.height);
  }

  /** Height of the highest block that there is a price of; -1 without any. */
  get highest(): number {
    let highest = -1;
    for (const height of this.#byHeight.keys()) if (height > highest) highest = height;
    return highest;
  }

  /** Those with status `ok`, ascending in time: a block whose miner's clock was behind counts at the time of the one before. */
  get prices(): readonly ConfirmedPrice[] {
    this.#prices ??= pricesOf(this.blocks);
    return this.#prices;
  }

  /** The last whole UTC day that a price was worked out for. */
  get lastDay(): WindowNumber | null {
    return this.#lastDay;
  }

  /** The last 144 blocks. */
  get lastBlocks(): WindowNumber | null {
    return this.#lastBlocks;
  }

  #apply(record: PriceRecord): void {
    this.#prices = null;
    switch (record.kind) {
      case "block":
        this.#byHeight.set(record.height, record);
        if (this.#byHeight.size > MOST_PRICES) this.#byHeight.delete(Math.min(...this.#byHeight.keys()));
        break;
      case "day":
        this.#lastDay = record;
        break;
      case "blocks":
        this.#lastBlocks = record;
        break;
      case "forget_above":
        for (const height of this.#byHeight.keys()) if (height > record.height) this.#byHeight.delete(height);
        if ((this.#lastDay?.lastHeight ?? 0) > record.height) this.#lastDay = null;
        if ((this.#lastBlocks?.lastHeight ?? 0) > record.height) this.#lastBlocks = null;
    }
  }
}

function isSame(before: BlockPrice | undefined, after: BlockPrice): boolean {
  return before?.hash === after.hash && before.price === after.price && before.engine === after.engine;
}

function pricesOf(records: readonly BlockPrice[]): ConfirmedPrice[] {
  const prices: ConfirmedPrice[] = [];
  for (const { time, price, status } of records)
    if (price !== null && status === "ok")
      prices.push({ timestamp: Math.max(time, prices.at(-1)?.timestamp ?? 0), price });
  return prices;
}
