import type { MempoolUpdateData, PriceResponse, Source } from "@utxoracle/models";
import type { RouteAnswer } from "@utxoracle/stream-server";
import type { ServiceState } from "../../state/service-state.ts";

/** A price fit for programs that ask no questions: calibrated, confident, of now. */
export interface FirmPrice {
  /** US dollars per bitcoin. */
  readonly price: number;
  /** Arrival of the newest payment behind it, Unix seconds. */
  readonly timestamp: number;
  readonly source: Source;
  readonly chain: string | null;
}

/**
 * The price for the compatibility routes, whose clients look at nothing but the number.
 * @returns the price, or why there is none to give: only status `ok` counts.
 */
export function firmPrice(state: ServiceState): FirmPrice | { readonly missing: MempoolUpdateData["status"] } {
  const latest = state.latest();
  if (latest === null) return { missing: "warming_up" };
  const { status, price, source, chain } = latest;
  if (status !== "ok" || price === null) return { missing: status };
  return { price, timestamp: priceTimestamp(latest), source, chain };
}

/**
 * Shapes made elsewhere have no place to say that a price is simulated or of a test chain; the answer's headers do, which
 * pages from elsewhere may read too.
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

/** The same for a price: how old it is has no place in most of these shapes either. */
export function firmPriceHeaders(firm: FirmPrice): Readonly<Record<string, string>> {
  return {
    ...originHeaders(firm),
    "X-Price-Timestamp": firm.timestamp.toFixed(3),
    "Access-Control-Expose-Headers": "X-Price-Source, X-Price-Chain, X-Price-Timestamp",
  };
}

/** An answer about what the state holds, with where that is from; before the first tick nobody knows. */
export function withOrigin(state: ServiceState, answer: RouteAnswer): RouteAnswer {
  const latest = state.latest();
  return latest === null ? answer : { ...answer, headers: { ...answer.headers, ...originHeaders(latest) } };
}

/** The whole truth about the price; null before the first tick. */
export function priceAnswer(state: ServiceState): PriceResponse | null {
  const latest = state.latest();
  if (latest === null) return null;
  const timestamp = priceTimestamp(latest);
  return {
    price: latest.price,
    low: latest.interval?.low ?? null,
    high: latest.interval?.high ?? null,
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
    age_seconds: latest.price === null ? null : Math.max(0, state.now() - timestamp),
    engine: latest.engine,
  };
}

/** Arrival of the newest payment behind the price of a tick; without a price the time of the tick. */
function priceTimestamp(latest: MempoolUpdateData): number {
  return latest.price === null ? latest.timestamp : (latest.price_timestamp ?? latest.timestamp);
}
