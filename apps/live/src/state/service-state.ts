import type {
  BlockPointsResponse,
  BusLiveState,
  ConfirmedPicture,
  ConfirmedUpdateData,
  ConfirmedWindow,
  EvidenceResponse,
  HealthCode,
  HealthResponse,
  MempoolSnapshotData,
  TrackRecordDays,
  TrackRecordResponse,
} from "@utxoracle/models";
import type { HistoryReader } from "./history-rows.ts";

/** A confirmed price as of its last block. */
export interface ConfirmedPrice {
  /** Time of the last block of its window, Unix seconds. */
  readonly timestamp: number;
  /** US dollars per bitcoin. */
  readonly price: number;
}

/** The analyzer whose updates an edge publishes. Only the metrics show its name. */
export type ShownAnalyzer = NonNullable<HealthResponse["analyzer"]> & { readonly name: string };

/**
 * Prices of the last 144 blocks and the last whole UTC day; null until computed. The same objects
 * until they change.
 */
export interface ConfirmedWindows {
  readonly lastBlocks: ConfirmedWindow | null;
  readonly lastDay: ConfirmedWindow | null;
}

/** Counts of the mempool window that are not in the stream. */
export interface WindowCounts {
  /**
   * Payments that left the window because of their age. Invariant: received = filtered + active +
   * expired + removed.
   */
  readonly expired: number;
  /** Payments that were replaced or evicted. Decreases when one returns. */
  readonly removed: number;
  /** Ids kept beyond the window, so that a block does not add them again. */
  readonly remembered: number;
  /** Ids dropped because the budget for remembered ids was full. */
  readonly forgotten: number;
  /** Transactions removed early because the window was full. */
  readonly displaced: number;
}

/**
 * Why the service is not ready: a stable code, and a text for the log.
 */
export type ShownReason = BusLiveState["reasons"][number];

/**
 * A reason of this process, with a known code. An edge also shows reasons of an analyzer, which may
 * be another version with other codes.
 */
export interface ReadinessReason extends ShownReason {
  readonly code: HealthCode;
}

/**
 * Data for the HTTP routes and metrics, kept current by the service. Each call is cheap, has
 * no side effect and never throws. Unknown values are null or empty.
 */
export interface ServiceState {
  /** Current time, Unix seconds. During a replay: the time of the last record. */
  now(): number;
  /** The last published update; null before the first. Its `transactions` are not used. */
  latest(): MempoolSnapshotData | null;
  /** Counts as of the last update; null before the first. */
  windowCounts(): WindowCounts | null;
  /** The last published confirmed price; null before the first. Its `transactions` are not used. */
  confirmed(): ConfirmedUpdateData | null;
  /**
   * Confirmed prices with status `ok`, ascending in time. Returns the same array until they change.
   */
  confirmedPrices(): readonly ConfirmedPrice[];
  confirmedWindows(): ConfirmedWindows;
  /**
   * All points of the confirmed window; null without a price. The same object until it changes.
   * @param tip of one of the last pictures; if omitted, of the current one.
   */
  confirmedPicture(tip?: string): ConfirmedPicture | null;
  /**
   * The points of a block of that window, as of one of its last tips; null if either is unknown.
   */
  blockPoints(hash: string, tip: string): BlockPointsResponse | null | Promise<BlockPointsResponse | null>;
  /** The published prices of the last 90 days. The same object throughout. */
  history(): HistoryReader;
  /**
   * How right the published prices were; null at an edge whose analyzer does not answer. The same
   * object until it changes.
   */
  trackRecord(days: TrackRecordDays): TrackRecordResponse | null | Promise<TrackRecordResponse | null>;
  /** Why the service is not ready; empty if it is. */
  readinessReasons(): readonly ShownReason[];
  /** Problems that do not affect readiness, e.g. no RPC. */
  notices(): readonly ShownReason[];
  /**
   * At an edge: the analyzer and the age of its updates; null before the first. Absent elsewhere.
   */
  analyzer?(): ShownAnalyzer | null;
  /** Round dollar amounts that support the price; null without evidence. */
  evidence(): EvidenceResponse | null;
}
