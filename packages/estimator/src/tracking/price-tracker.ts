import type { PriceEstimate, RoundAmountEvidence } from "../contracts.ts";
import { isRoundBitcoin } from "../round-bitcoin.ts";
import { AmountCounts } from "./amount-counts.ts";
import { PriceTile } from "./price-tile.ts";
import { type ColdSupport, type Located, publishEstimate } from "./publish-estimate.ts";
import { outputsAt, type PeakCount } from "./round-amount-census.ts";
import { roundAmountEvidence } from "./round-amount-evidence.ts";
import { TRACKING } from "./tracking-model.ts";
import { modeOf, WhichPrice } from "./which-price.ts";

/** Tells the price now from the amounts of a sliding window. Its answer depends on what it holds and on `now` alone. */
export interface PriceTracker {
  /** Takes one output amount of a payment, in time order or not. */
  add(valueSats: number, timestamp: number): void;
  /** Takes an added amount back. */
  remove(valueSats: number, timestamp: number): void;
  estimate(now: number): PriceEstimate;
  evidence(now: number): RoundAmountEvidence[];
}

export interface PriceTrackerOptions {
  windowSeconds: number;
}

export function createPriceTracker(options: PriceTrackerOptions): PriceTracker {
  return new GridPriceTracker(options.windowSeconds);
}

const { sliceSeconds } = TRACKING;
const KEPT_TILES = 2;

class GridPriceTracker implements PriceTracker {
  readonly #windowSeconds: number;
  readonly #slices = new Map<number, AmountCounts>();
  readonly #blockSlices: number;
  readonly #blocksForgotten: number;
  readonly #which: WhichPrice;
  #tiles: PriceTile[] = [];

  constructor(windowSeconds: number) {
    this.#windowSeconds = windowSeconds;
    const fitting = Math.floor(windowSeconds / (sliceSeconds * TRACKING.leastBlocks));
    this.#blockSlices = Math.min(TRACKING.blockSlices, Math.max(1, fitting));
    this.#blocksForgotten = fitting < TRACKING.blockSlices * 2 ? 1 : TRACKING.coarse.blocksForgotten;
    this.#which = new WhichPrice(this.#blockSlices);
  }

  add(valueSats: number, timestamp: number): void {
    if (isRoundBitcoin(valueSats)) return;
    const slice = Math.floor(timestamp / sliceSeconds);
    let amounts = this.#slices.get(slice);
    if (amounts === undefined) {
      amounts = new AmountCounts();
      this.#slices.set(slice, amounts);
    }
    if (amounts.add(valueSats) === 1) this.#vote(slice, valueSats, 1);
  }

  remove(valueSats: number, timestamp: number): void {
    if (isRoundBitcoin(valueSats)) return;
    const slice = Math.floor(timestamp / sliceSeconds);
    const amounts = this.#slices.get(slice);
    if (amounts === undefined || amounts.remove(valueSats) !== 0) return;
    this.#vote(slice, valueSats, -1);
    if (amounts.distinct > 0) return;
    this.#slices.delete(slice);
    for (const tile of this.#tiles) tile.drop(slice);
  }

  #vote(slice: number, valueSats: number, sign: 1 | -1): void {
    for (const tile of this.#tiles) tile.vote(slice, valueSats, sign);
    const block = Math.floor(slice / this.#blockSlices);
    this.#which.vote(block, valueSats, sign);
  }

  #span(now: number): { firstBlock: number; lastBlock: number; lastSlice: number } {
    const blockSeconds = sliceSeconds * this.#blockSlices;
    const lastSlice = Math.floor(now / sliceSeconds);
    const lastBlock = Math.floor(lastSlice / this.#blockSlices);
    const oldest = Math.ceil((now - this.#windowSeconds) / blockSeconds);
    const firstBlock = Math.min(lastBlock, Math.ceil(oldest / this.#blocksForgotten) * this.#blocksForgotten);
    return { firstBlock, lastBlock, lastSlice };
  }

  estimate(now: number): PriceEstimate {
    return publishEstimate(this.#locate(now));
  }

  evidence(now: number): RoundAmountEvidence[] {
    const { price } = this.estimate(now);
    if (price === null) return [];
    const lastSlice = Math.floor(now / sliceSeconds);
    const held: AmountCounts[] = [];
    for (let slice = lastSlice - TRACKING.evidenceSlices + 1; slice <= lastSlice; slice++) {
      const amounts = this.#slices.get(slice);
      if (amounts !== undefined) held.push(amounts);
    }
    return roundAmountEvidence(held, price);
  }

  /** Finds which price it is from the blocks of the window, then where it is now from the slices of the last three hours. */
  #locate(now: number): Located {
    const { firstBlock, lastBlock, lastSlice } = this.#span(now);
    const posterior = this.#which.posterior(firstBlock, lastBlock);
    const mode = modeOf(posterior);
    const rivalry = this.#which.rivalry(firstBlock, lastBlock, mode);
    const earlier = this.#which.earlier(firstBlock, lastBlock);
    const tile = this.#tileAt(mode);
    const memoryBlocks = Math.round(TRACKING.fine.memorySlices / this.#blockSlices);
    const firstSlice = Math.max(firstBlock, lastBlock - memoryBlocks) * this.#blockSlices;
    const densities = tile.densities(firstSlice, lastSlice, this.#slices);
    const peaks = tile.peaks(firstSlice, lastSlice, this.#slices);
    return {
      tile,
      densities,
      peaks,
      cold: earlier.length === 0 ? this.#coldSupport(firstBlock, lastBlock, mode, peaks) : null,
      rivalry,
      earlier,
      posterior,
      windowPrice: this.#which.meanPrice(firstBlock, lastBlock),
    };
  }

  /** By how many outputs a price leads the best other one while the window does not reach back far. */
  #coldSupport(firstBlock: number, lastBlock: number, logPrice: number, peaks: PeakCount): ColdSupport {
    const rival = this.#which.coldRival(firstBlock, lastBlock, logPrice);
    let rivalOutputs = 0;
    for (const [slice, amounts] of this.#slices)
      if (slice < lastBlock * this.#blockSlices) rivalOutputs += outputsAt(amounts, rival);
    return {
      overRival: peaks.outputsAtPrice - rivalOutputs,
      overAlias: peaks.outputsAtPrice - peaks.outputsAtBestAlias,
    };
  }

  #tileAt(logPrice: number): PriceTile {
    const centre = Math.round(logPrice / TRACKING.fine.tileSpacing) * TRACKING.fine.tileSpacing;
    const tile = this.#tiles.find((candidate) => candidate.centre === centre) ?? new PriceTile(centre);
    this.#tiles = [tile, ...this.#tiles.filter((other) => other !== tile)].slice(0, KEPT_TILES);
    return tile;
  }
}
