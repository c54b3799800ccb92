import type { EstimateStatus } from "@utxoracle/models";
import { type Judgment, LEVELS } from "./judged-row.ts";
import { KEPT_SECONDS, type PublishedRow, RECORD_SECONDS } from "./published-row.ts";

const CELLS = KEPT_SECONDS / RECORD_SECONDS;
/** By their numbers in the marks; 0 is an empty cell. */
const STATUSES = Object.keys({
  warming_up: 1,
  no_estimate: 1,
  ok: 1,
  low_confidence: 1,
  stale: 1,
} satisfies Record<EstimateStatus, 1>) as EstimateStatus[];
const STATUS_BITS = 0b111;
const PRICED = 1 << 3;
const JUDGED = 1 << 4;
const HAS_INTERVAL = 1 << 5;
const FIRST_LEVEL = 1 << 6;
const JUDGMENT_BITS = JUDGED | HAS_INTERVAL | (((1 << LEVELS.length) - 1) * FIRST_LEVEL);
const CONFIDENCE_SCALE = 10_000;

/** A record as the figures need it. */
export interface TrackRow {
  /** Unix seconds. */
  readonly time: number;
  /** Null if nothing was published. */
  readonly status: EstimateStatus | null;
  /** Whether it had a price. */
  readonly isPriced: boolean;
  readonly confidence: number;
  readonly isJudged: boolean;
  /** Published price over hindsight price less 1. Only if judged. */
  readonly difference: number;
  readonly hasInterval: boolean;
  /** Bit i: whether the interval of level i of {@link LEVELS} holds the hindsight price. */
  readonly heldBits: number;
}

/**
 * The records of the last 90 days: status, confidence and judgment, 8 bytes each. The prices are in
 * the saved data.
 */
export class TrackRows {
  readonly #marks = new Uint16Array(CELLS);
  readonly #confidences = new Uint16Array(CELLS);
  readonly #differences = new Float32Array(CELLS);
  #oldest: number | null = null;
  #newest: number | null = null;

  /** Time of the newest record, Unix seconds; null without records. */
  get newest(): number | null {
    return this.#newest;
  }

  get oldest(): number | null {
    return this.#oldest;
  }

  /**
   * Adds a record. One of a time that is recorded already is ignored.
   * @returns whether it was added
   */
  add({ time, price, confidence, status }: PublishedRow): boolean {
    const newest = this.#newest;
    if (newest !== null && time <= newest - KEPT_SECONDS) return false;
    if (newest === null || time > newest) this.#advance(time);
    const cell = cellOf(time);
    if (this.#marks[cell] !== 0) return false;
    this.#marks[cell] = (STATUSES.indexOf(status) + 1) | (price === null ? 0 : PRICED);
    this.#confidences[cell] = Math.round(CONFIDENCE_SCALE * confidence);
    this.#oldest = Math.min(this.#oldest ?? time, time);
    return true;
  }

  /** Adds the judgment of a record. */
  judge(time: number, { difference, held }: Judgment): void {
    if (!this.#holds(time)) return;
    const cell = cellOf(time);
    let marks = ((this.#marks[cell] as number) & ~JUDGMENT_BITS) | JUDGED;
    if (held !== null) marks |= HAS_INTERVAL;
    held?.forEach((isHeld, level) => {
      if (isHeld) marks |= FIRST_LEVEL << level;
    });
    this.#marks[cell] = marks;
    this.#differences[cell] = difference;
  }

  /** Removes the records later than a time. @returns their times */
  removeAfter(time: number): number[] {
    const removed: number[] = [];
    const newest = this.#newest;
    const oldest = this.#oldest;
    if (newest === null || oldest === null || newest <= time) return removed;
    let left = newest;
    for (; left > time && left >= oldest; left -= RECORD_SECONDS) if (this.#clear(left)) removed.push(left);
    while (left >= oldest && this.#marks[cellOf(left)] === 0) left -= RECORD_SECONDS;
    this.#newest = left >= oldest ? left : null;
    if (this.#newest === null) this.#oldest = null;
    return removed;
  }

  /**
   * Calls `visit` for every step of a range, in ascending time, also for those without a record.
   * The row is the same object in each call: 90 days are 777,600 rows.
   */
  forEach(from: number, to: number, visit: (row: TrackRow) => void): void {
    if (this.#oldest === null || this.#newest === null) return;
    const first = Math.ceil(Math.max(from, this.#oldest) / RECORD_SECONDS) * RECORD_SECONDS;
    const last = Math.min(to, this.#newest);
    const row = {
      time: 0,
      status: null as EstimateStatus | null,
      isPriced: false,
      confidence: 0,
      isJudged: false,
      difference: 0,
      hasInterval: false,
      heldBits: 0,
    };
    for (let time = first; time <= last; time += RECORD_SECONDS) {
      const cell = cellOf(time);
      const marks = this.#marks[cell] as number;
      row.time = time;
      row.status = STATUSES[(marks & STATUS_BITS) - 1] ?? null;
      row.isPriced = (marks & PRICED) !== 0;
      row.confidence = (this.#confidences[cell] as number) / CONFIDENCE_SCALE;
      row.isJudged = (marks & JUDGED) !== 0;
      row.difference = this.#differences[cell] as number;
      row.hasInterval = (marks & HAS_INTERVAL) !== 0;
      row.heldBits = Math.floor(marks / FIRST_LEVEL);
      visit(row);
    }
  }

  #holds(time: number): boolean {
    if (this.#oldest === null || this.#newest === null) return false;
    return time >= this.#oldest && time <= this.#newest && this.#marks[cellOf(time)] !== 0;
  }

  /** Makes a later time the newest, and clears the cells from the newest until then. */
  #advance(time: number): void {
    const from = Math.max(this.#newest ?? time, time - KEPT_SECONDS);
    for (let skipped = from + RECORD_SECONDS; skipped <= time; skipped += RECORD_SECONDS) this.#clear(skipped);
    this.#newest = time;
    const oldestKept = time - KEPT_SECONDS + RECORD_SECONDS;
    if (this.#oldest !== null) this.#oldest = Math.max(this.#oldest, oldestKept);
  }

  /** @returns whether there was a record */
  #clear(time: number): boolean {
    const cell = cellOf(time);
    const had = this.#marks[cell] !== 0;
    this.#marks[cell] = 0;
    return had;
  }
}

const cellOf = (time: number): number => (time / RECORD_SECONDS) % CELLS;
