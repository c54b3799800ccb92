import { Counter, type Registry } from "prom-client";

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
