import type { EstimateStatus, PriceEstimate, PriceInterval } from "@utxoracle/models";

/** A price together with the moment it was estimated at, Unix seconds. */
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
  /** When the price was estimated: now, or earlier while stale; null without a price. */
  readonly priceTimestamp: number | null;
  /** What a later stale verdict will show. */
  readonly lastGood: DatedPrice | null;
}

/** What decides besides the estimate itself. */
export interface LiveCircumstances {
  /** Unix seconds on the feed's clock. */
  readonly now: number;
  /** The window is still being filled from the node. */
  readonly loading: boolean;
  /** Nothing can be known to arrive any more: the node is gone, or silent and unreachable. */
  readonly feedLost: boolean;
  /** The verdict before this one; null at the first. */
  readonly before: LiveVerdict | null;
}

/**
 * The last one that applies of those that `EstimateStatus` of `@utxoracle/models` lists. A price once shown turns `stale`
 * when the feed or the evidence is lost; it then stays the last good one with its own time and no confidence, since
 * nothing speaks for it being the price now. A price that nobody confirmed as `ok` is kept only until one was.
 */
export function liveVerdict(estimate: PriceEstimate, circumstances: LiveCircumstances): LiveVerdict {
  const { now, loading, feedLost, before } = circumstances;
  const lastGood = before?.lastGood ?? null;
  if ((feedLost || estimate.price === null) && lastGood !== null)
    return {
      status: "stale",
      price: lastGood.price,
      interval: lastGood.interval,
      confidence: 0,
      priceTimestamp: lastGood.timestamp,
      lastGood,
    };
  if (estimate.price === null || feedLost)
    return {
      status: loading || feedLost ? "warming_up" : "no_estimate",
      price: null,
      interval: null,
      confidence: 0,
      priceTimestamp: null,
      lastGood,
    };
  const status = estimate.status === "ok" && estimate.confidence >= 0.5 ? "ok" : "low_confidence";
  const dated: DatedPrice = { price: estimate.price, interval: estimate.interval, timestamp: now, status };
  return {
    status,
    price: estimate.price,
    interval: estimate.interval,
    confidence: estimate.confidence,
    priceTimestamp: now,
    lastGood: status === "ok" || lastGood?.status !== "ok" ? dated : lastGood,
  };
}
