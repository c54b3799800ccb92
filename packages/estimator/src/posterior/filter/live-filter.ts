import type { PriceEstimate, PriceSupport, RoundAmountEvidence } from "../../contracts.ts";
import { isRoundBitcoin } from "../../round-bitcoin.ts";
import { FILTER } from "./filter-model.ts";
import { LocalPriceFilter } from "./local-price-filter.ts";
import { MinutePayments } from "./minute-payments.ts";
import { modeOf, PriceLevelFilter } from "./price-level-filter.ts";
import { type Located, priceSupport, publishEstimate } from "./publish-estimate.ts";
import { roundAmountEvidence } from "./round-amount-evidence.ts";
import { areTwins } from "./twin-outputs.ts";

const { minuteSeconds } = FILTER;
const KEPT_LOCALS = 2;

/**
 * Estimates the price now from the amounts of a sliding window. Depends only on these amounts and
 * on `now`.
 */
export class LiveFilter {
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

  /** Adds a payment's output amounts in satoshis, 0: none. Any order of times. */
  add(firstSats: number, secondSats: number, timestamp: number): void {
    this.#change(firstSats, secondSats, timestamp, 1);
  }

  /** Removes an added payment. */
  remove(firstSats: number, secondSats: number, timestamp: number): void {
    this.#change(firstSats, secondSats, timestamp, -1);
  }

  #change(firstSats: number, secondSats: number, timestamp: number, sign: 1 | -1): void {
    const minute = Math.floor(timestamp / minuteSeconds);
    const held = this.#minutes.get(minute) ?? new MinutePayments();
    const values = pricedIn(firstSats, secondSats);
    for (const value of values) if (held.amounts.change(value, sign) === 1) this.#vote(minute, value, sign);
    if (areTwins(values) && held.twins.change(values, sign)) this.#recount(minute);
    if (held.amounts.distinct > 0) this.#minutes.set(minute, held);
    else this.#minutes.delete(minute);
  }

  #vote(minute: number, valueSats: number, sign: 1 | -1): void {
    for (const local of this.#locals) local.vote(minute, valueSats, sign);
    this.#level.vote(Math.floor(minute / this.#sliceMinutes), valueSats, sign);
  }

  #recount(minute: number): void {
    for (const local of this.#locals) local.recount(minute);
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
    const minutes = Array.from({ length: FILTER.evidenceMinutes }, (_, ago) => this.#minutes.get(lastMinute - ago));
    return roundAmountEvidence(minutes, price);
  }

  /**
   * Decides which price it is from the slices of the window, then places it from the minutes of the
   * last three hours.
   */
  #locate(now: number): Located {
    const lastMinute = Math.floor(now / minuteSeconds);
    const lastSlice = Math.floor(lastMinute / this.#sliceMinutes);
    const oldest = Math.ceil((now - this.#windowSeconds) / (minuteSeconds * this.#sliceMinutes));
    const firstSlice = Math.min(lastSlice, Math.ceil(oldest / this.#slicesForgotten) * this.#slicesForgotten);
    const level = this.#level.at(firstSlice, lastSlice);
    const local = this.#localAt(modeOf(level.posterior));
    const memorySlices = Math.round(FILTER.fine.memoryMinutes / this.#sliceMinutes);
    const firstMinute = Math.max(firstSlice, lastSlice - memorySlices) * this.#sliceMinutes;
    const densities = local.densities(firstMinute, lastMinute);
    return { level, local, densities, peaks: local.peaks(firstMinute, lastMinute) };
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
