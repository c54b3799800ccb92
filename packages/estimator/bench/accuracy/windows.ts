import type { JudgedMoment } from "../../src/accuracy.ts";
import { estimatePosterior, estimateReference, MempoolAnalyzer, type PriceEstimate } from "../../src/index.ts";
import type { CorpusDay } from "../corpus/corpus-days.ts";
import type { ExchangePrices } from "../corpus/exchange-prices.ts";
import type { AccuracyOptions } from "./options.ts";

const HOUR_SECONDS = 3600;
const FIRST_HOUR = 3;
const LAST_HOUR = 24;
const SATS_PER_BTC = 1e8;

/** An estimate for one window of a day. */
export interface JudgedWindow extends JudgedMoment {
  day: string;
}

export interface JudgedDay {
  windows: JudgedWindow[];
  /** Windows that could not be judged because the exchange's price is missing. */
  withoutTruth: number;
  /** Windows that reach into an hour of `--without`. */
  leftOut: number;
}

export function judgeDay(day: CorpusDay, prices: ExchangePrices, options: AccuracyOptions): JudgedDay {
  const ask = options.mode === "live" ? liveEstimates(day, options) : coldEstimates(day, options);
  const judged: JudgedDay = { windows: [], withoutTruth: 0, leftOut: 0 };
  for (let hour = FIRST_HOUR; hour <= LAST_HOUR; hour++) {
    const end = day.start + hour * HOUR_SECONDS;
    const estimate = ask(end);
    const from = end - options.windowSeconds;
    const truthUsd = options.mode === "live" ? prices.closeAt(end) : prices.meanOver(from, end);
    const movedPct = prices.movedPct(from, end);
    if (options.without.some((left) => left < end && left + HOUR_SECONDS > from)) judged.leftOut++;
    else if (truthUsd === null || movedPct === null) judged.withoutTruth++;
    else {
      const label = `${day.name} ${String(hour).padStart(2, "0")}:00`;
      judged.windows.push({ day: day.name, label, estimate, truthUsd, movedPct });
    }
  }
  return judged;
}

/**
 * Feeds an analyzer the rows up to each moment, every row a transaction of its own, and asks it.
 */
function liveEstimates(day: CorpusDay, options: AccuracyOptions): (end: number) => PriceEstimate {
  const analyzer = new MempoolAnalyzer({ windowSeconds: options.windowSeconds, engine: options.engine });
  let next = 0;
  return (end) => {
    for (; next < day.times.length && (day.times[next] as number) <= end; next++) {
      analyzer.addTransaction({
        txid: String(next),
        amounts: [(day.sats[next] as number) / SATS_PER_BTC],
        timestamp: day.times[next] as number,
        feeRate: null,
        inputCount: 1,
        outputCount: 2,
      });
    }
    return analyzer.estimatePrice(end);
  };
}

function coldEstimates(day: CorpusDay, options: AccuracyOptions): (end: number) => PriceEstimate {
  return (end) => {
    const from = end - options.windowSeconds;
    const first = firstAfter(day.times, from);
    const last = firstAfter(day.times, end);
    const amountsBtc = day.sats.slice(first, last).map((sats) => sats / SATS_PER_BTC);
    if (options.engine === "posterior") {
      if (options.untimed) return estimatePosterior(amountsBtc);
      return estimatePosterior(amountsBtc, { timestamps: day.times.slice(first, last), from, to: end });
    }
    const { price } = estimateReference(amountsBtc);
    const status = price === null ? "no_estimate" : "low_confidence";
    return { price, interval: null, confidence: 0, status, windowPrice: price };
  };
}

function firstAfter(times: Float64Array, moment: number): number {
  let low = 0;
  let high = times.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((times[middle] as number) > moment) high = middle;
    else low = middle + 1;
  }
  return low;
}
