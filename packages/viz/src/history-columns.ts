import type { EstimateStatus } from "./contracts.ts";

/** What a row of the price history is. */
export const ROW_KIND: Readonly<{ weak: 0; ok: 1; confirmed: 2 }> = { weak: 0, ok: 1, confirmed: 2 };

/** Rows of the price history, oldest first, in columns of equal length. A price of NaN is a gap. */
export interface HistoryColumns {
  /** Unix seconds, ascending. */
  readonly times: Float64Array;
  /** US dollars per bitcoin; NaN for no price until the next row. */
  readonly prices: Float64Array;
  /** Ends of the 90 % interval; NaN for none. */
  readonly lows: Float64Array;
  readonly highs: Float64Array;
  /** `ROW_KIND`: low confidence, reliable, or computed later from blocks. */
  readonly kinds: Uint8Array;
  /** Seconds between two rows. */
  readonly step: number;
}

const ROWS_MAX = 50_000;
const USD_MAX = 1e9;
const SECONDS_MAX = 1e11;
const STEP_MAX = 86_400;
/** Null and unknown statuses are gaps: an old price is not the price of that time. */
const KINDS: Readonly<Record<string, number | null>> = {
  ok: ROW_KIND.ok,
  low_confidence: ROW_KIND.weak,
  confirmed: ROW_KIND.confirmed,
  stale: null,
  no_estimate: null,
  warming_up: null,
} satisfies Record<EstimateStatus | "confirmed", number | null>;

/**
 * Reads a response of `/api/v1/history`.
 * @returns null if it violates the contract, e.g. columns of different lengths or times out of
 *   order.
 */
export function readHistory(response: unknown): HistoryColumns | null {
  if (typeof response !== "object" || response === null) return null;
  const { time, price, low, high, status, step } = response as Record<string, unknown>;
  if (!Array.isArray(time) || time.length > ROWS_MAX || !isWithin(step, STEP_MAX) || step === 0) return null;
  const { length } = time;
  for (const column of [price, low, high, status]) if (!Array.isArray(column) || column.length !== length) return null;
  const [prices, lows, highs] = [price, low, high].map((column) =>
    dollars(column as unknown[]),
  ) as (Float64Array | null)[];
  if (prices == null || lows == null || highs == null) return null;
  const times = new Float64Array(length);
  const kinds = new Uint8Array(length);
  for (let i = 0; i < length; i++) {
    const at: unknown = time[i];
    const state: unknown = (status as unknown[])[i];
    if (!isWithin(at, SECONDS_MAX) || (i > 0 && at <= (times[i - 1] as number)) || typeof state !== "string")
      return null;
    times[i] = at;
    const kind = Object.hasOwn(KINDS, state) ? KINDS[state] : null;
    if (kind == null) prices[i] = Number.NaN;
    else kinds[i] = kind;
    const known = !Number.isNaN(prices[i]) && (lows[i] as number) <= (highs[i] as number);
    if (!known) lows[i] = highs[i] = Number.NaN;
  }
  return { times, prices, lows, highs, kinds, step };
}

/** Prices as numbers, null as NaN; null if another value is among them. */
function dollars(column: readonly unknown[]): Float64Array | null {
  const numbers = new Float64Array(column.length);
  for (let i = 0; i < column.length; i++) {
    const value = column[i];
    if (value !== null && !(isWithin(value, USD_MAX) && value > 0)) return null;
    numbers[i] = value ?? Number.NaN;
  }
  return numbers;
}

function isWithin(value: unknown, max: number): value is number {
  return typeof value === "number" && value >= 0 && value <= max;
}

/** Index of the last time at or before `time`, or 0: the start of a line visible from then on. */
export function indexAt(times: Float64Array, length: number, time: number): number {
  let low = 0;
  let high = length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((times[middle] as number) <= time) low = middle + 1;
    else high = middle;
  }
  return Math.max(0, low - 1);
}
