import { UsageError } from "./usage-error.ts";

const HOUR_SECONDS = 3600;
const MINUTE_SECONDS = 60;
const COLUMNS = ["unix_time", "open", "high", "low", "close"] as const;

interface HourPrices {
  low: number;
  high: number;
  close: number;
  /** (open + high + low + close) / 4 */
  mean: number;
}

/**
 * What the exchange paid, hour by hour: the truth that estimates are compared with. Hours may be
 * missing.
 */
export class ExchangePrices {
  readonly #hours = new Map<number, HourPrices>();

  /** @throws {UsageError} naming the line that cannot be read */
  constructor(csv: string, file: string) {
    const rows = csv.split(/\r?\n/);
    const header = (rows[0] as string).split(",").map((name) => name.trim());
    const columns = COLUMNS.map((name) => header.indexOf(name));
    const missing = COLUMNS.filter((_, i) => columns[i] === -1);
    if (missing.length > 0) throw new UsageError(`${file}: the first line must name the column ${missing.join(", ")}`);
    for (const [index, row] of rows.entries()) {
      if (index === 0 || row.trim() === "") continue;
      const cells = row.split(",");
      const [time, ...prices] = columns.map((column) => Number(cells[column] === "" ? Number.NaN : cells[column]));
      if (time === undefined || !Number.isInteger(time / HOUR_SECONDS) || !prices.every((price) => price > 0))
        throw new UsageError(
          `${file}, line ${index + 1}: "${row.slice(0, 60)}" is not ${COLUMNS.join(",")} of a full hour`,
        );
      const [open, high, low, close] = prices as [number, number, number, number];
      this.#hours.set(time, { low, high, close, mean: (open + high + low + close) / 4 });
    }
  }

  /** The close of the hour that ends at `time`; null when it is not known. */
  closeAt(time: number): number | null {
    return this.#hours.get(time - HOUR_SECONDS)?.close ?? null;
  }

  /**
   * The mean over the window's minutes of the mean price of the hour each falls in; null when an
   * hour is missing.
   */
  meanOver(start: number, end: number): number | null {
    let sum = 0;
    let minutes = 0;
    for (let minute = start; minute < end; minute += MINUTE_SECONDS) {
      const hour = this.#hours.get(Math.floor(minute / HOUR_SECONDS) * HOUR_SECONDS);
      if (hour === undefined) return null;
      sum += hour.mean;
      minutes++;
    }
    return sum / minutes;
  }

  /**
   * How far the price moved in the hours that the span touches: highest over lowest less 1,
   * percent.
   */
  movedPct(start: number, end: number): number | null {
    let lowest = Number.POSITIVE_INFINITY;
    let highest = 0;
    for (let hour = Math.floor(start / HOUR_SECONDS) * HOUR_SECONDS; hour < end; hour += HOUR_SECONDS) {
      const prices = this.#hours.get(hour);
      if (prices === undefined) continue;
      lowest = Math.min(lowest, prices.low);
      highest = Math.max(highest, prices.high);
    }
    return highest === 0 ? null : 100 * (highest / lowest - 1);
  }
}
