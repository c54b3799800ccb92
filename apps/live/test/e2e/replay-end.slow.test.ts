import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { inSoak } from "@utxoracle/testkit";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { eventually, ServiceProcess } from "./service-process.ts";
import { type CapturedTraffic, captureTraffic, type Traffic } from "./traffic-capture.ts";
import { WebSocketClient } from "./websocket-client.ts";

/** Long enough that the payments in it make a price `ok`. */
const WINDOW_SECONDS = 750;
const TRAFFIC: Traffic = {
  seed: 31,
  // With this strength, half of the payments that an ok price needs.
  peakStrength: 6,
  transactions: 9000,
  blocks: 2,
  spanSeconds: 900,
  startTime: Date.parse("2024-05-07T00:00:00Z") / 1000,
};

let folder: string;
let silent: { path: string; traffic: CapturedTraffic };
let busy: { path: string; traffic: CapturedTraffic };

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "replay-end-"));
  const captured = async (name: string, traffic: Traffic) => {
    const path = join(folder, name);
    return { path, traffic: await captureTraffic(path, traffic) };
  };
  silent = await captured("silent.capture", { ...TRAFFIC, silenceSeconds: 2 * WINDOW_SECONDS });
  busy = await captured("busy.capture", TRAFFIC);
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Final output of a replay, without fields that identify the run. */
async function endOf({ path, traffic }: typeof silent, how: readonly string[]) {
  const service = await ServiceProcess.listening(["replay", path, "--window", String(WINDOW_SECONDS), ...how]);
  try {
    await service.logLine((line) => String(line.msg).includes("replay finished"));
    await eventually(
      "the last tick",
      () => service.price(),
      ({ timestamp, age_seconds: age, height }) =>
        timestamp + (age ?? 0) === traffic.lastTimestamp && height === traffic.tipHeight,
    );
    const client = await WebSocketClient.open(service.url);
    await eventually(
      "the stream's snapshots",
      () => [client.updates.length, client.confirmed.length],
      (counts) => counts.every((count) => count > 0),
    );
    await client.close();
    const [update] = client.updates;
    // The prices of blocks in hindsight come when their thread has had time.
    const [{ path: _, ...confirmed } = { path: [] }] = client.confirmed;
    const { seq, epoch, stats, ...shown } = update!;
    const { uptime_seconds, ...counts } = stats;
    const metrics = (await service.get("/metrics")).text
      .split("\n")
      .filter((line) => /^utxoracle_(transactions|window|blocks|status)/.test(line));
    const answers: { path: string; text: string }[] = [];
    for (const path of ["/api/v1/price", "/api/v1/historical-price"])
      answers.push({ path, text: (await service.get(path)).text });
    // Changes are those of the published prices, which depend on the interval.
    const { changes, ...evidence } = JSON.parse((await service.get("/api/v1/evidence")).text);
    answers.push({ path: "/api/v1/evidence", text: JSON.stringify(evidence) });
    return { shown, counts, confirmed, metrics, answers };
  } finally {
    await service.stop("SIGKILL");
  }
}

describe("the final output of a replay", () => {
  it("is the same at every speed and interval, with fresh evidence", async () => {
    const slow = await endOf(busy, ["--speed", "max", "--interval", "60000"]);
    expect(slow.shown).toMatchObject({ status: "ok", snapshot: true });
    expect(slow.shown.transactions).toHaveLength(300);
    expect(slow.counts.total_received).toBe(busy.traffic.transactions);
    expect(slow.metrics).toContain(`utxoracle_blocks_total{event="connected"} ${busy.traffic.blocks}`);
    expect(Math.abs((slow.shown.price ?? Number.NaN) / busy.traffic.lastPrice - 1)).toBeLessThan(0.01);
    expect(await endOf(busy, ["--speed", "900", "--interval", "50"])).toEqual(slow);
  });

  it("is the same at every speed and interval, with a stale price", async () => {
    const slow = await endOf(silent, ["--speed", "max", "--interval", "60000"]);
    expect(slow.shown).toMatchObject({ status: "stale", confidence: 0 });
    expect(Math.abs((slow.shown.price ?? Number.NaN) / silent.traffic.lastPrice - 1)).toBeLessThan(0.02);
    expect(slow.shown.price_timestamp).toBeLessThan(silent.traffic.lastTimestamp - WINDOW_SECONDS);
    for (const [speed, interval] of [["1000", "333"], ...inSoak(["max", "50"])] as const)
      expect(await endOf(silent, ["--speed", speed, "--interval", interval])).toEqual(slow);
  });
});
