import { expect, test } from "vitest";
import { randomNumbers } from "../../../../packages/estimator/test/filter/simulated-market.ts";
import { paymentBytes } from "./simulated-payments.ts";
import { SimulatedService } from "./simulated-service.ts";

const START = 1_763_769_600;
const HOUR = 3600;
const market = {
  seed: 5,
  startSeconds: START,
  paymentsPerSecond: 2,
  priceAt: (time: number) => 60_000 * Math.exp(0.02 * Math.sin((time - START) / 9000)),
};

test("a feed lost for half an hour is an outage of that time, and no incident", async () => {
  const service = new SimulatedService(market);
  await service.runUntil(START + HOUR, { stepSeconds: 60 });
  await service.runUntil(START + 1.5 * HOUR, { feedLost: true, stepSeconds: 60 });
  await service.runUntil(START + 2.5 * HOUR, { stepSeconds: 60 });
  const { outages, shares, incidents, ok } = service.record.report(1, service.now);
  const stale = outages.newest.filter(({ kind }) => kind === "stale");
  expect(stale).toEqual([{ from: START + HOUR, to: START + 1.5 * HOUR, kind: "stale" }]);
  expect(shares?.stale).toBeCloseTo(1 / 5, 2);
  expect(incidents.count).toBe(0);
  expect(ok.worst_pct).toBeLessThan(1);
});

test("a forged burst at half the price lowers the status, and the record shows how long", async () => {
  const service = new SimulatedService(market);
  await service.runUntil(START + 1.5 * HOUR, { stepSeconds: 60 });
  const random = randomNumbers(9);
  const forged = [20, 50, 100, 200];
  for (let count = 0; count < 2000; count++) {
    const sats = Math.round(((forged[count % 4] as number) / (0.53 * market.priceAt(service.now))) * 1e8);
    const noise = Math.exp(0.0005 * (random() - 0.5));
    service.window.transaction(
      paymentBytes(BigInt(2 ** 50 + count), Math.round(sats * noise)),
      service.now - 60 * random(),
    );
  }
  await service.runUntil(START + 2.5 * HOUR, { stepSeconds: 60 });
  const { shares, all, ok, incidents } = service.record.report(1, service.now);
  const published = service.known.filter(({ time }) => time >= START + 1.5 * HOUR);
  const low = published.filter(({ status }) => status === "low_confidence").length;
  const wrongOk = published.filter(
    ({ status, price, truthUsd }) => status === "ok" && Math.abs((price ?? 0) / truthUsd - 1) > 0.01,
  ).length;
  expect(low).toBeGreaterThan(0);
  const lowBefore = service.known.filter(
    ({ status, time }) => status === "low_confidence" && time < START + 1.5 * HOUR,
  );
  expect(shares?.low_confidence).toBeCloseTo((low + lowBefore.length) / service.known.length, 2);
  expect(incidents.count > 0).toBe(wrongOk > 0);
  expect(all.judged).toBeGreaterThanOrEqual(ok.judged);
});

test("a clock set back by five minutes is listed, and its rows are not judged twice", async () => {
  const service = new SimulatedService(market);
  await service.runUntil(START + 1.5 * HOUR, { stepSeconds: 60 });
  service.now -= 300;
  service.window.reset();
  service.record.clockStep(-300, service.now);
  await service.runUntil(START + 2.5 * HOUR, { stepSeconds: 60 });
  const { clock_steps, recorded, unjudged, outages } = service.record.report(1, service.now);
  expect(clock_steps).toEqual([{ time: START + 1.5 * HOUR - 300, seconds: -300, voided: 4 }]);
  expect(recorded).toBe(2.5 * 60);
  // The payments around the prices of the last hour before the step were lost with the window.
  expect(unjudged).toBeGreaterThan(40);
  expect(outages.newest.filter(({ kind }) => kind === "not_running")).toEqual([]);
});
