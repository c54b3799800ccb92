import type { EstimateStatus, MempoolSnapshotData } from "@utxoracle/models";

/** Time between two records, seconds. */
export const RECORD_SECONDS = 10;
/** Records are saved and judged in slots of this length, seconds. */
export const SLOT_SECONDS = 600;
/** A price is judged when it is this old, seconds. */
export const HINDSIGHT_SECONDS = 3600;
/** Records are kept this long, seconds. */
export const KEPT_SECONDS = 90 * 86_400;

/** Version of the method that computes hindsight prices (docs/trust.md). */
export const HINDSIGHT_METHOD = 2;

/** What was published at one time. */
export interface PublishedRow {
  /** Unix seconds, a multiple of {@link RECORD_SECONDS}. */
  readonly time: number;
  /** US dollars per bitcoin, whole cents. */
  readonly price: number | null;
  /** The 90 % interval. */
  readonly low: number | null;
  readonly high: number | null;
  readonly confidence: number;
  readonly status: EstimateStatus;
}

/** The price of a past time, computed from the payments around it. */
export interface HindsightPrice {
  readonly price: number;
  /** The 90 % band. */
  readonly low: number;
  readonly high: number;
}

/** The time of the record of an update, Unix seconds. */
export const recordTime = ({ timestamp }: Pick<MempoolSnapshotData, "timestamp">): number =>
  Math.floor(timestamp / RECORD_SECONDS) * RECORD_SECONDS;

/** Start of the slot of a time, Unix seconds. */
export const slotOf = (time: number): number => Math.floor(time / SLOT_SECONDS) * SLOT_SECONDS;

export function publishedRow(update: MempoolSnapshotData): PublishedRow {
  const { price, interval, confidence, status } = update;
  return {
    time: recordTime(update),
    price,
    low: interval?.low ?? null,
    high: interval?.high ?? null,
    confidence,
    status,
  };
}
