import type { PriceEstimate, PriceSupport, RoundAmountEvidence } from "../../contracts.ts";
import { isRoundBitcoin } from "../../round-bitcoin.ts";
import type { AmountCounts } from "./amount-counts.ts";
import { FILTER } from "./filter-model.ts";
import { LocalPriceFilter } from "./local-price-filter.ts";
import { MinutePayments } from "./minute-payments.ts";
import { modeOf, PriceLevelFilter } from "./price-level-filter.ts";
import { type Located, priceSupport, publishEstimate } from "./publish-estimate.ts";
import { roundAmountEvidence } from "./round-amount-evidence.ts";
import { areTwins } from "./twin-outputs.ts";

/**
 * Estimates the price now from the amounts of a sliding window. Depends only on these amounts and
 * on `now`.
 */
export interface LiveFilter {
  /** Adds a payment's output amounts in satoshis, 0: none. Any order of times. */
  add(firstSats: number, secondSats: number, timestamp: number): void;
  /** Removes an added payment. */
  remove(firstSats: number, secondSats: number, timestamp: number): void;
  estimate(now: number): PriceEstimate;
  evidence(now: number): RoundAmountEvidence[];
  support(now: number): PriceSupport;
}

export interface LiveFilterOptions {
  windowSeconds: number;
}

export function createLiveFilter(options: LiveFilterOptions): LiveFilter {
  return new GridLiveFilter(options.windowSeconds);
}

const { minuteSeconds } = FILTER;
const KEPT_LOCALS = 2;

class GridLiveFilter implements LiveFilter {
  readonly #windowSeconds: number;
  readonly #minutes = new Map<number, MinutePayments>();
  readonly #sliceMinutes: number;
  readonly #slicesForgotten: number;
  readonly #level: PriceLevelFilter;
  #locals: LocalPriceFilter[] = [];

  constructor(windowSeconds: number) {
    this.#windowSeconds = windowSeconds;
    const fitting = Math.floor(windowSeconds / (minuteSeconds * FILTER.leastSlices));
    this.#sliceMinutes = Math.min(FILTER.sliceMinutes, Math.max(1, fitting));
    this.#slicesForgotten = fitting < FILTER.sliceMinutes * 2 ? 1 : FILTER.coarse.slicesForgotten;
    this.#level = new PriceLevelFilter(this.#sliceMinutes);
  }

  add(firstSats: number, secondSats: number, timestamp: number): void {
    const values = pricedIn(firstSats, secondSats);
    if (values.length === 0) return;
    const minute = Math.floor(timestamp / minuteSeconds);
    let held = this.#minutes.get(minute);
    if (held === undefined) {
      held = new MinutePayments();
      this.#minutes.set(minute, held);
    }
    for (const value of values) if (held.amounts.add(value) === 1) this.#vote(minute, value, 1);
    const [first, second] = values;
    if (second === undefined || !areTwins(first!, second)) return;
    if (held.twins.add(first!, second)) for (const local of this.#locals) local.recount(minute);
  }

  remove(firstSats: number, secondSats: number, timestamp: number): void {
    const values = pricedIn(firstSats, secondSats);
    const minute = Math.floor(timestamp / minuteSeconds);
    const held = this.#minutes.get(minute);
    if (held === undefined) return;
    for (const value of values) if (held.amounts.remove(value) === 0) this.#vote(minute, value, -1);
    const [first, second] = values;
    if (second !== undefined && areTwins(first!, second) && held.twins.remove(first!, second))
      for (const local of this.#locals) local.recount(minute);
    if (held.amounts.distinct === 0) this.#minutes.delete(minute);
  }

  #vote(minute: number, valueSats: number, sign: 1 | -1): void {
    for (const local of this.#locals) local.vote(minute, valueSats, sign);
    const slice = Math.floor(minute / this.#sliceMinutes);
    this.#level.vote(slice, valueSats, sign);
  }

  #span(now: number): { firstSlice: number; lastSlice: number; lastMinute: number } {
    const sliceSeconds = minuteSeconds * this.#sliceMinutes;
    const lastMinute = Math.floor(now / minuteSeconds);
    const lastSlice = Math.floor(lastMinute / this.#sliceMinutes);
    const oldest = Math.ceil((now - this.#windowSeconds) / sliceSeconds);
    const firstSlice = Math.min(lastSlice, Math.ceil(oldest / this.#slicesForgotten) * this.#slicesForgotten);
    return { firstSlice, lastSlice, lastMinute };
  }

  estimate(now: number): PriceEstimate {
    return publishEstimate(this.#locate(now));
  }

  support(now: number): PriceSupport {
    return priceSupport(this.#locate(now));
  }

  evidence(now: number): RoundAmountEvidence[] {
    const { price } = this.estimate(now);
    if (price === null) return [];
    const lastMinute = Math.floor(now / minuteSeconds);
    const held: AmountCounts[] = [];
    for (let minute = lastMinute - FILTER.evidenceMinutes + 1; minute <= lastMinute; minute++) {
      const payments = this.#minutes.get(minute);
      if (payments !== undefined) held.push(payments.amounts);
    }
    return roundAmountEvidence(held, price);
  }

  /**
   * Decides which price it is from the slices of the window, then places it from the minutes of the
   * last three hours.
   */
  #locate(now: number): Located {
    const { firstSlice, lastSlice, lastMinute } = this.#span(now);
    const posterior = this.#level.posterior(firstSlice, lastSlice);
    const mode = modeOf(posterior);
    const local = this.#localAt(mode);
    const memorySlices = Math.round(FILTER.fine.memoryMinutes / this.#sliceMinutes);
    const firstMinute = Math.max(firstSlice, lastSlice - memorySlices) * this.#sliceMinutes;
    const densities = local.densities(firstMinute, lastMinute);
    const peaks = local.peaks(firstMinute, lastMinute);
    return {
      local,
      densities,
      peaks,
      posterior,
      rivalsOf: (logPrice) => this.#level.rivals(firstSlice, lastSlice, logPrice),
      movement: this.#level.movement(firstSlice, lastSlice),
      windowPrice: this.#level.meanPrice(firstSlice, lastSlice),
    };
  }

  #localAt(logPrice: number): LocalPriceFilter {
    const center = Math.round(logPrice / FILTER.fine.localSpacing) * FILTER.fine.localSpacing;
    const local =
      this.#locals.find((candidate) => candidate.center === center) ?? new LocalPriceFilter(center, this.#minutes);
    this.#locals = [local, ...this.#locals.filter((other) => other !== local)].slice(0, KEPT_LOCALS);
    return local;
  }
}

/** A payment's amounts that are not round in bitcoin, the smaller first. */
function pricedIn(firstSats: number, secondSats: number): number[] {
  return [Math.min(firstSats, secondSats), Math.max(firstSats, secondSats)].filter(
    (value) => value > 0 && !isRoundBitcoin(value),
  );
}
