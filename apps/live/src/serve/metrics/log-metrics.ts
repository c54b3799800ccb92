import { Counter, type Registry } from "prom-client";

/** @param lostLines lines that the log could not write so far; read at every scrape. */
export function registerLogMetrics(registry: Registry, lostLines: () => number): void {
  new Counter({
    name: "utxoracle_log_lines_lost_total",
    help: "Log lines that standard error did not take (full disk, closed pipe, stopped reader)",
    registers: [registry],
    collect() {
      this.reset();
      this.inc(lostLines());
    },
  });
}
