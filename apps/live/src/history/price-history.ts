import { HISTORY_STEPS, type HistoryResponse, type MempoolSnapshotData, type PriceEstimate } from "@utxoracle/models";

import type { Logger } from "pino";
import { logLine } from "../logging/log-line.ts";
import { toCents } from "../state/digits.ts";
import type { HistoryRange, HistoryReader, HistoryRow } from "../state/history-rows.ts";
import type { SavedData } from "../store/saved-data.ts";
import { rowsWithGaps } from "./rows-with-gaps.ts";
import { keepRows, readHours, savedHour } from "./saved-rows.ts";
import { StepRows } from "./step-rows.ts";

/** Time between two records, seconds. */
const RECORD_SECONDS = 10;
const HOUR_SECONDS = 3600;
const HOURS_KEPT_SECONDS = Math.max(...HISTORY_STEPS.map(({ keptSeconds }) => keptSeconds));
/** Start of the hour of a time, Unix seconds. */
const hourOf = (time: number): number => Math.floor(time / HOUR_SECONDS) * HOUR_SECONDS;

/** The published prices, recorded every 10 seconds and kept in three steps. */
export class PriceHistory implements HistoryReader {
  readonly #steps = HISTORY_STEPS.map((step) => new StepRows(step));
  /** Computed hours by their start, Unix seconds; without a price if the blocks have none. */
  readonly #hours = new Map<number, HistoryRow>();
  #saveHour: ((hour: number, row: HistoryRow | null) => void) | null = null;
  #revision = 0;

  get revision(): number {
    return this.#revision;
  }

  /**
   * Records an update that was just published if it is the first since a multiple of 10 seconds.
   * After a step of the clock back, rows of the future are removed.
   * @returns the recorded row; null if it is not yet time.
   */
  record({ timestamp, price, interval, status }: MempoolSnapshotData): HistoryRow | null {
    const time = Math.floor(timestamp / RECORD_SECONDS) * RECORD_SECONDS;
    const newest = this.#steps[0]?.newest?.time ?? Number.NEGATIVE_INFINITY;
    if (time === newest) return null;
    if (time < newest) this.#removeAfter(time - 1);
    const row: HistoryRow = {
      time,
      price: price === null ? null : toCents(price),
      low: interval === null ? null : toCents(interval.low),
      high: interval === null ? null : toCents(interval.high),
      status,
    };
    for (const step of this.#steps) step.add(row);
    return row;
  }

  /** Loads the saved rows, and saves changes. */
  async keepIn(data: SavedData, now: () => number, log: Logger): Promise<void> {
    let loaded = 0;
    let damaged = 0;
    for (const step of this.#steps) {
      const kept = await keepRows(step, data, now);
      loaded += kept.loaded;
      damaged += kept.damaged;
    }
    const hours = await readHours(data);
    const oldest = now() - HOURS_KEPT_SECONDS;
    for (const [hour, row] of hours.rows) if (hour >= oldest && !this.#hours.has(hour)) this.#hours.set(hour, row);
    damaged += hours.damaged;
    this.#saveHour = (hour, row) => data.write([savedHour(hour, row)]);
    this.#revision++;
    if (damaged > 0) logLine(log, "damaged history rows ignored", { path: data.path, damaged });
    logLine(log, "loaded price history", { path: data.path, rows: loaded });
  }

  /**
   * Starts of the hours, newest first, in which no price was published and none was computed.
   * @param before Unix seconds; later hours are not over.
   */
  missingHours(before: number): number[] {
    const published = new Set(
      (this.#steps.at(-1)?.all ?? []).flatMap(({ time, price }) => (price === null ? [] : [hourOf(time)])),
    );
    const missing: number[] = [];
    for (let hour = hourOf(before) - HOUR_SECONDS; hour > before - HOURS_KEPT_SECONDS; hour -= HOUR_SECONDS)
      if (!published.has(hour) && !this.#hours.has(hour)) missing.push(hour);
    return missing;
  }

  /**
   * Adds the price computed for an hour; null if it has no blocks. Without status `ok` it has no
   * price.
   */
  addHour(hour: number, estimate: PriceEstimate | null): void {
    const price = estimate?.status === "ok" ? estimate.price : null;
    const interval = price === null ? null : (estimate?.interval ?? null);
    const row: HistoryRow = {
      time: hour + HOUR_SECONDS / 2,
      price: price === null ? null : toCents(price),
      low: interval === null ? null : toCents(interval.low),
      high: interval === null ? null : toCents(interval.high),
      status: "confirmed",
    };
    this.#hours.set(hour, row);
    this.#revision++;
    this.#saveHour?.(hour, row);
    for (const old of this.#hours.keys()) {
      if (old >= hour - HOURS_KEPT_SECONDS) continue;
      this.#hours.delete(old);
      this.#saveHour?.(old, null);
    }
  }

  /**
   * Adds the rows of an analyzer where this history has none, e.g. of the time before an edge
   * started.
   */
  fill(columns: HistoryResponse): void {
    const step = this.#steps.find(({ stepSeconds }) => stepSeconds === columns.step);
    const rows = columns.time.map(
      (time, index): HistoryRow => ({
        time,
        price: columns.price[index] ?? null,
        low: columns.low[index] ?? null,
        high: columns.high[index] ?? null,
        status: columns.status[index] ?? "missing",
      }),
    );
    step?.fill(rows.filter(({ status }) => status !== "missing" && status !== "confirmed"));
    for (const row of rows) if (row.status === "confirmed") this.#hours.set(hourOf(row.time), row);
    this.#revision++;
  }

  rows(range: HistoryRange): readonly HistoryRow[] {
    const step = this.#steps.find(({ stepSeconds }) => stepSeconds === range.step);
    return rowsWithGaps(step?.between(range.from, range.to) ?? [], this.#hoursOf(range), range);
  }

  #hoursOf({ from, to }: HistoryRange): readonly HistoryRow[] {
    return [...this.#hours.values()]
      .filter(({ time, price }) => price !== null && time >= from && time <= to)
      .sort((a, b) => a.time - b.time);
  }

  #removeAfter(time: number): void {
    this.#revision++;
    for (const step of this.#steps) step.removeAfter(time);
  }
}
