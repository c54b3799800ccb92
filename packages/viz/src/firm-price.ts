import type { EstimateStatus, MempoolTick, Source } from "./contracts.ts";

/**
 * Which prices {@link StreamClient.priceNoOlderThan} accepts besides those of a node with status
 * `ok`.
 */
export interface FirmPriceOptions {
  /** Default: `ok` only. A stale price is dated by its newest payment. */
  readonly statuses?: readonly EstimateStatus[];
  /** Default: `node` only, so that no program sells at the price of a simulation or a replay. */
  readonly sources?: readonly Source[];
}

/**
 * The price of a tick if it may be relied on; otherwise null.
 * @param sinceTick seconds since the tick arrived, by a monotonic clock
 */
export function firmPrice(
  tick: MempoolTick["data"],
  sinceTick: number,
  maxAge: number,
  { statuses = ["ok"], sources = ["node"] }: FirmPriceOptions = {},
): number | null {
  const { price, status, source, timestamp, price_timestamp } = tick;
  if (price == null || price_timestamp == null || !statuses.includes(status) || !sources.includes(source)) return null;
  return timestamp - price_timestamp + sinceTick <= maxAge ? price : null;
}
