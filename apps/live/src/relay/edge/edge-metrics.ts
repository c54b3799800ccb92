import { Gauge, type Registry } from "prom-client";
import { type LabelledCounter, labelledCounter, valuesOf } from "../../state/counter.ts";
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

/** What an edge counts of the bus. */
export interface EdgeMetrics {
  /** Deltas by what became of them. */
  readonly deltas: LabelledCounter<{ verdict: typeof verdicts }>;
  /** States read, by key. */
  readonly states: LabelledCounter<{ key: typeof keys }>;
  /** What could not be read, or was not as the contract says. */
  readonly problems: LabelledCounter<{ what: typeof problemKinds }>;
}

/** What the gauges read at every scrape. */
export interface EdgeCondition {
  readonly connected: boolean;
  readonly ageSeconds: number | null;
  readonly analyzer: ShownAnalyzer | null;
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
  gauge("utxoracle_edge_age_seconds", "Age of the newest that came from an analyzer", () => condition().ageSeconds);
  new Gauge({
    name: "utxoracle_edge_analyzer_info",
    help: "The analyzer whose messages are shown, and the term that it leads with",
    labelNames: ["analyzer", "epoch", "term"],
    registers,
    collect() {
      this.reset();
      const { analyzer } = condition();
      if (analyzer !== null)
        this.set({ analyzer: analyzer.name, epoch: analyzer.epoch, term: String(analyzer.term) }, 1);
    },
  });
  return {
    deltas: labelledCounter(
      registry,
      { name: "utxoracle_edge_deltas_total", help: "Updates received over NATS, by what became of them" },
      { verdict: verdicts },
    ),
    states: labelledCounter(
      registry,
      { name: "utxoracle_edge_states_total", help: "States read from the NATS bucket" },
      { key: keys },
    ),
    problems: labelledCounter(
      registry,
      { name: "utxoracle_edge_problems_total", help: "Failures to read from NATS, by what was read" },
      { what: problemKinds },
    ),
  };
}

export type EdgeProblem = (typeof problemKinds)[number];
