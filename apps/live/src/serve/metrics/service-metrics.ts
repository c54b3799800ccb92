import type { TrackRecordDays, TrackRecordResponse } from "@utxoracle/models";
import { type FeedMetrics, feedMetrics } from "../../ingest/feed-metrics.ts";
import type { ServiceState } from "../../state/service-state.ts";
import { createServerMetrics, type ServerMetrics } from "./server-metrics.ts";
import { type TrackMetrics, trackMetrics } from "./track-metrics.ts";

/** All metrics of the service. */
export interface ServiceMetrics extends FeedMetrics, ServerMetrics {
  readonly track: TrackMetrics;
}

/** A state that computes its reports itself. */
export interface LiveReports extends ServiceState {
  trackRecord(days: TrackRecordDays): TrackRecordResponse | null;
}

/**
 * Creates the metrics of the service in a new registry.
 * @param state read at every scrape.
 */
export function createServiceMetrics({ state }: { readonly state: LiveReports }): ServiceMetrics {
  const metrics = createServerMetrics(state);
  const track = trackMetrics(metrics.registry, (days) => state.trackRecord(days));
  return { ...metrics, ...feedMetrics(metrics.registry), track };
}
