import { BUS_HISTORY_PRICES_MAX } from "@utxoracle/models";
import type { ConfirmedPrice } from "../state/service-state.ts";
import type { BlockPrice, PriceRecord, WindowNumber } from "./price-record.ts";
import { survivingRecords } from "./surviving-records.ts";

/** Where records are saved. Its methods do not wait and do not throw. */
export interface RecordStore {
  save(record: BlockPrice | WindowNumber): void;
  remove(record: BlockPrice | WindowNumber): void;
}

/**
 * The confirmed price at each block. After a reorganization prices of new blocks replace the old
 * ones.
 */
export class ConfirmedHistory {
  /** Ascending by height. Records are mostly added at the end and removed at the ends. */
  #blocks: BlockPrice[] = [];
  #lastDay: WindowNumber | null = null;
  #lastBlocks: WindowNumber | null = null;
  #store: RecordStore | null = null;
  #prices: readonly ConfirmedPrice[] | null = null;

  /** Loads stored records in their order, then stores the records added before and from now on. */
  restore(records: Iterable<PriceRecord>, store: RecordStore): void {
    const fresh = this.#blocks;
    const { blocks, lastDay, lastBlocks } = survivingRecords([...records]);
    this.#blocks = blocks;
    this.#lastDay = lastDay ?? this.#lastDay;
    this.#lastBlocks = lastBlocks ?? this.#lastBlocks;
    this.#prices = null;
    this.#store = store;
    this.#dropSurplus();
    for (const record of fresh) this.keep(record);
  }

  keep(record: PriceRecord): void {
    if (record.kind === "block") {
      const known = this.#at(record.height);
      if (isSame(known, record)) return;
      // Another block at this height proves that all blocks above the known one were replaced.
      if (known !== undefined && known.hash !== record.hash)
        this.#apply({ kind: "forget_above", height: record.height });
    }
    if (record.kind === "forget_above" && this.highest <= record.height) return;
    this.#apply(record);
    if (record.kind !== "forget_above") this.#store?.save(record);
    this.#dropSurplus();
  }

  /** Whether the price at a block is known. */
  has(height: number, hash: string): boolean {
    return this.#at(height)?.hash === hash;
  }

  /** Prices at all blocks, ascending by height. */
  get blocks(): readonly BlockPrice[] {
    return [...this.#blocks];
  }

  /** Height of the highest block with a price; -1 without any. */
  get highest(): number {
    return this.#blocks.at(-1)?.height ?? -1;
  }

  /**
   * Prices with status `ok`, ascending by time. A block time before its predecessor's is replaced
   * by that.
   */
  get prices(): readonly ConfirmedPrice[] {
    this.#prices ??= pricesOf(this.#blocks);
    return this.#prices;
  }

  /** Price of the last full UTC day. */
  get lastDay(): WindowNumber | null {
    return this.#lastDay;
  }

  /** Price of the last 144 blocks. */
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
        while (this.highest > record.height) this.#removed(this.#blocks.pop());
        if ((this.#lastDay?.lastHeight ?? 0) > record.height) {
          this.#removed(this.#lastDay);
          this.#lastDay = null;
        }
        if ((this.#lastBlocks?.lastHeight ?? 0) > record.height) {
          this.#removed(this.#lastBlocks);
          this.#lastBlocks = null;
        }
    }
  }

  #removed(record: BlockPrice | WindowNumber | null | undefined): void {
    if (record != null) this.#store?.remove(record);
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

  /** Number of blocks below a height. */
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

  /** Limits the prices to what edges accept: more than a year of blocks. */
  #dropSurplus(): void {
    const surplus = this.#blocks.length - BUS_HISTORY_PRICES_MAX;
    if (surplus > 0) for (const dropped of this.#blocks.splice(0, surplus)) this.#removed(dropped);
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
