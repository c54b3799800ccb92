import { expect, test } from "vitest";
import { SimulatedService } from "./simulated-service.ts";

const START = 1_763_769_600;
const HOURS = 4;

const quantile = (values: readonly number[], share: number): number => {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(share * (sorted.length - 1))] as number;
};

test("the figures equal those against the true price within the error of hindsight", async () => {
  const service = new SimulatedService({
    seed: 11,
    startSeconds: START,
    paymentsPerSecond: 2,
    // Waves, a rise of 3 % in an hour and a fall of 4 % in ten minutes.
    priceAt: (time) => {
      const hour = (time - START) / 3600;
      const rise = 0.03 * Math.min(1, Math.max(0, hour - 1.5));
      const fall = 0.04 * Math.min(1, Math.max(0, 6 * (hour - 3)));
      return 60_000 * Math.exp(0.01 * Math.sin(4 * hour) + rise - fall);
    },
  });
  await service.runUntil(START + 3600 * HOURS, { stepSeconds: 60 });
  const { ok } = service.record.report(1, service.now);
  const judged = service.known.filter(({ time, status }) => status === "ok" && service.hindsightErrors.has(time));
  const errors = judged.map(({ price, truthUsd }) => 100 * Math.abs((price as number) / truthUsd - 1));
  const hindsight = judged.map(({ time }) => 100 * Math.abs(service.hindsightErrors.get(time) as number));
  expect(ok.judged).toBe(judged.length);
  expect(judged.length).toBeGreaterThan(100);
  // Stated in docs/trust.md: the hindsight price is within 0.06 % of the truth half of the time.
  expect(quantile(hindsight, 0.5)).toBeLessThan(0.06);
  const tolerance = quantile(hindsight, 0.99);
  expect(Math.abs((ok.median_pct as number) - quantile(errors, 0.5))).toBeLessThan(tolerance);
  expect(Math.abs((ok.p90_pct as number) - quantile(errors, 0.9))).toBeLessThan(tolerance);
  expect(Math.abs((ok.p99_pct as number) - quantile(errors, 0.99))).toBeLessThan(tolerance);
  expect(Math.abs((ok.worst_pct as number) - Math.max(...errors))).toBeLessThan(Math.max(...hindsight));
});
