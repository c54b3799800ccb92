import { TRACK_RECORD_DAYS, type TrackRecordResponse } from "@utxoracle/models";
import { Counter, Gauge, type Registry } from "prom-client";
import { type LabeledCounter, labeledCounter } from "../../logging/counter.ts";

const FIGURES = ["median_pct", "p90_pct", "p99_pct", "worst_pct", "coverage_90_pct"] as const;
type Shares = NonNullable<TrackRecordResponse["shares"]>;
const STATUSES = Object.keys({
  ok: 1,
  low_confidence: 1,
  stale: 1,
  no_estimate: 1,
  warming_up: 1,
  not_running: 1,
} satisfies Record<keyof Shares, 1>) as (keyof Shares)[];
const INCIDENT_KINDS = ["alias", "other"] as const;

/** Counters of what the track record found since the start. */
export interface TrackMetrics {
  readonly incidents: LabeledCounter<{ kind: typeof INCIDENT_KINDS }>;
  /** Counts prices that were compared with their hindsight price. */
  judged(count: number): void;
}

/** A report of the last days; null without one. */
type ReportOf = (days: (typeof TRACK_RECORD_DAYS)[number]) => TrackRecordResponse | null;

/**
 * Gauges of the track record. A figure without a judged price has no sample.
 * @param report read at every scrape.
 */
export function trackGauges(registry: Registry, report: ReportOf): void {
  const perDays = (
    name: string,
    help: string,
    label: string | null,
    read: (report: TrackRecordResponse) => readonly (readonly [string, number | null])[],
  ): void => {
    new Gauge<string>({
      name,
      help,
      labelNames: ["days", ...(label === null ? [] : [label])],
      registers: [registry],
      collect() {
        this.reset();
        for (const days of TRACK_RECORD_DAYS) {
          const current = report(days);
          for (const [value, sample] of current === null ? [] : read(current))
            if (sample !== null) this.set({ days, ...(label === null ? {} : { [label]: value }) }, sample);
        }
      },
    });
  };
  perDays(
    "utxoracle_track_difference_ratio",
    "Published `ok` prices against their hindsight prices: quantiles of the absolute difference",
    "quantile",
    ({ ok }) =>
      FIGURES.filter((figure) => figure !== "coverage_90_pct").map((figure) => [
        figure.replace("_pct", ""),
        ratio(ok[figure]),
      ]),
  );
  perDays(
    "utxoracle_track_interval_coverage_ratio",
    "Share of the `ok` prices whose 90 % interval holds the hindsight price",
    null,
    ({ ok }) => [["", ratio(ok.coverage_90_pct)]],
  );
  perDays("utxoracle_track_status_ratio", "Share of the recorded time per status", "status", ({ shares }) =>
    STATUSES.map((status) => [status, shares?.[status] ?? 0]),
  );
  perDays("utxoracle_track_outages", "Times of a minute or more without a current price", null, ({ outages }) => [
    ["", outages.count],
  ]);
  perDays("utxoracle_track_outage_seconds", "Duration of these times", null, ({ outages }) => [["", outages.seconds]]);
  perDays(
    "utxoracle_track_incidents",
    "Times in which `ok` prices were off by more than 1 %",
    null,
    ({ incidents }) => [["", incidents.count]],
  );
}

/** The gauges, and counters of the service that judges the prices. */
export function trackMetrics(registry: Registry, report: ReportOf): TrackMetrics {
  trackGauges(registry, report);
  const judged = new Counter({
    name: "utxoracle_track_judged_total",
    help: "Published prices compared with their hindsight price",
    registers: [registry],
  });
  return {
    incidents: labeledCounter(
      registry,
      {
        name: "utxoracle_track_incidents_total",
        help: "Incidents found: `ok` prices off by more than 1 % in hindsight; alias: by a ratio",
      },
      { kind: INCIDENT_KINDS },
    ),
    judged: (count) => judged.inc(count),
  };
}

const ratio = (percent: number | null): number | null => (percent === null ? null : percent / 100);
