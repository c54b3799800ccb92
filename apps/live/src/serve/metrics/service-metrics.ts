import { type FeedMetrics, feedMetrics } from "../../ingest/feed-metrics.ts";
import type { ServiceState } from "../../state/service-state.ts";
import { createServerMetrics, type ServerMetrics } from "./server-metrics.ts";

/** All metrics of the service. */
export interface ServiceMetrics extends FeedMetrics, ServerMetrics {}

/**
 * Creates the metrics of the service in a new registry.
 * @param state read at every scrape.
 */
export function createServiceMetrics({ state }: { readonly state: ServiceState }): ServiceMetrics {
  const metrics = createServerMetrics(state);
  return { ...metrics, ...feedMetrics(metrics.registry) };
}
