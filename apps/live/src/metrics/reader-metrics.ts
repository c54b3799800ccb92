import type { StreamEvent } from "@utxoracle/stream-server";
import { Registry } from "prom-client";
import type { PriceBoard } from "../http/price-board.ts";
import { contentTypes, exposition, negotiatedFormat } from "./exposition.ts";
import { registerPriceMetrics } from "./price-metrics.ts";
import { registerProcessMetrics } from "./process-metrics.ts";
import { streamMetrics } from "./stream-metrics.ts";

/** What every process that serves readers measures: itself, the price it shows, its readers. */
export interface ReaderMetrics {
  readonly registry: Registry;
  /**
   * What `/metrics` answers.
   * @param accept - the request's `Accept` header; OpenMetrics is sent to those who ask for it.
   */
  scrape(accept?: string): Promise<{ readonly contentType: string; readonly body: string }>;
  /** Counts an event of the stream server. */
  streamEvent(event: StreamEvent): void;
}

/**
 * Makes the metrics in a registry of their own.
 * @param board read at every scrape.
 */
export function createReaderMetrics(board: PriceBoard): ReaderMetrics {
  const registry = new Registry();
  registerProcessMetrics(registry);
  registerPriceMetrics(registry, board);
  return {
    registry,
    scrape: async (accept) => {
      const format = negotiatedFormat(accept);
      return { contentType: contentTypes[format], body: await exposition(registry, format) };
    },
    streamEvent: streamMetrics(registry),
  };
}
