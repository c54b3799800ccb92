import { Counter, Gauge, type Registry } from "prom-client";
import { type LabelledCounter, labelledCounter, valuesOf } from "../../state/counter.ts";
import type { BusKey } from "./bus-names.ts";

export type StateKey = Exclude<BusKey, "lease">;

const stateKeys = valuesOf<StateKey>({ live: true, confirmed: true, history: true });
const problemKinds = ["delta", "lease", ...stateKeys] as const;
export type PublishedKind = (typeof problemKinds)[number];

/** What an analyzer counts of its bus. */
export interface BusMetrics {
  /** Deltas published. */
  readonly deltas: Counter;
  /** States written, and their compressed bytes. */
  readonly states: LabelledCounter<{ key: typeof stateKeys }>;
  readonly stateBytes: Gauge<"key">;
  /** What could not be done, by what: `delta`, `lease`, or the key of a state. */
  readonly problems: LabelledCounter<{ what: typeof problemKinds }>;
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
  gauge("utxoracle_bus_leader", "1 when this analyzer publishes on the bus, else 0", () =>
    Number(condition().term !== null),
  );
  return {
    deltas: new Counter({ name: "utxoracle_bus_deltas_total", help: "Updates published on the bus", registers }),
    states: labelledCounter(
      registry,
      { name: "utxoracle_bus_states_total", help: "States written to the NATS bucket" },
      { key: stateKeys },
    ),
    stateBytes: new Gauge({
      name: "utxoracle_bus_state_bytes",
      help: "Size of the state written last, compressed",
      labelNames: ["key"],
      registers,
    }),
    problems: labelledCounter(
      registry,
      { name: "utxoracle_bus_problems_total", help: "Failures to publish on NATS, by what was published" },
      { what: problemKinds },
    ),
  };
}
