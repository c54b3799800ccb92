import { Counter, Gauge, type Registry } from "prom-client";
import type { BusKey } from "../bus/bus-names.ts";
import type { ShownAnalyser } from "../http/price-board.ts";

/** What an edge counts of the bus. */
export interface EdgeMetrics {
  /** Deltas by what became of them. */
  readonly deltas: Counter<"verdict">;
  /** States read, by key. */
  readonly states: Counter<"key">;
  /** What could not be read, or was not as the contract says. */
  readonly problems: Counter<"what">;
}

/** What the gauges read at every scrape. */
export interface EdgeCondition {
  readonly connected: boolean;
  readonly ageSeconds: number | null;
  readonly analyser: ShownAnalyser | null;
}

export function createEdgeMetrics(registry: Registry, condition: () => EdgeCondition): EdgeMetrics {
  const registers = [registry];
  const gauge = (name: string, help: string, read: () => number | null): void => {
    new Gauge({
      name,
      help,
      registers,
      collect() {
        const value = read();
        this.remove();
        if (value !== null) this.set(value);
      },
    });
  };
  gauge("utxoracle_bus_connected", "1 when the connection to the bus stands, else 0", () =>
    Number(condition().connected),
  );
  gauge("utxoracle_edge_age_seconds", "Age of the newest that came from an analyser", () => condition().ageSeconds);
  new Gauge({
    name: "utxoracle_edge_analyser_info",
    help: "The analyser whose messages are shown, and the term that it leads with",
    labelNames: ["analyser", "epoch", "term"],
    registers,
    collect() {
      this.reset();
      const { analyser } = condition();
      if (analyser !== null)
        this.set({ analyser: analyser.name, epoch: analyser.epoch, term: String(analyser.term) }, 1);
    },
  });
  return {
    deltas: counter("utxoracle_edge_deltas_total", "Updates from the bus, by what became of them", "verdict"),
    states: counter("utxoracle_edge_states_total", "States read from the bus' bucket", "key"),
    problems: counter("utxoracle_edge_problems_total", "What could not be read from the bus", "what"),
  };

  function counter<Label extends string>(name: string, help: string, label: Label): Counter<Label> {
    return new Counter({ name, help, labelNames: [label], registers });
  }
}

export type EdgeProblem = "delta" | "clock" | BusKey;
