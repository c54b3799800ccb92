import { type HistoryColumns, indexAt, ROW_KIND } from "./history-columns.ts";

const CAPACITY = 4096;
/** Keeps every tick this long: the mempool side's axis shows these seconds in detail. */
const FINE_SECONDS = 300;
/** Older entries are kept at this interval: under a pixel for three hours on any screen. */
const COARSE_SECONDS = 10;

/**
 * The price line with its 90 % band, from the service's history and the ticks, as columns of fixed
 * size. A price of NaN is a gap. Valid indices are 0 ≤ i < `length`; times rise.
 */
export class PriceHistory {
  /** Unix seconds. */
  readonly times: Float64Array = new Float64Array(CAPACITY);
  /** US dollars per bitcoin; NaN for no price. */
  readonly prices: Float64Array = new Float64Array(CAPACITY);
  /** Ends of the 90 % interval; NaN for none. */
  readonly lows: Float64Array = new Float64Array(CAPACITY);
  readonly highs: Float64Array = new Float64Array(CAPACITY);
  /** {@link ROW_KIND} */
  readonly kinds: Uint8Array = new Uint8Array(CAPACITY);
  length = 0;
  /** Changes with every modification. */
  revision = 0;

  /**
   * Appends a tick. One that is not newer than the last replaces it (a finished replay's clock
   * stops).
   */
  push(time: number, price: number | null, interval: { low: number; high: number } | null, reliable = true): void {
    let i = this.length;
    if (i > 0 && time <= (this.times[i - 1] as number)) i--;
    else if (price === null && (i === 0 || Number.isNaN(this.prices[i - 1]))) return;
    else {
      if (i === CAPACITY) this.#thin(time);
      i = this.length++;
    }
    this.times[i] = i > 0 ? Math.max(time, this.times[i - 1] as number) : time;
    this.prices[i] = price ?? Number.NaN;
    this.lows[i] = interval?.low ?? Number.NaN;
    this.highs[i] = interval?.high ?? Number.NaN;
    this.kinds[i] = reliable ? ROW_KIND.ok : ROW_KIND.weak;
    this.revision++;
  }

  /**
   * Index of the last entry at or before `time`, or 0: the start of a line visible from then on.
   */
  indexAt(time: number): number {
    return indexAt(this.times, this.length, time);
  }

  /**
   * Adds the rows before the ticks since the last gap.
   */
  fill(rows: HistoryColumns): void {
    let from = this.length;
    while (from > 0 && !Number.isNaN(this.prices[from - 1])) from--;
    const firstTick = from < this.length ? (this.times[from] as number) : Number.POSITIVE_INFINITY;
    let end = rows.times.length;
    while (end > 0 && (rows.times[end - 1] as number) >= firstTick) end--;
    const ticks = this.length - from;
    const start = Math.max(0, end - (CAPACITY - ticks));
    const count = end - start;
    if (count <= 0) return;
    const columns = [
      [this.times, rows.times],
      [this.prices, rows.prices],
      [this.lows, rows.lows],
      [this.highs, rows.highs],
      [this.kinds, rows.kinds],
    ] as const;
    for (const [own, others] of columns) {
      own.copyWithin(count, from, this.length);
      own.set(others.subarray(start, end));
    }
    this.length = count + ticks;
    this.revision++;
  }

  /** Breaks the line at `time`: later prices do not continue it. */
  break(time: number): void {
    this.push(time, null, null);
  }

  clear(): void {
    this.length = 0;
    this.revision++;
  }

  #thin(now: number): void {
    const { times, prices, lows, highs, kinds } = this;
    let kept = 0;
    let lastTime = Number.NEGATIVE_INFINITY;
    for (let i = 0; i < this.length; i++) {
      const time = times[i] as number;
      const gap = Number.isNaN(prices[i]);
      if (!gap && time < now - FINE_SECONDS && time - lastTime < COARSE_SECONDS) continue;
      lastTime = gap ? Number.NEGATIVE_INFINITY : time;
      times[kept] = time;
      prices[kept] = prices[i] as number;
      lows[kept] = lows[i] as number;
      highs[kept] = highs[i] as number;
      kinds[kept] = kinds[i] as number;
      kept++;
    }
    // After months, or in a replay of days in a minute: drops the older half.
    const drop = kept > CAPACITY / 2 ? kept - CAPACITY / 2 : 0;
    for (const column of [times, prices, lows, highs, kinds]) column.copyWithin(0, drop, kept);
    this.length = kept - drop;
  }
}
