import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { runAttack } from "../bench/attacks/attack.ts";
import { SHAPES } from "../bench/attacks/shapes.ts";
import { readDay } from "../bench/corpus/corpus-days.ts";
import { runBenchmark, spawnBenchmark } from "./benchmark-run.ts";
import { simulatedAmountsBtc } from "./simulated-market.ts";

const PRICE = 67_000;
const START = Date.UTC(2031, 4, 1) / 1000;
let folder: string;

describe("the forged payments", () => {
  const market = { times: Float64Array.of(0, 1000, 4000, 9000), sats: Float64Array.of(1111, 2222, 3333, 4444) };
  const plan = { count: 50, end: 7200, truePriceUsd: PRICE, market };

  it.each(SHAPES.map((shape) => [shape.name, shape] as const))("of the shape %s come within its time", (_, shape) => {
    for (const offset of shape.offsets) {
      const forged = shape.forge({ ...plan, offset });
      expect(forged).toHaveLength(50);
      for (const { time, sats } of forged) {
        expect(time).toBeGreaterThan(plan.end - shape.seconds);
        expect(time).toBeLessThanOrEqual(plan.end);
        expect(sats.length === 1 || sats.length === 2).toBe(true);
        for (const value of sats) expect(Number.isSafeInteger(value)).toBe(true);
      }
    }
  });

  it("of a drift start near the true price and end at the false one", () => {
    const drift = SHAPES.find(({ name }) => name === "drift")!;
    const forged = drift.forge({ ...plan, count: 1000, offset: 0.5 });
    const usd = (sats: number): number => (sats / 1e8) * PRICE;
    const isRound = (value: number): boolean =>
      [5, 10, 15, 20, 25, 30, 40, 50, 100, 150, 200, 300, 500, 1000].some((r) => Math.abs(value / r - 1) < 0.006);
    expect(isRound(usd(forged[0]!.sats[0]!))).toBe(true);
    expect(isRound(usd(forged.at(-1)!.sats[0]!) * 1.5)).toBe(true);
  });
});

describe("bench:attacks", () => {
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "attacks-"));
    mkdirSync(join(folder, "days"));
    const amounts = simulatedAmountsBtc(PRICE, 20_000, 1);
    const rows = Array.from(amounts, (btc, i) => `${START + Math.floor(i * 4.3)},${Math.round(btc * 1e8)}`);
    writeFileSync(join(folder, "days/2031-05-01.csv.gz"), gzipSync(`unix_time,sats\n${rows.join("\n")}\n`));
    writeFileSync(join(folder, "days/hourly.csv"), "unix_time,open,high,low,close\n");
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  it("shows that many forged payments move the price", () => {
    const args = ["--corpus", folder, "--windows", "1", "--shapes", "mask", "--shares", "50", "--json"];
    const { status, stdout, stderr } = spawnBenchmark("attacks", args);
    expect(stderr).toBe("");
    expect(status).toBe(0);
    const { all, rows } = JSON.parse(stdout);
    expect(all.attacks).toBe(4);
    const { figures } = rows.find(({ name }: { name: string }) => name === "warm  mask        50 %");
    expect(figures.attacks).toBe(2);
    expect(figures.moved_worst_pct).toBeGreaterThan(5);
  });

  it("shows that few forged payments do not move the price", () => {
    const market = readDay(join(folder, "days/2031-05-01.csv.gz"));
    const shape = SHAPES.find(({ name }) => name === "burst")!;
    const forged = { share: 0.001 };
    const result = runAttack({ shape, start: "warm", forged, offset: 0.1, end: START + 14 * 3600, market });
    expect(result).toMatchObject({ forged: 3, okWrong: false, recoveryMinutes: 0 });
    expect(result!.moved).toBeLessThan(0.01);
  });

  it.each([
    [["--shapes", "wave"], "wave"],
    [["--shares", "0"], "--shares"],
    [["--payments", "1.5"], "--payments"],
    [["--windows", "0"], "--windows"],
    [["--mode", "live"], "--mode"],
  ])("refuses %j in one line with exit code 2", async (args, words) => {
    const { status, stdout, stderr } = await runBenchmark("attacks", ["--corpus", folder, ...args]);
    expect(status).toBe(2);
    expect(stdout).toBe("");
    expect(stderr.trim().split("\n")).toHaveLength(1);
    expect(stderr).toContain(words);
  });
});
