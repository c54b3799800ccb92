import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { PriceResponse } from "@utxoracle/models";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { tellsUsage, usageOf } from "./process-usage.ts";
import { eventually, ServiceProcess } from "./service-process.ts";
import { type CapturedTraffic, captureTraffic } from "./traffic-capture.ts";

/** A window and more. The soak run replays a whole day. */
const WINDOW_SECONDS = 1_500;
const TRAFFIC = {
  seed: 12,
  transactions: 20_000,
  blocks: 6,
  spanSeconds: 2_400,
  startTime: Date.parse("2024-05-07T00:00:00Z") / 1000,
};

let folder: string;
let path: string;
let traffic: CapturedTraffic;

/** The last update of the replay. */
async function replayed(): Promise<PriceResponse> {
  const service = await ServiceProcess.listening([
    "replay",
    path,
    "--speed",
    "max",
    "--window",
    String(WINDOW_SECONDS),
  ]);
  try {
    const startedAt = performance.now();
    await service.logLine((line) => String(line.msg).includes("replay finished"));
    const seconds = (performance.now() - startedAt) / 1000;
    const { answer } = await eventually(
      "the last tick",
      () => service.price(),
      ({ timestamp, age_seconds: age, height }) =>
        timestamp + (age ?? 0) === traffic.lastTimestamp && height === traffic.tipHeight,
    );
    const usage = tellsUsage ? usageOf(service) : null;
    console.log(
      `${traffic.messages} messages, ${traffic.transactions} transactions, ${traffic.blocks} blocks in ${seconds.toFixed(1)} s` +
        (usage === null ? "" : `, at most ${usage.peakRssMib.toFixed(0)} MiB, ${usage.cpuSeconds.toFixed(1)} s of CPU`),
    );
    const { text } = await service.get("/metrics");
    expect(text).toContain(`utxoracle_blocks_total{event="connected"} ${traffic.blocks}`);
    return answer;
  } finally {
    await service.stop("SIGKILL");
  }
}

describe("replay of 40 minutes at full speed", () => {
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), "replay-day-"));
    path = join(folder, "day.capture");
    traffic = await captureTraffic(path, TRAFFIC);
  });

  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it("has exact counts and bit-identical estimates on every run", async () => {
    const first = await replayed();
    expect(first).toMatchObject({
      source: "replay",
      total_received: traffic.transactions,
      height: traffic.tipHeight,
      status: "ok",
    });
    expect(Math.abs((first.price ?? Number.NaN) / traffic.lastPrice - 1)).toBeLessThan(0.01);
    expect(await replayed()).toEqual(first);
  });
});
