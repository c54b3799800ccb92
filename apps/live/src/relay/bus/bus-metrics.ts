import { Counter, Gauge, type Registry } from "prom-client";
import { type LabeledCounter, labeledCounter, valuesOf } from "../../logging/counter.ts";
import type { BusKey } from "./bus-names.ts";

export type StateKey = Exclude<BusKey, "lease">;

const stateKeys = valuesOf<StateKey>({ live: true, confirmed: true, history: true });
const problemKinds = ["delta", "lease", ...stateKeys] as const;
export type PublishedKind = (typeof problemKinds)[number];

/** NATS metrics of an analyzer. */
export interface BusMetrics {
  /** Deltas published. */
  readonly deltas: Counter;
  /** States written. */
  readonly states: LabeledCounter<{ key: typeof stateKeys }>;
  /** Compressed size of the last state written. */
  readonly stateBytes: Gauge<"key">;
  /** Failures by kind: `delta`, `lease`, or the key of a state. */
  readonly problems: LabeledCounter<{ what: typeof problemKinds }>;
}

/** Values of the gauges, read at every scrape. */
export interface BusGauges {
  readonly connected: boolean;
  /** Term of the leadership; null while another analyzer leads. */
  readonly term: number | null;
}

export function createBusMetrics(registry: Registry, gauges: () => BusGauges): BusMetrics {
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
  gauge("utxoracle_bus_connected", "1 if connected to NATS, else 0", () => Number(gauges().connected));
  gauge("utxoracle_bus_leader", "1 if this analyzer publishes on NATS, else 0", () => Number(gauges().term !== null));
  return {
    deltas: new Counter({ name: "utxoracle_bus_deltas_total", help: "Updates published on NATS", registers }),
    states: labeledCounter(
      registry,
      { name: "utxoracle_bus_states_total", help: "States written to the NATS bucket" },
      { key: stateKeys },
    ),
    stateBytes: new Gauge({
      name: "utxoracle_bus_state_bytes",
      help: "Compressed size of the last state written to the NATS bucket",
      labelNames: ["key"],
      registers,
    }),
    problems: labeledCounter(
      registry,
      { name: "utxoracle_bus_problems_total", help: "Failures to publish on NATS, by what was published" },
      { what: problemKinds },
    ),
  };
}
