import type { CorpusDay } from "../bench/corpus/corpus-days.ts";
import type { ExchangePrices } from "../bench/corpus/exchange-prices.ts";
import type { PriceEstimate } from "../src/contracts.ts";
import { pathAverage } from "../src/posterior/static-set/estimate-posterior.ts";
import { publishReading } from "../src/posterior/static-set/publish-set-estimate.ts";
import { type FittedModel, type PriceReading, readPrice } from "../src/posterior/static-set/set-estimate.ts";
import { lowerBound } from "./posterior-path.ts";

/** Windows of the measure for cold windows. */
export const WINDOW_SECONDS = [600, 3600, 10_800] as const;
const FIRST_HOUR = 3;
const LAST_HOUR = 24;

/** A window, what its amounts say, and the truth. */
export interface ReadWindow {
  readonly day: string;
  readonly windowSeconds: number;
  /** Unix seconds. */
  readonly end: number;
  /** Hour of the day at which the window ends, 3 to 24. */
  readonly hour: number;
  readonly reading: PriceReading | null;
  /** From the amounts and their times. */
  readonly estimate: PriceEstimate;
  /** From the amounts alone. */
  readonly untimed: PriceEstimate;
  readonly truthUsd: number;
}

/** Reads the windows that end at each full hour from 03:00 to 24:00. */
export function readWindows(
  day: CorpusDay,
  prices: ExchangePrices,
  fitted: FittedModel,
  windowSeconds: number,
): ReadWindow[] {
  const windows: ReadWindow[] = [];
  for (let hour = FIRST_HOUR; hour <= LAST_HOUR; hour++) {
    const end = day.start + hour * 3600;
    const truthUsd = prices.meanOver(end - windowSeconds, end);
    if (truthUsd === null) continue;
    const span = { from: end - windowSeconds, to: end };
    const first = lowerBound(day.times, span.from);
    const all = day.sats.subarray(first, lowerBound(day.times, end));
    const isUsable = (sats: number): boolean => sats > 1e3 && sats < 1e13;
    const sats = all.filter(isUsable);
    const timestamps = day.times.subarray(first, first + all.length).filter((_, i) => isUsable(all[i]!));
    const reading = readPrice(sats, [], fitted);
    const estimate = publishReading(reading, pathAverage({ sats, timestamps, span }, reading), fitted.weights.interval);
    const untimed = publishReading(reading, undefined, fitted.weights.interval);
    windows.push({ day: day.name, windowSeconds, end, hour, reading, estimate, untimed, truthUsd });
  }
  return windows;
}
