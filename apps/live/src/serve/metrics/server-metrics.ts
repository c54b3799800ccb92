import { setImmediate as allRequestsRead } from "node:timers/promises";
import type { StreamEvent } from "@utxoracle/stream-server";
import { Registry } from "prom-client";
import type { ServiceState } from "../../state/service-state.ts";
import { contentTypes, type ExpositionFormat, exposition, negotiatedFormat } from "./exposition.ts";
import { registerPriceMetrics } from "./price-metrics.ts";
import { registerProcessMetrics } from "./process-metrics.ts";
import { streamMetrics } from "./stream-metrics.ts";

/** Metrics of the service and of an edge: process, price, clients. */
export interface ServerMetrics {
  readonly registry: Registry;
  /**
   * Body of a response to `/metrics`.
   * @param accept `Accept` header of the request; selects Prometheus or OpenMetrics.
   */
  scrape(accept?: string): Promise<{ readonly contentType: string; readonly body: string }>;
  /** Counts an event of the stream server. */
  streamEvent(event: StreamEvent): void;
}

/**
 * Creates the metrics in a new registry.
 * @param state read at every scrape.
 */
export function createServerMetrics(state: ServiceState): ServerMetrics {
  const registry = new Registry();
  registerProcessMetrics(registry);
  registerPriceMetrics(registry, state);
  const underWay = new Map<ExpositionFormat, Promise<string>>();
  /** Shares one text between all requests of an event loop turn: creating it takes milliseconds. */
  const shared = (format: ExpositionFormat): Promise<string> => {
    let text = underWay.get(format);
    if (text === undefined) {
      text = allRequestsRead().then(() => {
        underWay.delete(format);
        return exposition(registry, format);
      });
      underWay.set(format, text);
    }
    return text;
  };
  return {
    registry,
    scrape: async (accept) => {
      const format = negotiatedFormat(accept);
      return { contentType: contentTypes[format], body: await shared(format) };
    },
    streamEvent: streamMetrics(registry),
  };
}
