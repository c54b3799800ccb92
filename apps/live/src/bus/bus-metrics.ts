import { Counter, Gauge, type Registry } from "prom-client";
import type { BusKey } from "./bus-names.ts";

/** What an analyser counts of its bus. */
export interface BusMetrics {
  /** Deltas published. */
  readonly deltas: Counter;
  /** States written, and their compressed bytes. */
  readonly states: Counter<"key">;
  readonly stateBytes: Gauge<"key">;
  /** What could not be done, by what: `delta`, `lease`, or the key of a state. */
  readonly problems: Counter<"what">;
}

/** What the gauges read at every scrape. */
export interface BusCondition {
  readonly connected: boolean;
  /** The term it leads with; null while it does not lead. */
  readonly term: number | null;
}

export function createBusMetrics(registry: Registry, condition: () => BusCondition): BusMetrics {
  const registers = [registry];
  const gauge = (name: string, help: string, read: () => number): void => {
    new Gauge({
      name,
      help,
      registers,
      collect() {
        this.set(read());
      },
    });
  };
  gauge("utxoracle_bus_connected", "1 when the connection to the bus stands, else 0", () =>
    Number(condition().connected),
  );
  gauge("utxoracle_bus_leader", "1 when this analyser publishes on the bus, else 0", () =>
    Number(condition().term !== null),
  );
  return {
    deltas: new Counter({ name: "utxoracle_bus_deltas_total", help: "Updates published on the bus", registers }),
    states: new Counter({
      name: "utxoracle_bus_states_total",
      help: "States written to the bus' bucket",
      labelNames: ["key"],
      registers,
    }),
    stateBytes: new Gauge({
      name: "utxoracle_bus_state_bytes",
      help: "Size of the state written last, compressed",
      labelNames: ["key"],
      registers,
    }),
    problems: new Counter({
      name: "utxoracle_bus_problems_total",
      help: "What could not be published on the bus",
      labelNames: ["what"],
      registers,
    }),
  };
}

export type StateKey = Exclude<BusKey, "lease">;
