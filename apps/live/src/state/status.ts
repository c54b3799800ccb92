import type { EstimateStatus, MempoolSnapshotData, PriceEstimate, PriceInterval } from "@utxoracle/models";

/**
 * Maximum age of evidence for a current price, seconds. In 1,308 real hours of payments (a sample
 * thinner than the chain) every period of this length had at least {@link EVIDENCE_PAYMENTS}
 * amounts.
 */
export const EVIDENCE_LIMIT_SECONDS = 180;
/** Minimum number of payments within the limit. A nearly silent feed has single ones. */
export const EVIDENCE_PAYMENTS = 3;

/** Minimum confidence of an `ok` price. */
export const OK_CONFIDENCE = 0.5;

/** Meaning of a status for the rest of the service. */
interface StatusMeaning {
  /** The price is current. */
  readonly isCurrent: boolean;
  /** The feed is connected and the window is loaded. */
  readonly isFed: boolean;
}

const meanings: Readonly<Record<EstimateStatus, StatusMeaning>> = {
  warming_up: { isCurrent: false, isFed: false },
  no_estimate: { isCurrent: false, isFed: true },
  ok: { isCurrent: true, isFed: true },
  low_confidence: { isCurrent: true, isFed: true },
  stale: { isCurrent: false, isFed: false },
};

/** Whether the price is current. */
export const isCurrent = (status: EstimateStatus): boolean => meanings[status].isCurrent;

/** Whether the feed is connected and the window is loaded. Only such an analyzer should lead. */
export const isFed = (status: EstimateStatus): boolean => meanings[status].isFed;

/** A price with the arrival time of the newest payment behind it, Unix seconds. */
export interface DatedPrice {
  readonly price: number;
  readonly interval: PriceInterval | null;
  readonly timestamp: number;
  readonly status: "ok" | "low_confidence";
}

/** Status and price to publish. */
export interface LiveVerdict {
  readonly status: EstimateStatus;
  readonly price: number | null;
  readonly interval: PriceInterval | null;
  readonly confidence: number;
  /** Arrival of the newest payment behind the price; null without a price. */
  readonly priceTimestamp: number | null;
  /** The price of a later stale verdict. */
  readonly lastGood: DatedPrice | null;
}

/** Inputs of the status besides the estimate. */
export interface LiveCircumstances {
  /** Unix seconds on the feed's clock. */
  readonly now: number;
  /**
   * Arrival times of the latest payments in the window, newest first, at most
   * {@link EVIDENCE_PAYMENTS}.
   */
  readonly arrivals: readonly number[];
  /** The window is loading. */
  readonly loading: boolean;
  /** The node is disconnected, or silent and unreachable. */
  readonly feedLost: boolean;
  /** The previous verdict; null for the first one. */
  readonly before: LiveVerdict | null;
}

/**
 * Decides the status: the last applicable one in the order of `EstimateStatus` of
 * `@utxoracle/models`. A price turns `stale` when the feed is lost, or the evidence is missing or
 * too old. The stale price is the last good one, with its time and confidence 0. A low-confidence
 * price is kept only until the first `ok` price.
 */
export function liveVerdict(estimate: PriceEstimate, circumstances: LiveCircumstances): LiveVerdict {
  const { now, arrivals, loading, feedLost, before } = circumstances;
  const lastGood = before?.lastGood ?? null;
  const [newest] = arrivals;
  const price = newest === undefined || isTooOld(arrivals, now) ? null : estimate.price;
  if ((feedLost || price === null) && lastGood !== null)
    return {
      status: "stale",
      price: lastGood.price,
      interval: lastGood.interval,
      confidence: 0,
      priceTimestamp: lastGood.timestamp,
      lastGood,
    };
  if (newest === undefined || price === null || feedLost)
    return {
      status: loading || feedLost ? "warming_up" : "no_estimate",
      price: null,
      interval: null,
      confidence: 0,
      priceTimestamp: null,
      lastGood,
    };
  const status = estimate.status === "ok" && estimate.confidence >= OK_CONFIDENCE ? "ok" : "low_confidence";
  const timestamp = Math.min(now, newest);
  return {
    status,
    price,
    interval: estimate.interval,
    confidence: estimate.confidence,
    priceTimestamp: timestamp,
    lastGood:
      status === "ok" || lastGood?.status !== "ok"
        ? { price, interval: estimate.interval, timestamp, status }
        : lastGood,
  };
}

/** Reconstructs the verdict of another process from its update. */
export function receivedVerdict(
  update: Pick<MempoolSnapshotData, "status" | "price" | "interval" | "confidence" | "timestamp" | "price_timestamp">,
  before: LiveVerdict | null,
): LiveVerdict {
  const { status, price, interval, confidence } = update;
  const priceTimestamp = price === null ? null : (update.price_timestamp ?? update.timestamp);
  const verdict = { status, price, interval, confidence, priceTimestamp };
  const lastGood = before?.lastGood ?? null;
  if (price === null || priceTimestamp === null) return { ...verdict, lastGood };
  const dated = { price, interval, timestamp: priceTimestamp };
  switch (status) {
    case "ok":
    // A stale price is the last good one of the other process.
    case "stale":
      return { ...verdict, lastGood: { ...dated, status: "ok" } };
    case "low_confidence":
      return { ...verdict, lastGood: lastGood?.status === "ok" ? lastGood : { ...dated, status } };
    case "warming_up":
    case "no_estimate":
      return { ...verdict, lastGood };
    default:
      return status satisfies never;
  }
}

const isTooOld = (arrivals: readonly number[], now: number): boolean =>
  now - (arrivals[EVIDENCE_PAYMENTS - 1] ?? Number.NEGATIVE_INFINITY) > EVIDENCE_LIMIT_SECONDS;

/**
 * Maximum age of the tip before blocks count as missing, seconds. Gaps of the chain exceed two
 * hours about once in three years, and a block time may be an hour too early.
 */
const TIP_LIMIT_SECONDS = 3 * 3600;

/**
 * Current status of a confirmed price.
 * @param status status when the price was computed.
 * @param tipTime time of the newest block behind it, Unix seconds; null without a block.
 */
export function confirmedStatus(status: EstimateStatus, tipTime: number | null, now: number): EstimateStatus {
  return isCurrent(status) && tipTime !== null && now - tipTime > TIP_LIMIT_SECONDS ? "stale" : status;
}
