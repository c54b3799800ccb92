import type { TrackRecordDays, TrackRecordResponse } from "@utxoracle/models";
import type { TrackRecord } from "./track-record.ts";

/**
 * A report is computed again when it is this old, seconds per day that it covers: longer ones cost
 * more.
 */
const REPORT_SECONDS_PER_DAY = 10;
const REPORT_SECONDS_MIN = 60;

/** Reports of a track record, shared by routes and metrics. */
export class SharedReports {
  readonly #record: TrackRecord;
  readonly #reports = new Map<TrackRecordDays, { readonly at: number; readonly report: TrackRecordResponse }>();

  constructor(record: TrackRecord) {
    this.#record = record;
  }

  /** The same object until it is computed again. @param now Unix seconds */
  of(days: TrackRecordDays, now: number): TrackRecordResponse {
    const known = this.#reports.get(days);
    const maxAge = Math.max(REPORT_SECONDS_MIN, REPORT_SECONDS_PER_DAY * days);
    if (known !== undefined && now >= known.at && now < known.at + maxAge) return known.report;
    const report = this.#record.report(days, now);
    this.#reports.set(days, { at: now, report });
    return report;
  }
}
