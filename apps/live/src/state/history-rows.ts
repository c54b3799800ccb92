import type { HistoryStatus, HistoryStep } from "@utxoracle/models";

/** A price at one time, as published or as computed later from blocks. */
export interface HistoryRow {
  /** Unix seconds, a multiple of 10. */
  readonly time: number;
  /** US dollars per bitcoin. */
  readonly price: number | null;
  /** The 90 % interval. */
  readonly low: number | null;
  readonly high: number | null;
  readonly status: HistoryStatus;
}

/** A range of the price history, both ends inclusive and multiples of the step. */
export interface HistoryRange {
  readonly step: HistoryStep;
  /** Unix seconds. */
  readonly from: number;
  readonly to: number;
}

/** The price history as the routes read it. */
export interface HistoryReader {
  /** Changes whenever rows of completed steps change, e.g. when an hour is computed from blocks. */
  readonly revision: number;
  /** The rows of a range, ascending in time, with a row of status `missing` at each gap. */
  rows(range: HistoryRange): readonly HistoryRow[];
}
