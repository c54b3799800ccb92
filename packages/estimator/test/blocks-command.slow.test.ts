import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { runBenchmark, spawnBenchmark } from "./benchmark-run.ts";
import { simulatedAmountsBtc } from "./simulated-market.ts";

let folder: string;

describe("bench:blocks", () => {
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "blocks-"));
    mkdirSync(join(folder, "real"));
    const amounts = Array.from(simulatedAmountsBtc(67_000, 1_000, 1), (btc) => Math.round(btc * 1e8));
    writeFileSync(join(folder, "real/900001.amounts.json"), JSON.stringify({ amounts }));
    writeFileSync(join(folder, "real/900002.amounts.json"), JSON.stringify({ amounts }));
    // The second block's payments were made at half the price that its truth names.
    writeFileSync(join(folder, "real/truth.json"), JSON.stringify({ 900001: 67_000, 900002: 134_000 }));
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  it.each([[[]], [["--live"]]])("counts right and wrong draws of each block with %j", async (extra) => {
    const args = ["--corpus", folder, "--draws", "3", "--json", ...extra];
    const { status, stdout, stderr } = await runBenchmark("blocks", args);
    expect(stderr).toBe("");
    expect(status).toBe(0);
    const { all, blocks } = JSON.parse(stdout);
    // Of 400 and of 800; there are not enough payments for 1,600.
    expect(blocks["900001"]).toMatchObject({ draws: 6, right: 6, ok_wrong: 0 });
    expect(blocks["900002"]).toMatchObject({ draws: 6, right: 0, ok_wrong: blocks["900002"].ok });
    expect(all).toMatchObject({ draws: 12, right: 6, ok: blocks["900001"].ok + blocks["900002"].ok });
  });

  it("prints the same figures twice, in two processes", async () => {
    const args = ["--corpus", folder, "--blocks", "900001", "--draws", "2"];
    expect(spawnBenchmark("blocks", args).stdout).toBe((await runBenchmark("blocks", args)).stdout);
  });

  it("judges the intervals of right draws by the block's other payments", async () => {
    const args = ["--corpus", folder, "--draws", "3", "--intervals"];
    const { status, stdout } = await runBenchmark("blocks", args);
    expect(status).toBe(0);
    // Draws of 800 leave 200 others; the draws of the second block are wrong.
    expect(stdout).toMatch(/400 amounts {6,}[123] {2,}\d+\.\d %\n800 amounts {6,}0 {2,}/);
  });

  it.each([
    [["--draws", "0"], "--draws"],
    [["--blocks", "900003"], "900003"],
    [["--engine", "posterior"], "--engine"],
    [["--corpus", "/does/not/exist"], "/does/not/exist"],
  ])("refuses %j in one line with exit code 2", async (args, words) => {
    const { status, stdout, stderr } = await runBenchmark("blocks", ["--corpus", folder, ...args]);
    expect(status).toBe(2);
    expect(stdout).toBe("");
    expect(stderr.trim().split("\n")).toHaveLength(1);
    expect(stderr).toContain(words);
  });
});
