import type { EstimateStatus, MempoolUpdateData, PriceEstimate, PriceInterval } from "@utxoracle/models";

/**
 * Evidence older than this says nothing of the price now, seconds. Over 1,308 real hours of
 * payments, whose data are thinner than the chain, there was never a stretch of this length with
 * fewer than {@link EVIDENCE_PAYMENTS} amounts.
 */
export const EVIDENCE_LIMIT_SECONDS = 180;
/**
 * So many payments must have arrived within the limit: a feed that is all but mute brings single
 * ones.
 */
export const EVIDENCE_PAYMENTS = 3;

/** Below this confidence no price is `ok`. */
export const OK_CONFIDENCE = 0.5;

/** What a status says to the rest of the service. */
interface StatusMeaning {
  /** The price is one of now. */
  readonly isCurrent: boolean;
  /** The feed delivers and the window is loaded. */
  readonly isFed: boolean;
}

const meanings: Readonly<Record<EstimateStatus, StatusMeaning>> = {
  warming_up: { isCurrent: false, isFed: false },
  no_estimate: { isCurrent: false, isFed: true },
  ok: { isCurrent: true, isFed: true },
  low_confidence: { isCurrent: true, isFed: true },
  stale: { isCurrent: false, isFed: false },
};

/** Whether the price of this status is one of now. */
export const isCurrent = (status: EstimateStatus): boolean => meanings[status].isCurrent;

/** Whether the feed delivers and the window is loaded: only such a process can lead. */
export const isFed = (status: EstimateStatus): boolean => meanings[status].isFed;

/** A price together with the arrival of the newest payment behind it, Unix seconds. */
export interface DatedPrice {
  readonly price: number;
  readonly interval: PriceInterval | null;
  readonly timestamp: number;
  readonly status: "ok" | "low_confidence";
}

/** What the stream says of the price at one moment. */
export interface LiveVerdict {
  readonly status: EstimateStatus;
  readonly price: number | null;
  readonly interval: PriceInterval | null;
  readonly confidence: number;
  /** Arrival of the newest payment behind the price; null without a price. */
  readonly priceTimestamp: number | null;
  /** What a later stale verdict will show. */
  readonly lastGood: DatedPrice | null;
}

/** What decides besides the estimate itself. */
export interface LiveCircumstances {
  /** Unix seconds on the feed's clock. */
  readonly now: number;
  /**
   * Arrivals of the latest {@link EVIDENCE_PAYMENTS} payments of the window, newest first; fewer
   * where there are not so many.
   */
  readonly arrivals: readonly number[];
  /** The window is still being filled from the node. */
  readonly loading: boolean;
  /** Nothing can be known to arrive any more: the node is gone, or silent and unreachable. */
  readonly feedLost: boolean;
  /** The verdict before this one; null at the first. */
  readonly before: LiveVerdict | null;
}

/**
 * The last one that applies of those that `EstimateStatus` of `@utxoracle/models` lists. A price
 * once shown turns `stale` when the feed is lost or the evidence is gone or too old; it then stays
 * the last good one with its own time and no confidence. A low-confidence price is kept only until
 * the first `ok` price.
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

/** The verdict of an update that another process made, as it was when it made it. */
export function receivedVerdict(
  update: Pick<MempoolUpdateData, "status" | "price" | "interval" | "confidence" | "timestamp" | "price_timestamp">,
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
    // A stale price is the last good one that the other process had.
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
 * A tip this old says that blocks no longer arrive, seconds: the chain's own gaps are shorter than
 * two hours but for once in three years, and a miner's time may lie an hour back.
 */
const TIP_LIMIT_SECONDS = 3 * 3600;

/**
 * Status of a price read from blocks, as of now.
 * @param status as of when the price was worked out.
 * @param tipTime of the newest block behind it, Unix seconds; null without one.
 */
export function confirmedStatus(status: EstimateStatus, tipTime: number | null, now: number): EstimateStatus {
  return isCurrent(status) && tipTime !== null && now - tipTime > TIP_LIMIT_SECONDS ? "stale" : status;
}
