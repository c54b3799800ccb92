import { type FeedMetrics, feedMetrics } from "../../ingest/feed-metrics.ts";
import type { PriceBoard } from "../../state/price-board.ts";
import { createReaderMetrics, type ReaderMetrics } from "./reader-metrics.ts";

/** Everything the service measures, in Prometheus' form. */
export interface ServiceMetrics extends FeedMetrics, ReaderMetrics {}

/**
 * Makes the service's metrics in a registry of their own.
 * @param board read at every scrape.
 */
export function createServiceMetrics({ board }: { readonly board: PriceBoard }): ServiceMetrics {
  const metrics = createReaderMetrics(board);
  return { ...metrics, ...feedMetrics(metrics.registry) };
}
