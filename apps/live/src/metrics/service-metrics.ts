import type { StreamEvent } from "@utxoracle/stream-server";
import { collectDefaultMetrics, Registry } from "prom-client";
import type { PriceBoard } from "../http/price-board.ts";
import { type FeedMetrics, feedMetrics } from "./feed-metrics.ts";
import { registerPriceMetrics } from "./price-metrics.ts";
import { streamMetrics } from "./stream-metrics.ts";

/** Everything the service measures, in Prometheus' form. */
export interface ServiceMetrics extends FeedMetrics {
  readonly contentType: string;
  /** The text that `/metrics` answers with. */
  text(): Promise<string>;
  /** Counts what the stream server tells. */
  streamEvent(event: StreamEvent): void;
}

/**
 * Makes the service's metrics in a registry of their own.
 * @param board read at every scrape.
 */
export function createServiceMetrics({ board }: { readonly board: PriceBoard }): ServiceMetrics {
  const registry = new Registry();
  // The process itself: resident memory, CPU, file descriptors, garbage collection, event-loop lag.
  collectDefaultMetrics({ register: registry });
  registerPriceMetrics(registry, board);
  return {
    contentType: registry.contentType,
    text: () => registry.metrics(),
    ...feedMetrics(registry),
    streamEvent: streamMetrics(registry),
  };
}
