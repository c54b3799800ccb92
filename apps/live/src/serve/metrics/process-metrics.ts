import { Counter, collectDefaultMetrics, type Histogram, type Registry } from "prom-client";

/** Gauges of prom-client with the suffix `_total`, which is reserved for counters. */
const MISNAMED = ["nodejs_active_handles_total", "nodejs_active_requests_total", "nodejs_active_resources_total"];
const GC_KINDS = ["major", "minor", "incremental", "weakcb"] as const;

/** Metrics of the process: memory, CPU, file descriptors, garbage collection, event loop lag. */
export function registerProcessMetrics(registry: Registry): void {
  collectDefaultMetrics({ register: registry });
  for (const name of MISNAMED) registry.removeSingleMetric(name);
  const collections = registry.getSingleMetric("nodejs_gc_duration_seconds") as Histogram<"kind">;
  for (const kind of GC_KINDS) collections.zero({ kind });
}

/** @param lostLines number of lost log lines; read at every scrape. */
export function registerLogMetrics(registry: Registry, lostLines: () => number): void {
  new Counter({
    name: "utxoracle_log_lines_lost_total",
    help: "Log lines lost because stderr was blocked, full or closed",
    registers: [registry],
    collect() {
      this.reset();
      this.inc(lostLines());
    },
  });
}
