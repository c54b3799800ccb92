import { COMMON_LOG_SATS, type PeakKernel } from "./peak-kernel.ts";

/** Initial capacity: the amounts of a busy minute. */
const MOST_WAITING = 16_384;

/**
 * Votes of amounts for the prices of grids. They are added when a reader needs them, so that votes
 * of amounts that expired before are never added. Votes are sums of integers, so the time and order
 * of adding do not matter.
 */
export class Votes {
  readonly #kernels: readonly PeakKernel[];
  readonly #logFirst: number;
  readonly #grids: readonly Int32Array[];
  /** Satoshis, negative for a removed amount. */
  #waiting: number[] = [];

  /**
   * @param logFirst ln of the price of the first cell
   * @param cells number of cells of the grid of each kernel
   */
  constructor(kernels: readonly PeakKernel[], logFirst: number, cells: readonly number[]) {
    this.#kernels = kernels;
    this.#logFirst = logFirst;
    this.#grids = cells.map((count) => new Int32Array(count));
  }

  /** Adds an amount (1) or removes it (-1). */
  push(valueSats: number, sign: 1 | -1): void {
    if (this.#waiting.push(sign * valueSats) >= MOST_WAITING) this.#settle();
  }

  /** The votes for each price, one grid for each kernel. */
  get grids(): readonly Int32Array[] {
    this.#settle();
    return this.#grids;
  }

  #settle(): void {
    for (const change of this.#waiting) {
      const logValue = Math.log(Math.abs(change)) + this.#logFirst;
      const sign = change > 0 ? 1 : -1;
      for (let index = 0; index < this.#kernels.length; index++)
        addVotes(this.#grids[index]!, this.#kernels[index]!, logValue, sign);
    }
    this.#waiting = [];
  }
}

/** @param logValue ln(satoshis · price of the first cell) */
function addVotes(grid: Int32Array, { step, reach, values }: PeakKernel, logValue: number, sign: 1 | -1): void {
  for (let amount = 0; amount < COMMON_LOG_SATS.length; amount++) {
    // `| 0` says that it fits 32 bits: with a float the loop below takes three times as long.
    const center = Math.round((COMMON_LOG_SATS[amount]! - logValue) / step) | 0;
    const from = Math.max(0, center - reach);
    const to = Math.min(grid.length - 1, center + reach);
    // price = implied price - offset of the kernel
    const origin = amount * (2 * reach + 1) + reach + center;
    for (let cell = from; cell <= to; cell++) grid[cell]! += Math.imul(sign, values[origin - cell]!);
  }
}
