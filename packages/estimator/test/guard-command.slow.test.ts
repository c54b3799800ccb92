import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { runBenchmark, spawnBenchmark } from "./benchmark-run.ts";
import { simulatedAmountsBtc } from "./simulated-market.ts";

const START = Date.UTC(2031, 4, 1) / 1000;
let folder: string;

describe("bench:guard", () => {
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "guard-"));
    mkdirSync(join(folder, "days"));
    // Few round amounts, as on the chain: with many the first answer is ok at every strength.
    const amounts = simulatedAmountsBtc(67_000, 80_000, 1, { roundShare: 0.08 });
    const rows = Array.from(amounts, (btc, i) => `${START + Math.floor(i)},${Math.round(btc * 1e8)}`);
    writeFileSync(join(folder, "days/2031-05-01.csv.gz"), gzipSync(`unix_time,sats\n${rows.join("\n")}\n`));
    writeFileSync(join(folder, "days/hourly.csv"), "unix_time,open,high,low,close\n");
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  it("lets a cold start wait longer for ok with a stronger guard", () => {
    const { status, stdout, stderr } = spawnBenchmark("guard", ["--corpus", folder, "--trials", "start", "--json"]);
    expect(stderr).toBe("");
    expect(status).toBe(0);
    const starts = stdout
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line).values as (number | null)[]);
    expect(starts).toHaveLength(4);
    for (const minutes of starts) expect(minutes[0]).toBeLessThan(minutes[4] ?? 121);
  });

  it.each([
    [["--trials", "wave"], "wave"],
    [["--mode", "live"], "--mode"],
    [["--corpus", "/does/not/exist"], "/does/not/exist"],
  ])("refuses %j in one line with exit code 2", async (args, words) => {
    const { status, stdout, stderr } = await runBenchmark("guard", ["--corpus", folder, ...args]);
    expect(status).toBe(2);
    expect(stdout).toBe("");
    expect(stderr.trim().split("\n")).toHaveLength(1);
    expect(stderr).toContain(words);
  });
});
