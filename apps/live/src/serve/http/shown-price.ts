import type { MempoolSnapshotData, PriceResponse, Source } from "@utxoracle/models";
import type { RouteResponse } from "@utxoracle/stream-server";
import { toMilliseconds } from "../../state/digits.ts";
import type { ServiceState } from "../../state/service-state.ts";

/** A current price with status `ok`, for programs that do not check the status. */
export interface FirmPrice {
  /** US dollars per bitcoin. */
  readonly price: number;
  /** Arrival of the newest payment behind it, Unix seconds. */
  readonly timestamp: number;
  readonly source: Source;
  readonly chain: string | null;
}

/**
 * The price for the compatibility routes, whose clients use only the number.
 * @returns the price, or the status if it is not `ok`.
 */
export function firmPrice(state: ServiceState): FirmPrice | { readonly missing: MempoolSnapshotData["status"] } {
  const latest = state.latest();
  if (latest === null) return { missing: "warming_up" };
  const { status, price, source, chain } = latest;
  if (status !== "ok" || price === null) return { missing: status };
  return { price, timestamp: priceTimestamp(latest), source, chain };
}

/**
 * Headers that mark a simulated price or a test chain, for formats without such fields. Pages of
 * other origins may read them.
 */
export function originHeaders({
  source,
  chain,
}: Pick<FirmPrice, "source" | "chain">): Readonly<Record<string, string>> {
  return {
    "X-Price-Source": source,
    "X-Price-Chain": chain ?? "unknown",
    "Access-Control-Expose-Headers": "X-Price-Source, X-Price-Chain",
  };
}

/** Headers with source, chain and time of a price, and more that describe it. */
export function firmPriceHeaders(
  firm: FirmPrice,
  more: Readonly<Record<string, string>> = {},
): Readonly<Record<string, string>> {
  const names = ["X-Price-Source", "X-Price-Chain", "X-Price-Timestamp", ...Object.keys(more)];
  return {
    ...originHeaders(firm),
    "X-Price-Timestamp": firm.timestamp.toFixed(3),
    ...more,
    "Access-Control-Expose-Headers": names.join(", "),
  };
}

/** Adds the headers for source and chain. Before the first tick they are unknown and omitted. */
export function withOrigin(state: ServiceState, answer: RouteResponse): RouteResponse {
  const latest = state.latest();
  return latest === null ? answer : { ...answer, headers: { ...answer.headers, ...originHeaders(latest) } };
}

/** Body of `/api/v1/price`; null before the first tick. */
export function priceAnswer(state: ServiceState): PriceResponse | null {
  const latest = state.latest();
  if (latest === null) return null;
  const timestamp = priceTimestamp(latest);
  return {
    price: latest.price,
    low: latest.interval?.low ?? null,
    high: latest.interval?.high ?? null,
    window_price: latest.window_price,
    confidence: latest.confidence,
    status: latest.status,
    source: latest.source,
    chain: latest.chain,
    active_in_window: latest.stats.active_in_window,
    total_received: latest.stats.total_received,
    total_filtered: latest.stats.total_filtered,
    window_seconds: latest.window_seconds,
    height: latest.node.height,
    timestamp,
    age_seconds: latest.price === null ? null : toMilliseconds(Math.max(0, state.now() - timestamp)),
    engine: latest.engine,
  };
}

/** Arrival of the newest payment behind the price; without a price the time of the tick. */
function priceTimestamp(latest: MempoolSnapshotData): number {
  return latest.price === null ? latest.timestamp : (latest.price_timestamp ?? latest.timestamp);
}
