import type { PriceRow } from "./read-prices.ts";

/** Prices of the operator's file by time. */
export class KnownPrices {
  readonly #rows: readonly PriceRow[];

  /** @param rows ascending in time. */
  constructor(rows: readonly PriceRow[]) {
    this.#rows = rows;
  }

  /** The moments whose price is known, with the price, from `from` to `to`, both inclusive. */
  moments(from: number, to: number): { readonly time: number; readonly priceUsd: number }[] {
    return this.#rows.flatMap(({ to: time, close }) => (time >= from && time <= to ? [{ time, priceUsd: close }] : []));
  }

  /**
   * How far the price moved in the rows that a span touches: highest over lowest less 1, percent;
   * null without.
   */
  movedPct(from: number, to: number): number | null {
    let lowest = Number.POSITIVE_INFINITY;
    let highest = 0;
    for (let index = this.#firstEndingAfter(from); index < this.#rows.length; index++) {
      const row = this.#rows[index] as PriceRow;
      if (row.from === row.to ? row.to > to : row.from >= to) break;
      lowest = Math.min(lowest, row.low);
      highest = Math.max(highest, row.high);
    }
    return highest === 0 ? null : 100 * (highest / lowest - 1);
  }

  #firstEndingAfter(time: number): number {
    let low = 0;
    let high = this.#rows.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const row = this.#rows[middle] as PriceRow;
      if (row.from === row.to ? row.to < time : row.to <= time) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
