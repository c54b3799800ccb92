import type { EstimateStatus, PriceEstimate, PriceInterval } from "@utxoracle/models";

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
  const status = estimate.status === "ok" && estimate.confidence >= 0.5 ? "ok" : "low_confidence";
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
  const hadPrice = status === "ok" || status === "low_confidence";
  return hadPrice && tipTime !== null && now - tipTime > TIP_LIMIT_SECONDS ? "stale" : status;
}
