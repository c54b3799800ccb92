import { BUS_HISTORY_PRICES_MAX } from "@utxoracle/models";
import type { ConfirmedPrice } from "../state/service-state.ts";
import type { BlockPrice, PriceRecord, WindowNumber } from "./price-record.ts";
import { survivingRecords } from "./surviving-records.ts";

/** Where records go to stay. */
export interface RecordKeeper {
  append(record: PriceRecord): void;
}

/** The confirmed prices worked out so far, by block; after a reorganisation the new blocks' prices replace the old ones'. */
export class ConfirmedHistory {
  /** Lowest block first: records mostly come in this order, and leave at the ends. */
  #blocks: BlockPrice[] = [];
  #lastDay: WindowNumber | null = null;
  #lastBlocks: WindowNumber | null = null;
  #keeper: RecordKeeper | null = null;
  #prices: readonly ConfirmedPrice[] | null = null;

  /** Takes records as they were kept before, in their order, and keeps all that come from now on. */
  restore(records: Iterable<PriceRecord>, keeper: RecordKeeper): void {
    const fresh = this.#blocks;
    const { blocks, lastDay, lastBlocks } = survivingRecords([...records]);
    this.#blocks = blocks;
    this.#lastDay = lastDay ?? this.#lastDay;
    this.#lastBlocks = lastBlocks ?? this.#lastBlocks;
    this.#prices = null;
    this.#dropSurplus();
    this.#keeper = keeper;
    for (const record of fresh) this.keep(record);
  }

  /** @throws what the keeper throws; the record holds in memory then. */
  keep(record: PriceRecord): void {
    if (record.kind === "block" && isSame(this.#at(record.height), record)) return;
    if (record.kind === "forget_above" && this.highest <= record.height) return;
    this.#apply(record);
    this.#dropSurplus();
    this.#keeper?.append(record);
  }

  /** Whether the price at this block is known. */
  has(height: number, hash: string): boolean {
    return this.#at(height)?.hash === hash;
  }

  /** The prices at all blocks, lowest first. */
  get blocks(): readonly BlockPrice[] {
    return [...this.#blocks];
  }

  /** Height of the highest block that there is a price of; -1 without any. */
  get highest(): number {
    return this.#blocks.at(-1)?.height ?? -1;
  }

  /** Those with status `ok`, ascending in time: a block whose miner's clock was behind counts at the time of the one before. */
  get prices(): readonly ConfirmedPrice[] {
    this.#prices ??= pricesOf(this.#blocks);
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
        this.#put(record);
        break;
      case "day":
        this.#lastDay = record;
        break;
      case "blocks":
        this.#lastBlocks = record;
        break;
      case "forget_above":
        while (this.highest > record.height) this.#blocks.pop();
        if ((this.#lastDay?.lastHeight ?? 0) > record.height) this.#lastDay = null;
        if ((this.#lastBlocks?.lastHeight ?? 0) > record.height) this.#lastBlocks = null;
    }
  }

  #put(record: BlockPrice): void {
    const { height } = record;
    const place = height > this.highest ? this.#blocks.length : this.#placeOf(height);
    const isKnown = this.#blocks[place]?.height === height;
    this.#blocks.splice(place, isKnown ? 1 : 0, record);
  }

  #at(height: number): BlockPrice | undefined {
    const record = this.#blocks[this.#placeOf(height)];
    return record?.height === height ? record : undefined;
  }

  /** How many blocks lie below a height. */
  #placeOf(height: number): number {
    let low = 0;
    let high = this.#blocks.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#blocks[middle]?.height ?? height) < height) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** No more are held than readers of the bus take: more than a year of blocks. */
  #dropSurplus(): void {
    const surplus = this.#blocks.length - BUS_HISTORY_PRICES_MAX;
    if (surplus > 0) this.#blocks.splice(0, surplus);
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
