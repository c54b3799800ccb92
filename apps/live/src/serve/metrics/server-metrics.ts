import { setImmediate as allRequestsRead } from "node:timers/promises";
import type { StreamEvent } from "@utxoracle/stream-server";
import { Registry } from "prom-client";
import type { ServiceState } from "../../state/service-state.ts";
import { contentTypes, type ExpositionFormat, exposition, negotiatedFormat } from "./exposition.ts";
import { registerPriceMetrics } from "./price-metrics.ts";
import { registerProcessMetrics } from "./process-metrics.ts";
import { streamMetrics } from "./stream-metrics.ts";

/** What every process that serves clients measures: itself, the price it shows, its clients. */
export interface ServerMetrics {
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
 * @param state read at every scrape.
 */
export function createServerMetrics(state: ServiceState): ServerMetrics {
  const registry = new Registry();
  registerProcessMetrics(registry);
  registerPriceMetrics(registry, state);
  const underWay = new Map<ExpositionFormat, Promise<string>>();
  /** One text for all requests of a turn of the event loop: it takes milliseconds to make. */
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
