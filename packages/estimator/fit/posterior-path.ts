import type { CorpusDay } from "../bench/corpus/corpus-days.ts";
import { type FittedModel, readPrice } from "../src/posterior/static-set/set-estimate.ts";
import { isRoundBitcoin } from "../src/round-bitcoin.ts";

const HOUR_SECONDS = 3600;
const SLOT_SECONDS = 300;
/** Amounts so far on either side of a slot's middle support it. */
const SLOT_REACH_SECONDS = 600;
/** The slot's price is looked for within this of the hours around it, natural log. */
const PRICE_REACH = 0.02;
const CELL = 0.0001;
/** Standard deviation of the smoothing of the slot's votes. */
const SMOOTHING = 0.0007;

/**
 * The price over a day as the day's own payments give it, natural log at the middles of slots of
 * five minutes.
 */
export interface PricePath {
  readonly times: number[];
  readonly logPrices: number[];
}

/**
 * Reads each hour over the whole range of prices, then follows the densest price implied by the
 * given round amounts within ±2 % of it. No exchange price is used.
 */
export function pricePath(day: CorpusDay, fitted: FittedModel, usd: readonly number[]): PricePath {
  const kept = indicesOf(day.sats, (sats) => !isRoundBitcoin(sats));
  const times = Float64Array.from(kept, (i) => day.times[i]!);
  const logBtc = Float64Array.from(kept, (i) => Math.log(day.sats[i]! / 1e8));
  const path: PricePath = { times: [], logPrices: [] };
  for (let hour = day.start; hour < day.start + 24 * HOUR_SECONDS; hour += HOUR_SECONDS) {
    const from = lowerBound(day.times, hour - HOUR_SECONDS / 2);
    const reading = readPrice(day.sats.slice(from, lowerBound(day.times, hour + 1.5 * HOUR_SECONDS)), [], fitted);
    if (reading === null) continue;
    for (let time = hour + SLOT_SECONDS / 2; time < hour + HOUR_SECONDS; time += SLOT_SECONDS) {
      const first = lowerBound(times, time - SLOT_REACH_SECONDS);
      const slot = logBtc.subarray(first, lowerBound(times, time + SLOT_REACH_SECONDS));
      path.times.push(time);
      path.logPrices.push(densestPrice(slot, usd, reading.logPrice));
    }
  }
  return path;
}

/** Linear between the slots. */
export function logPriceAt({ times, logPrices }: PricePath, time: number): number {
  let next = 0;
  while (next < times.length && times[next]! < time) next++;
  if (next === 0) return logPrices[0]!;
  if (next === times.length) return logPrices[next - 1]!;
  const part = (time - times[next - 1]!) / (times[next]! - times[next - 1]!);
  return logPrices[next - 1]! + part * (logPrices[next]! - logPrices[next - 1]!);
}

function densestPrice(logBtc: Float64Array, usd: readonly number[], around: number): number {
  const reach = Math.round(PRICE_REACH / CELL);
  const votes = new Float64Array(2 * reach + 1);
  for (const btc of logBtc) {
    for (const amount of usd) {
      const cell = Math.round((Math.log(amount) - btc - around) / CELL) + reach;
      if (cell >= 0 && cell < votes.length) votes[cell]!++;
    }
  }
  const width = Math.round((3 * SMOOTHING) / CELL);
  let best = reach;
  let most = -1;
  for (let cell = width; cell < votes.length - width; cell++) {
    let sum = 0;
    for (let d = -width; d <= width; d++) sum += votes[cell + d]! * Math.exp(-0.5 * ((d * CELL) / SMOOTHING) ** 2);
    if (sum > most) {
      most = sum;
      best = cell;
    }
  }
  return around + (best - reach) * CELL;
}

function indicesOf(values: Float64Array, wanted: (value: number) => boolean): number[] {
  const indices: number[] = [];
  for (let i = 0; i < values.length; i++) if (wanted(values[i]!)) indices.push(i);
  return indices;
}

/** First index whose value is greater. */
export function lowerBound(ascending: Float64Array, value: number): number {
  let low = 0;
  let high = ascending.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (ascending[middle]! <= value) low = middle + 1;
    else high = middle;
  }
  return low;
}
