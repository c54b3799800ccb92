import type { StreamEvent } from "@utxoracle/stream-server";
import { collectDefaultMetrics, Registry } from "prom-client";
import type { PriceBoard } from "../http/price-board.ts";
import { registerPriceMetrics } from "./price-metrics.ts";
import { streamMetrics } from "./stream-metrics.ts";

/** What every process that serves readers measures: itself, the price it shows, its readers. */
export interface ReaderMetrics {
  readonly registry: Registry;
  readonly contentType: string;
  /** The text that `/metrics` answers with. */
  text(): Promise<string>;
  /** Counts what the stream server tells. */
  streamEvent(event: StreamEvent): void;
}

/**
 * Makes the metrics in a registry of their own.
 * @param board read at every scrape.
 */
export function createReaderMetrics(board: PriceBoard): ReaderMetrics {
  const registry = new Registry();
  // The process itself: resident memory, CPU, file descriptors, garbage collection, event-loop lag.
  collectDefaultMetrics({ register: registry });
  registerPriceMetrics(registry, board);
  return {
    registry,
    contentType: registry.contentType,
    text: () => registry.metrics(),
    streamEvent: streamMetrics(registry),
  };
}
