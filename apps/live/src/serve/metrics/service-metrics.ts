import { type FeedMetrics, feedMetrics } from "../../ingest/feed-metrics.ts";
import type { ServiceState } from "../../state/service-state.ts";
import { createServerMetrics, type ServerMetrics } from "./server-metrics.ts";

/** Everything the service measures, in Prometheus' form. */
export interface ServiceMetrics extends FeedMetrics, ServerMetrics {}

/**
 * Makes the service's metrics in a registry of their own.
 * @param state read at every scrape.
 */
export function createServiceMetrics({ state }: { readonly state: ServiceState }): ServiceMetrics {
  const metrics = createServerMetrics(state);
  return { ...metrics, ...feedMetrics(metrics.registry) };
}
