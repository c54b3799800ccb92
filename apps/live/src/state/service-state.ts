import type {
  BusLiveState,
  ConfirmedUpdateData,
  Engine,
  EstimateStatus,
  EvidenceResponse,
  HealthCode,
  HealthResponse,
  MempoolUpdateData,
} from "@utxoracle/models";

/** A price of the confirmed side as it stood when its last block came. */
export interface ConfirmedPrice {
  /** Time of the last block of its window, Unix seconds. */
  readonly timestamp: number;
  /** US dollars per bitcoin. */
  readonly price: number;
}

/** The price of a longer window as it is shown. */
export interface ShownWindow {
  /** The UTC day as `2024-02-29`; null for blocks. */
  readonly day: string | null;
  readonly firstHeight: number;
  readonly lastHeight: number;
  /** Of the last block, Unix seconds. */
  readonly time: number;
  /** Amounts that the price was read from. */
  readonly amounts: number;
  /** US dollars per bitcoin, with the bounds of the 90 % interval; null where there is none. */
  readonly price: number | null;
  readonly low: number | null;
  readonly high: number | null;
  /** 0…1. */
  readonly confidence: number;
  readonly status: EstimateStatus;
  readonly engine: Engine;
}

/** The analyzer whose messages an edge shows. Its name is for the metrics. */
export type ShownAnalyzer = NonNullable<HealthResponse["analyzer"]> & { readonly name: string };

/** The longer windows of the confirmed side; null until they were worked out. */
export interface ConfirmedWindows {
  readonly lastBlocks: ShownWindow | null;
  readonly lastDay: ShownWindow | null;
}

/** What the window counts beside what the stream tells of it. */
export interface WindowCounts {
  /**
   * Payments that grew older than the window. received = filtered + active + expired + removed,
   * always.
   */
  readonly expired: number;
  /** Payments that were replaced or evicted; fewer again when one comes back. */
  readonly removed: number;
  /** Ids held beyond the window, so that their blocks do not bring them in. */
  readonly remembered: number;
  /** Ids that there was no room to remember: without RPC nobody tells which can be let go of. */
  readonly forgotten: number;
  /** Transactions that left before they were old enough, because the window was full. */
  readonly displaced: number;
}

/**
 * What stands in the way of readiness, as it is shown: a stable code, and a sentence for the log.
 */
export type ShownReason = BusLiveState["reasons"][number];

/**
 * The same of this program itself. At an edge there are those of an analyzer too, which may be of
 * another version.
 */
export interface ReadinessReason extends ShownReason {
  readonly code: HealthCode;
}

/**
 * What the HTTP routes and the metrics read. The service keeps it current; each call is cheap, has
 * no side effect and never throws: what is not known is null or empty.
 */
export interface ServiceState {
  /** The service's clock in Unix seconds. In a replay it stands at the record last played. */
  now(): number;
  /**
   * The data of the tick published last; null before the first one. Its `transactions` are not
   * read.
   */
  latest(): MempoolUpdateData | null;
  /** The window's counts at that tick; null before the first one. */
  windowCounts(): WindowCounts | null;
  /**
   * The confirmed side as published last; null before the first one. Its `transactions` are not
   * read.
   */
  confirmed(): ConfirmedUpdateData | null;
  /**
   * The confirmed prices held, ascending in time, only those fit to be shown (status `ok`). The
   * same list for as long as they do not change.
   */
  confirmedPrices(): readonly ConfirmedPrice[];
  /** The prices of the last 144 blocks and of the last whole UTC day. */
  confirmedWindows(): ConfirmedWindows;
  /** Why the service is not ready; empty when it is. */
  readinessReasons(): readonly ShownReason[];
  /**
   * What does not serve as it could without standing in the way, e.g. no RPC; empty when all is as
   * it should be.
   */
  notices(): readonly ShownReason[];
  /**
   * At an edge: whose messages it shows, and their age; null before the first. Absent where the
   * price is made here.
   */
  analyzer?(): ShownAnalyzer | null;
  /** Which round dollar amounts carry the price; null when there is no evidence to show. */
  evidence(): EvidenceResponse | null;
}
