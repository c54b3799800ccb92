import { Gauge, type Registry } from "prom-client";
import { type LabeledCounter, labeledCounter, valuesOf } from "../../logging/counter.ts";
import type { ShownAnalyzer } from "../../state/service-state.ts";
import type { BusKey } from "../bus/bus-names.ts";
import type { FollowVerdict } from "./live-follower.ts";

const verdicts = [
  "invalid",
  "too_large",
  "flood",
  "other_term",
  ...valuesOf<FollowVerdict>({
    applied: true,
    repeated: true,
    other_leader: true,
    gap: true,
    waiting: true,
    not_needed: true,
  }),
] as const;
const keys = valuesOf<BusKey>({ lease: true, live: true, confirmed: true, history: true });
const problemKinds = ["delta", "clock", ...keys] as const;

/** NATS metrics of an edge. */
export interface EdgeMetrics {
  /** Deltas received, by verdict. */
  readonly deltas: LabeledCounter<{ verdict: typeof verdicts }>;
  /** States read, by key. */
  readonly states: LabeledCounter<{ key: typeof keys }>;
  /** Values that could not be read, or were invalid, by kind. */
  readonly problems: LabeledCounter<{ what: typeof problemKinds }>;
}

/** Values of the gauges, read at every scrape. */
export interface EdgeGauges {
  readonly connected: boolean;
  readonly ageSeconds: number | null;
  readonly analyzer: ShownAnalyzer | null;
}

export function createEdgeMetrics(registry: Registry, gauges: () => EdgeGauges): EdgeMetrics {
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
  gauge("utxoracle_bus_connected", "1 if connected to NATS, else 0", () => Number(gauges().connected));
  gauge("utxoracle_edge_age_seconds", "Age of the newest update from an analyzer", () => gauges().ageSeconds);
  new Gauge({
    name: "utxoracle_edge_analyzer_info",
    help: "Analyzer whose updates are published, with its epoch and term",
    labelNames: ["analyzer", "epoch", "term"],
    registers,
    collect() {
      this.reset();
      const { analyzer } = gauges();
      if (analyzer !== null)
        this.set({ analyzer: analyzer.name, epoch: analyzer.epoch, term: String(analyzer.term) }, 1);
    },
  });
  return {
    deltas: labeledCounter(
      registry,
      { name: "utxoracle_edge_deltas_total", help: "Updates received over NATS, by verdict" },
      { verdict: verdicts },
    ),
    states: labeledCounter(
      registry,
      { name: "utxoracle_edge_states_total", help: "States read from the NATS bucket" },
      { key: keys },
    ),
    problems: labeledCounter(
      registry,
      { name: "utxoracle_edge_problems_total", help: "Failures to read from NATS, by what was read" },
      { what: problemKinds },
    ),
  };
}

export type EdgeProblem = (typeof problemKinds)[number];
