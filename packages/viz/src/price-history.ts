const CAPACITY = 4096;
/** Younger than this the line keeps every tick: the right side's axis shows these seconds large. */
const FINE_SECONDS = 300;
/** Older, it keeps one entry per this: less than a pixel of three hours on any screen. */
const COARSE_SECONDS = 10;

/**
 * The session's price line with its 90 % band, as columns of a fixed size. A price of NaN is a gap in the line.
 * Valid indices are 0 ≤ i < `length`, times rise.
 */
export class PriceHistory {
  /** Unix seconds. */
  readonly times: Float64Array = new Float64Array(CAPACITY);
  /** US dollars per bitcoin; NaN: no price. */
  readonly prices: Float64Array = new Float64Array(CAPACITY);
  /** Ends of the 90 % interval; NaN: none. */
  readonly lows: Float64Array = new Float64Array(CAPACITY);
  readonly highs: Float64Array = new Float64Array(CAPACITY);
  /** 1: the price was vouched for; 0: the evidence was thin. */
  readonly vouched: Uint8Array = new Uint8Array(CAPACITY);
  length = 0;
  /** Changes with every change. */
  revision = 0;

  /** Takes what a tick said. A tick that is not newer than the last one replaces it (a replay's clock stands at its end). */
  push(time: number, price: number | null, interval: { low: number; high: number } | null, vouched = true): void {
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
    this.vouched[i] = Number(vouched);
    this.revision++;
  }

  /** Index of the last entry that is not younger than `time`, 0 when there is none: where a line seen from then on begins. */
  indexAt(time: number): number {
    let low = 0;
    let high = this.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.times[middle] as number) <= time) low = middle + 1;
      else high = middle;
    }
    return Math.max(0, low - 1);
  }

  /** Breaks the line at `time`: what follows is not known to continue what was. */
  break(time: number): void {
    this.push(time, null, null);
  }

  clear(): void {
    this.length = 0;
    this.revision++;
  }

  #thin(now: number): void {
    const { times, prices, lows, highs, vouched } = this;
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
      vouched[kept] = vouched[i] as number;
      kept++;
    }
    // Months of session, or a replay of days in a minute: the older half goes.
    const drop = kept > CAPACITY / 2 ? kept - CAPACITY / 2 : 0;
    for (const column of [times, prices, lows, highs, vouched]) column.copyWithin(0, drop, kept);
    this.length = kept - drop;
  }
}
