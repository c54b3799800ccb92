// Checks the track record over simulated weeks with a known price, and measures what it costs:
// `pnpm soak track-record`. Arguments: simulated days, days of the measured cost.
import { mkdtempSync, readdirSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pino } from "pino";
import { randomNumbers } from "../../../packages/estimator/test/filter/simulated-market.ts";
import { SavedData } from "../src/store/saved-data.ts";
import { keepTrackRecord } from "../src/track/keep-track-record.ts";
import { TrackRecord } from "../src/track/track-record.ts";
import { tick } from "../test/http/test-state.ts";
import { SimulatedService } from "../test/track/simulated-service.ts";

const START = 1_763_769_600;
const DAY_SECONDS = 86_400;
/** A price every ten minutes instead of every 10 s: the error does not depend on it. */
const STEP_SECONDS = 600;
/** Fewer than the 1.7 of the network, for a run of minutes: the errors are larger. */
const PAYMENTS_PER_SECOND = 0.5;
const log = pino({ level: "silent" });
const days = Number(process.argv[2] ?? 14);

const quantile = (values: readonly number[], share: number): number => {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(share * (sorted.length - 1))] ?? Number.NaN;
};
const round = (value: number): number => Math.round(1e4 * value) / 1e4;

/** A price with quiet and fast hours: steps of a minute, 2.5 % a day on average. */
function priceWalk(seed: number): (time: number) => number {
  const random = randomNumbers(seed);
  const normal = (): number => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  const logs = [Math.log(60_000)];
  for (let minute = 1; minute <= days * 1440 + 10; minute++) {
    const pace = 0.4 + 1.2 * Math.abs(Math.sin(minute / 500));
    logs.push((logs[minute - 1] as number) + 0.00066 * pace * normal());
  }
  return (time) => {
    const place = Math.max(0, (time - START) / 60);
    const minute = Math.min(logs.length - 2, Math.floor(place));
    const [from, to] = [logs[minute] as number, logs[minute + 1] as number];
    return Math.exp(from + (place - minute) * (to - from));
  };
}

async function accuracy(): Promise<object> {
  const service = new SimulatedService({
    seed: 21,
    startSeconds: START,
    paymentsPerSecond: PAYMENTS_PER_SECOND,
    priceAt: priceWalk(4),
  });
  for (let day = 1; day <= days; day++) {
    await service.runUntil(START + day * DAY_SECONDS, { stepSeconds: STEP_SECONDS });
    console.error(`day ${day} of ${days}`);
  }
  const { ok } = service.record.report(90, service.now);
  const judged = service.known.filter(({ time, status }) => status === "ok" && service.hindsightErrors.has(time));
  const errors = judged.map(({ price, truthUsd }) => 100 * Math.abs((price as number) / truthUsd - 1));
  const hindsight = judged.map(({ time }) => 100 * Math.abs(service.hindsightErrors.get(time) as number));
  const held = judged.filter(
    ({ low, high, truthUsd }) => low !== null && high !== null && low <= truthUsd && truthUsd <= high,
  );
  const result = {
    days,
    judged: judged.length,
    hindsight_error_pct: [0.5, 0.9, 0.99, 1].map((share) => round(quantile(hindsight, share))),
    record_pct: [ok.median_pct, ok.p90_pct, ok.p99_pct, ok.worst_pct],
    truth_pct: [0.5, 0.9, 0.99, 1].map((share) => round(quantile(errors, share))),
    record_coverage_90_pct: ok.coverage_90_pct,
    truth_coverage_90_pct: round((100 * held.length) / judged.length),
    incidents: service.record.report(90, service.now).incidents.count,
    truth_over_1_pct: errors.filter((error) => error > 1).length,
  };
  if (ok.judged !== judged.length) throw new Error(`judged ${ok.judged} instead of ${judged.length} prices`);
  const tolerance = quantile(hindsight, 0.99);
  result.truth_pct.slice(0, 3).forEach((truth, index) => {
    const off = Math.abs((result.record_pct[index] as number) - truth);
    if (off > tolerance) throw new Error(`figure ${index} is off by ${off} %, more than ${tolerance} %`);
  });
  return result;
}

/** Disk and time of a record with a row every 10 s. */
async function cost(recordedDays: number): Promise<object> {
  const folder = mkdtempSync(join(tmpdir(), "track-cost-"));
  const path = join(folder, "saved-prices-main");
  const random = randomNumbers(1);
  try {
    const data = await SavedData.open(path, log);
    const record = new TrackRecord({ log });
    await keepTrackRecord(record, data, () => START, log);
    let price = 60_000;
    const end = START + recordedDays * DAY_SECONDS;
    for (let time = START; time < end; time += 10) {
      price *= 1 + 0.0002 * (random() - 0.5);
      const half = 60 + 20 * random();
      record.record(
        tick({
          timestamp: time,
          price: Math.round(100 * price) / 100,
          interval: { low: Math.round(100 * (price - half)) / 100, high: Math.round(100 * (price + half)) / 100 },
          confidence: round(1 - 0.001 * random()),
        }),
      );
      for (let due = record.due(time); due !== null; due = record.due(time))
        record.judge(
          due,
          due.rows.map((row) => {
            const hindsight = (row.price ?? 1) * (1 + 0.001 * (random() - 0.5));
            return { price: hindsight, low: hindsight - 40 - 9 * random(), high: hindsight + 40 + 9 * random() };
          }),
        );
      if (time % 3600 === 0) await data.written();
    }
    await data.close();
    const bytes = readdirSync(path).reduce((sum, name) => sum + statSync(join(path, name)).size, 0);
    const again = await SavedData.open(path, log);
    const loaded = new TrackRecord({ log });
    const cpuMs = (): number => (process.cpuUsage().user + process.cpuUsage().system) / 1000;
    const began = cpuMs();
    await keepTrackRecord(loaded, again, () => end, log);
    const loadMs = cpuMs() - began;
    const reportBegan = cpuMs();
    loaded.report(90, end);
    const reportMs = cpuMs() - reportBegan;
    await again.close();
    return {
      disk_kb_per_day: Math.round(bytes / recordedDays / 1000),
      load_cpu_ms_per_day: round(loadMs / recordedDays),
      report_cpu_ms: round(reportMs),
      recorded: loaded.report(90, end).recorded,
      rss_mib: Math.round(process.memoryUsage().rss / 2 ** 20),
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

if (days > 0) console.log(JSON.stringify(await accuracy()));
console.log(JSON.stringify(await cost(Number(process.argv[3] ?? 30))));
