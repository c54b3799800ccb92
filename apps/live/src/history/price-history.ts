import { HISTORY_STEPS, type MempoolSnapshotData } from "@utxoracle/models";
import type { Logger } from "pino";
import { logLine } from "../logging/log-line.ts";
import type { HistoryRange, HistoryReader, HistoryRow } from "../state/history-rows.ts";
import type { SavedData } from "../store/saved-data.ts";
import { rowsWithGaps } from "./rows-with-gaps.ts";
import { keepRows } from "./saved-rows.ts";
import { StepRows } from "./step-rows.ts";

/** Time between two records, seconds. */
const RECORD_SECONDS = 10;
/** Prices in the history carry cents. */
const toCents = (price: number): number => Math.round(price * 100) / 100;

/** The published prices, recorded every 10 seconds and kept in three steps. */
export class PriceHistory implements HistoryReader {
  readonly #steps = HISTORY_STEPS.map((step) => new StepRows(step));
  #revision = 0;

  get revision(): number {
    return this.#revision;
  }

  /**
   * Records an update that was just published if it is the first since a multiple of 10 seconds. After
   * a step of the clock back, rows of the future are removed.
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
    this.#revision++;
    if (damaged > 0) logLine(log, "damaged history rows ignored", { path: data.path, damaged });
    logLine(log, "loaded price history", { path: data.path, rows: loaded });
  }

  rows(range: HistoryRange): readonly HistoryRow[] {
    const step = this.#steps.find(({ stepSeconds }) => stepSeconds === range.step);
    return rowsWithGaps(step?.between(range.from, range.to) ?? [], this.#hours(range), range);
  }

  #hours(_range: HistoryRange): readonly HistoryRow[] {
    return [];
  }

  #removeAfter(time: number): void {
    this.#revision++;
    for (const step of this.#steps) step.removeAfter(time);
  }
}
