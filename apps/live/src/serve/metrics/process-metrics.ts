import { constants, type PerformanceEntry, PerformanceObserver } from "node:perf_hooks";
import { Counter, collectDefaultMetrics, Histogram, type Registry } from "prom-client";

/** Gauges of prom-client with the suffix `_total`, which is reserved for counters. */
const MISNAMED = ["nodejs_active_handles_total", "nodejs_active_requests_total", "nodejs_active_resources_total"];
const GC_METRIC = "nodejs_gc_duration_seconds";
/** Those of prom-client, seconds. */
const GC_BUCKETS = [0.001, 0.01, 0.1, 1, 2, 5];
const GC_KINDS = new Map([
  [constants.NODE_PERFORMANCE_GC_MAJOR, "major"],
  [constants.NODE_PERFORMANCE_GC_MINOR, "minor"],
  [constants.NODE_PERFORMANCE_GC_INCREMENTAL, "incremental"],
  [constants.NODE_PERFORMANCE_GC_WEAKCB, "weakcb"],
]);

/** Metrics of the process: memory, CPU, file descriptors, garbage collection, event loop lag. */
export function registerProcessMetrics(registry: Registry): void {
  collectDefaultMetrics({ register: registry });
  for (const name of MISNAMED) registry.removeSingleMetric(name);
  registerCollections(registry);
}

/** prom-client counts one collection of those that Node.js reports together. */
function registerCollections(registry: Registry): void {
  registry.removeSingleMetric(GC_METRIC);
  const collections = new Histogram({
    name: GC_METRIC,
    help: "Garbage collection duration by kind, one of major, minor, incremental or weakcb.",
    labelNames: ["kind"],
    buckets: GC_BUCKETS,
    registers: [registry],
  });
  for (const kind of GC_KINDS.values()) collections.zero({ kind });
  new PerformanceObserver((list) => {
    for (const { detail, duration } of list.getEntries() as CollectionEntry[]) {
      const kind = GC_KINDS.get(detail.kind);
      if (kind !== undefined) collections.observe({ kind }, duration / 1000);
    }
  }).observe({ entryTypes: ["gc"] });
}

interface CollectionEntry extends PerformanceEntry {
  readonly detail: { readonly kind: number };
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
