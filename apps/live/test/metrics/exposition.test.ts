import { spawnSync } from "node:child_process";
import { needs } from "@utxoracle/testkit";
import { Registry } from "prom-client";
import { describe, expect, it } from "vitest";
import { labeledCounter } from "../../src/logging/counter.ts";
import { createBusMetrics } from "../../src/relay/bus/bus-metrics.ts";
import { createEdgeMetrics } from "../../src/relay/edge/edge-metrics.ts";
import { exposition, negotiatedFormat } from "../../src/serve/metrics/exposition.ts";
import { createServerMetrics } from "../../src/serve/metrics/server-metrics.ts";
import { createServiceMetrics } from "../../src/serve/metrics/service-metrics.ts";
import { trackGauges } from "../../src/serve/metrics/track-metrics.ts";
import { TestState } from "../http/test-state.ts";

/** `Accept` header of Prometheus 2.42. */
const PROMETHEUS_ACCEPT =
  "application/openmetrics-text;version=1.0.0,application/openmetrics-text;version=0.0.1;q=0.75,text/plain;version=0.0.4;q=0.5,*/*;q=0.1";

/** Registries of service and edge before the first event. */
function registries(): { readonly name: string; readonly registry: Registry }[] {
  const analyzer = createServiceMetrics({ state: new TestState() }).registry;
  createBusMetrics(analyzer, () => ({ connected: true, term: 1 }));
  const edge = createServerMetrics(new TestState()).registry;
  createEdgeMetrics(edge, () => ({ connected: true, ageSeconds: 1, analyzer: null }));
  trackGauges(edge, () => null);
  return [
    { name: "analyzer", registry: analyzer },
    { name: "edge", registry: edge },
  ];
}

interface Family {
  readonly name: string;
  readonly type: string;
  readonly help: string;
  readonly series: readonly string[];
}

/** Parses the Prometheus text format. */
function families(text: string): Family[] {
  return text.split(/^(?=# HELP )/m).map((part) => {
    const [help = "", type = "", ...series] = part.trimEnd().split("\n");
    const [, , name = "", ...words] = help.split(" ");
    return { name, type: type.split(" ")[3] ?? "", help: words.join(" "), series };
  });
}

describe.each(registries())("the metrics of the $name", ({ registry }) => {
  it("have a help text, and names with type and unit", async () => {
    for (const { name, type, help } of families(await exposition(registry, "prometheus"))) {
      expect(help, name).not.toBe("");
      expect(name, name).toMatch(/^[a-z][a-z0-9_]*$/);
      expect(name.endsWith("_total"), `${name} is a ${type}`).toBe(type === "counter");
      expect(name, "a suffix of a histogram's series").not.toMatch(/_(bucket|count|sum)$/);
      expect(name, "base units: seconds and bytes").not.toMatch(/_(ms|milliseconds|minutes|hours|kb|mb|kib|mib)(_|$)/);
      expect(name, "the type is not part of the name").not.toMatch(/(^|_)(gauge|counter|histogram)(_|$)/);
      if (type === "histogram") expect(name).toMatch(/_(seconds|bytes)$/);
    }
  });

  it("have all labeled counters at 0 before the first event", async () => {
    const counters = families(await exposition(registry, "prometheus")).filter(({ type }) => type === "counter");
    const own = counters.filter(({ name }) => name.startsWith("utxoracle_"));
    expect(own.length).toBeGreaterThan(5);
    for (const { name, series } of own) expect(series, name).not.toEqual([]);
  });

  it("pass promtool's check", needs("promtool"), async () => {
    const input = await exposition(registry, "prometheus");
    const { status, stdout, stderr } = spawnSync("promtool", ["check", "metrics"], { input, encoding: "utf8" });
    expect([status, stdout, stderr]).toEqual([0, "", ""]);
  });
});

describe("the text formats", () => {
  const registry = new Registry();
  labeledCounter(registry, { name: "events_total", help: 'A "help"\\text\nof two lines' }, { kind: ["a", 'b"\n\\'] });

  it("escape quotes, backslashes and line breaks", async () => {
    expect(await exposition(registry, "prometheus")).toBe(
      [
        '# HELP events_total A "help"\\\\text\\nof two lines',
        "# TYPE events_total counter",
        'events_total{kind="a"} 0',
        'events_total{kind="b\\"\\n\\\\"} 0',
        "",
      ].join("\n"),
    );
  });

  it("follow OpenMetrics in names and end, without changing the Prometheus format", async () => {
    const older = await exposition(registry, "prometheus");
    expect(await exposition(registry, "openmetrics")).toBe(
      [
        '# HELP events A \\"help\\"\\\\text\\nof two lines',
        "# TYPE events counter",
        'events_total{kind="a"} 0',
        'events_total{kind="b\\"\\n\\\\"} 0',
        "# EOF",
        "",
      ].join("\n"),
    );
    expect(await exposition(registry, "prometheus")).toBe(older);
  });

  it.each([
    [undefined, "prometheus"],
    ["*/*", "prometheus"],
    ["text/plain", "prometheus"],
    ["text/html,application/xhtml+xml,*/*;q=0.8", "prometheus"],
    [PROMETHEUS_ACCEPT, "openmetrics"],
    ["application/openmetrics-text; version=1.0.0; charset=utf-8", "openmetrics"],
    ["application/openmetrics-text;q=0, text/plain", "prometheus"],
    ["application/openmetrics-text;q=0.5,text/plain;version=0.0.4;q=0.9", "prometheus"],
    ["Application/OpenMetrics-Text;Q=0.9,text/plain;q=0.2", "openmetrics"],
    ["application/openmetrics-text;q=nonsense", "prometheus"],
  ])("are selected by Accept: %s", (accept, format) => {
    expect(negotiatedFormat(accept)).toBe(format);
  });
});
