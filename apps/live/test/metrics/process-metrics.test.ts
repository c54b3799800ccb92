import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { type Histogram, Registry } from "prom-client";
import { it } from "vitest";
import { registerProcessMetrics } from "../../src/serve/metrics/process-metrics.ts";
import { eventually } from "../e2e/service-process.ts";

it("count every garbage collection, also of several in one turn", async () => {
  const registry = new Registry();
  registerProcessMetrics(registry);
  setFlagsFromString("--expose-gc");
  const collect = runInNewContext("gc") as () => void;
  for (let i = 0; i < 5; i++) collect();
  const majors = async (): Promise<number> => {
    const { values } = await (registry.getSingleMetric("nodejs_gc_duration_seconds") as Histogram<"kind">).get();
    return (
      values.find(({ metricName, labels }) => metricName?.endsWith("_count") && labels.kind === "major")?.value ?? 0
    );
  };
  await eventually("five collections", majors, (count) => count >= 5, 5_000);
});
