import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { parseOptions } from "../bench/accuracy/options.ts";
import { readDay } from "../bench/corpus/corpus-days.ts";
import { UsageError } from "../bench/corpus/usage-error.ts";
import { ImpliedDistribution } from "../src/accuracy/implied-distribution.ts";
import { type BenchmarkEnd, runBenchmark, spawnBenchmark } from "./benchmark-run.ts";
import { simulatedAmountsBtc } from "./simulated-market.ts";

const PRICE = 67_000;
const HOUR = 3600;
let folder: string;

function linesOf({ status, stdout, stderr }: BenchmarkEnd): {
  status: number | null;
  lines: string[];
  errors: string[];
} {
  return { status, lines: stdout.trim().split("\n"), errors: stderr.trim().split("\n") };
}

async function run(...args: string[]): Promise<ReturnType<typeof linesOf>> {
  return linesOf(await runBenchmark("accuracy", args));
}

function writeDay(name: string, seed: number): void {
  const start = Date.parse(`${name}T00:00:00Z`) / 1000;
  const amounts = simulatedAmountsBtc(PRICE, 12_000, seed);
  const rows = Array.from(amounts, (btc, i) => `${Math.floor(start - 300 + i * 7.2)},${Math.round(btc * 1e8)}`);
  writeFileSync(join(folder, "days", `${name}.csv.gz`), gzipSync(`unix_time,sats\n${rows.join("\n")}\n`));
}

function hourlyRows(day: string, from: number, to: number, priceUsd: number): string[] {
  const start = Date.parse(`${day}T00:00:00Z`) / 1000;
  const rows: string[] = [];
  for (let hour = from; hour < to; hour++) rows.push(`${start + hour * HOUR},${Array(4).fill(priceUsd).join(",")}`);
  return rows;
}

function writeHourly(rows: string[]): void {
  writeFileSync(join(folder, "days", "hourly.csv"), `unix_time,open,high,low,close\n${rows.join("\n")}\n`);
}

describe("the distribution implied by an interval", () => {
  // 90 % of a two-sided exponential with scale 1 % lie within ln(10) %.
  const implied = new ImpliedDistribution(50_000, {
    low: 50_000 * Math.exp(-0.01 * Math.LN10),
    high: 50_000 * Math.exp(0.01 * Math.LN10),
  });

  it("contains the truth at levels above its quantile", () => {
    const truthUsd = 50_000 * Math.exp(0.01 * Math.LN2);
    expect([0.4, 0.49, 0.51, 0.9].map((level) => implied.holds(truthUsd, level))).toEqual([false, false, true, true]);
  });

  it("has a CRPS of a quarter of its scale at the center and of nearly the distance far away", () => {
    expect(implied.crpsPct(50_000)).toBeCloseTo(0.25, 6);
    expect(implied.crpsPct(50_000 * Math.exp(0.2))).toBeCloseTo(20 - 0.75, 3);
  });
});

