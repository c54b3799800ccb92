import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { createServiceMetrics } from "../../src/serve/metrics/service-metrics.ts";
import { TestState } from "../http/test-state.ts";

const folder = new URL("../../../../docs/monitoring/", import.meta.url);
const file = (name: string): string => readFileSync(new URL(name, folder), "utf8");

/** Names of all metrics of the service, including histogram series. */
async function measured(): Promise<Set<string>> {
  const { body: text } = await createServiceMetrics({ state: new TestState() }).scrape();
  const names = new Set<string>();
  for (const [, name = "", type = ""] of text.matchAll(/^# TYPE (\S+) (\S+)$/gm)) {
    names.add(name);
    if (type === "histogram") for (const series of ["bucket", "count", "sum"]) names.add(`${name}_${series}`);
  }
  return names;
}

const namesIn = (text: string): string[] => [...new Set(text.match(/\b(?:utxoracle|nodejs|process)_[a-z0-9_]+/g))];

describe("the monitoring files", () => {
  it.each(["grafana-dashboard.json", "prometheus-alerts.yml", "README.md"])(
    "of %s use only existing metrics",
    async (name) => {
      const known = await measured();
      const used = namesIn(file(name));
      expect(used.length).toBeGreaterThan(0);
      expect(used.filter((metric) => !known.has(metric))).toEqual([]);
    },
  );

  it("show every metric of the service on the dashboard, except these", async () => {
    const shown = new Set(
      namesIn(file("grafana-dashboard.json")).map((name) => name.replace(/_(bucket|count|sum)$/, "")),
    );
    const own = [...(await measured())].filter(
      (name) => name.startsWith("utxoracle_") && !/_(bucket|count|sum)$/.test(name),
    );
    expect(own.filter((name) => !shown.has(name)).sort()).toEqual([
      "utxoracle_blocks_total",
      "utxoracle_confirmed_price_age_seconds",
      "utxoracle_info",
      "utxoracle_stream_longest_slice_seconds",
      "utxoracle_stream_slow_readers_total",
      "utxoracle_transactions_expired_total",
      "utxoracle_transactions_filtered_total",
      "utxoracle_transactions_received_total",
      "utxoracle_window_displaced_total",
      "utxoracle_window_forgotten_ids_total",
      "utxoracle_window_remembered_ids",
      "utxoracle_window_removed_transactions",
      "utxoracle_window_seconds",
    ]);
  });

  it("have panels that do not overlap", () => {
    const { panels } = JSON.parse(file("grafana-dashboard.json")) as {
      panels: { title: string; gridPos: { x: number; y: number; w: number; h: number } }[];
    };
    for (const { title, gridPos: one } of panels) {
      expect(one.x + one.w, title).toBeLessThanOrEqual(24);
      const covered = panels.filter(
        ({ gridPos: other }) =>
          one.x < other.x + other.w && other.x < one.x + one.w && one.y < other.y + other.h && other.y < one.y + one.h,
      );
      expect(covered).toHaveLength(1);
    }
  });
});

describe("the alert rules", () => {
  it("use only counters that exist at the start", async () => {
    const { body } = await createServiceMetrics({ state: new TestState() }).scrape();
    const counters = new Set([...body.matchAll(/^# TYPE (\S+) counter$/gm)].map(([, name]) => name));
    const series = [...body.matchAll(/^(\w+)(?:\{(.*)\})? \S+$/gm)].map(([, name, labels = ""]) => ({
      name,
      labels: new Map([...labels.matchAll(/(\w+)="([^"]*)"/g)].map(([, label, value]) => [label, value])),
    }));
    const rules = file("prometheus-alerts.yml");
    const asked = [...rules.matchAll(/^\s+expr: (.*)$/gm)]
      .flatMap(([, expression = ""]) => [...expression.matchAll(/(\w+)(?:\{([^}]*)\})?/g)])
      .filter(([, name]) => counters.has(name));
    expect(asked.length).toBeGreaterThan(2);
    for (const [selector, name, conditions = ""] of asked) {
      const matchers = [...conditions.matchAll(/(\w+)(=~?)"([^"]*)"/g)];
      const found = series.filter(
        (one) =>
          one.name === name &&
          matchers.every(([, label, operator, pattern = ""]) => {
            const value = one.labels.get(label) ?? "";
            return operator === "=" ? value === pattern : new RegExp(`^(?:${pattern})$`).test(value);
          }),
      );
      expect(found, selector).not.toEqual([]);
    }
  });
});