describe("bench:accuracy", () => {
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "accuracy-"));
    mkdirSync(join(folder, "days"));
    writeDay("2031-05-01", 1);
    writeDay("2031-05-02", 2);
  });
  beforeEach(() =>
    writeHourly([...hourlyRows("2031-05-01", -1, 24, PRICE), ...hourlyRows("2031-05-02", 6, 12, PRICE * 1.03)]),
  );
  afterAll(() => rmSync(folder, { recursive: true }));

  it("prints one JSON object with the figures as its last line", () => {
    const args = ["--corpus", folder, "--engine", "reference", "--mode", "live", "--json"];
    const { status, lines, errors } = linesOf(spawnBenchmark("accuracy", args));
    expect(errors).toEqual([""]);
    expect(status).toBe(0);
    const figures = JSON.parse(lines.at(-1) as string);
    // All 22 hours of the first day; of the second those whose closing hour is known: 07:00 to
    // 12:00.
    expect(figures).toMatchObject({ windows: 28, without_truth: 16, no_price: 0, ok_pct: 0 });
    // On the second day the exchange pays 3 % more than the payments were made at.
    expect(figures.over2_pct).toBeCloseTo((100 * 6) / 28, 3);
    expect(figures.over5_pct).toBe(0);
    expect(figures.median_pct).toBeLessThan(0.2);
    expect(figures.p99_pct).toBeGreaterThan(2.5);
    for (const field of ["p90_pct", "over1_pct", "ok_over2_pct", "interval_coverage_pct"])
      expect(figures).toHaveProperty(field);
  });

  it("splits the figures by movement and confidence, and skips the windows of --without", async () => {
    // From noon on the exchange pays 3 % more than the payments were made at.
    writeHourly([...hourlyRows("2031-05-01", -1, 12, PRICE), ...hourlyRows("2031-05-01", 12, 24, PRICE * 1.03)]);
    const args = ["--corpus", folder, "--days", "2031-05-01", "--mode", "live", "--json"];
    const { status, lines } = await run(...args, "--without", "2031-05-01T10");
    expect(status).toBe(0);
    const figures = JSON.parse(lines.at(-1) as string);
    // The windows of three hours that end at 11:00, 12:00 and 13:00 reach into the hour from 10:00.
    expect(figures).toMatchObject({ windows: 19, left_out: 3 });
    const [calm, ...moving] = figures.by_movement;
    expect(calm).toMatchObject({ from_pct: 0, to_pct: 0.5, windows: 18 });
    expect(moving.map(({ windows }: { windows: number }) => windows)).toEqual([0, 0, 1, 0]);
    // From 15:00 on ten are 3 % away from what the exchange pays: in no interval.
    expect(calm.coverage_95_pct).toBeLessThan((100 * 8) / 18 + 0.01);
    expect(calm.crps_pct).toBeGreaterThan((10 * 2.5) / 18);
    const answers = figures.reliability.reduce((sum: number, row: { answers: number }) => sum + row.answers, 0);
    expect(answers).toBe(19 - figures.no_price);
  });

  it("compares cold windows with the mean over the window if all its hours are known", async () => {
    const { status, lines } = await run("--", "--corpus", folder, "--engine", "reference", "--mode", "cold", "--json");
    expect(status).toBe(0);
    // Of the second day three full hours are known before 09:00, 10:00, 11:00 and 12:00.
    expect(JSON.parse(lines.at(-1) as string)).toMatchObject({ windows: 26, without_truth: 18 });
    const short = await run("--corpus", folder, "--engine", "reference", "--mode", "cold", "--window", "600", "--json");
    expect(JSON.parse(short.lines.at(-1) as string)).toMatchObject({ windows: 28 });
  });

  it("limits the run to some days and prints each day", async () => {
    const { status, lines } = await run("--corpus", folder, "--engine", "reference", "--days", "2031-05-01", "--each");
    expect(status).toBe(0);
    expect(lines[0]).toMatch(/^2031-05-01/);
    expect(lines.join("\n")).toContain("1 days");
    expect(lines.filter((line) => line.startsWith("2031"))).toHaveLength(1);
  });

  it("sorts the rows of a day by time", () => {
    const file = join(folder, "days", "2031-05-03.csv.gz");
    writeFileSync(file, gzipSync("unix_time,sats\r\n1935532802,7000\r\n1935532800,5000\r\n1935532801,6000\r\n"));
    const { times, sats, start } = readDay(file);
    expect([...times]).toEqual([1935532800, 1935532801, 1935532802]);
    expect([...sats]).toEqual([5000, 6000, 7000]);
    expect(start).toBe(Date.UTC(2031, 4, 3) / 1000);
    rmSync(file);
  });

  it.each([
    [["--engine", "best"], "--engine"],
    [["--mode", "warm"], "--mode"],
    [["--window", "abc"], "--window"],
    [["--window", "0"], "--window"],
    [["--windows", "3"], "--windows"],
    [["--days", "yesterday"], "--days"],
    [["--without", "2031-05-01"], "--without"],
    [["--corpus"], "--corpus"],
    [["days"], "days"],
  ])("refuses %j and names it", (args, words) => {
    expect(() => parseOptions(args, {})).toThrow(UsageError);
    expect(() => parseOptions(args, {})).toThrow(words);
  });

  it.each([
    [["--engine", "best"], "--engine"],
    [["--days", "2031-05-03"], "2031-05-03"],
    [["--corpus", "/does/not/exist"], "/does/not/exist"],
  ])("says with one clear line and exit code 2 what is wrong with %j", async (args, words) => {
    const { status, lines, errors } = await run("--corpus", folder, ...args);
    expect(status).toBe(2);
    expect(lines).toEqual([""]);
    expect(errors).toHaveLength(1);
    expect(errors[0]).toContain(words);
  });

  it("names the file and line of invalid data", async () => {
    const broken = join(folder, "days", "2031-05-03.csv.gz");
    writeFileSync(broken, gzipSync("unix_time,sats\n1930000000,5000\n1930000001,abc\n"));
    expect((await run("--corpus", folder, "--days", "2031-05-03")).errors[0]).toMatch(/2031-05-03\.csv\.gz, line 3/);
    writeFileSync(broken, "not gzip");
    expect((await run("--corpus", folder, "--days", "2031-05-03")).errors[0]).toMatch(
      /2031-05-03\.csv\.gz cannot be unpacked/,
    );
    rmSync(broken);
  });
});
