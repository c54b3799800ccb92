import { appendFileSync, existsSync, mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { needs } from "@utxoracle/testkit";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { runWithLimitedFiles } from "./e2e/full-disk.ts";
import { eventually, runToEnd, ServiceProcess } from "./e2e/service-process.ts";
import { killMoments } from "./kill-moments.ts";
import { RegtestChain } from "./price-regtest-chain.ts";

/** Moments at which a run is killed: 20 in `pnpm soak`, else a few. */
const KILLS = Number(process.env["UTXORACLE_SOAK_KILLS"] ?? 4);

describe("the prices of several days", { ...needs("bitcoind", "corpus"), timeout: 180_000 }, () => {
  const folder = mkdtempSync(join(tmpdir(), "price-days-"));
  let chain: RegtestChain;
  let days: string[];

  beforeAll(async () => {
    chain = await RegtestChain.start();
    days = [-1, 0, 1].map((shift) =>
      new Date(Date.parse(`${chain.day}T00:00:00Z`) + shift * 86_400_000).toISOString().slice(0, 10),
    );
  }, 180_000);
  afterAll(async () => {
    await chain?.daemon.remove();
    rmSync(folder, { recursive: true, force: true });
  });

  const range = (csv: string): string[] => [
    "price",
    "--from",
    days[0] as string,
    "--to",
    days[2] as string,
    "--csv",
    csv,
    ...chain.flags,
  ];
  const rowsOf = (path: string): string[][] =>
    readFileSync(path, "utf8")
      .trimEnd()
      .split("\n")
      .map((row) => row.split(","));

  it("stand in the CSV in order, each as the command says of the day alone", async () => {
    const csv = join(folder, "days.csv");
    // The day before has too few payments for a price; that is said by the exit code, and its row stands.
    const { stdout, stderr } = await runToEnd(range(csv));
    expect({ stdout, stderr }).toEqual({ stdout: "", stderr: "" });
    const [head, ...rows] = rowsOf(csv);
    expect(head?.slice(0, 2)).toEqual(["date", "price"]);
    expect(rows.map(([day]) => day)).toEqual(days);
    for (const [index, day] of days.entries()) {
      const alone = JSON.parse((await runToEnd(["price", "--date", day, "--json", ...chain.flags])).stdout);
      expect(Number(rows[index]?.[1])).toBeCloseTo(alone.price ?? 0, 2);
      expect(rows[index]?.slice(5)).toEqual([
        alone.status,
        alone.engine,
        String(alone.window.first_height),
        String(alone.window.last_height),
        String(alone.window.blocks),
        String(alone.amounts),
      ]);
    }
  });

  it("are gone on with where a run was ended, also in the middle of a row", async () => {
    const csv = join(folder, "resumed.csv");
    await runToEnd(range(csv));
    const whole = readFileSync(csv, "utf8");
    for (const length of [0, 3, whole.indexOf("\n") + 1, whole.indexOf("\n") + 20, whole.length - 1, whole.length]) {
      truncateSync(csv, length);
      await runToEnd(range(csv));
      expect(readFileSync(csv, "utf8")).toBe(whole);
    }
  });

  it("survive a kill at any moment", async () => {
    const csv = join(folder, "killed.csv");
    const began = performance.now();
    await runToEnd(range(csv));
    const runMs = performance.now() - began;
    const whole = readFileSync(csv, "utf8");
    const moment = killMoments();
    for (let kill = 0; kill < KILLS; kill++) {
      if (readFileSync(csv, "utf8") === whole) rmSync(csv);
      const run = new ServiceProcess(range(csv));
      const timer = setTimeout(() => run.child.kill("SIGKILL"), runMs * (0.3 + 0.7 * moment()));
      await run.ended;
      clearTimeout(timer);
      appendFileSync(csv, "");
      // Whatever rows there are, they are those of the whole run.
      const text = readFileSync(csv, "utf8");
      expect(whole.startsWith(text)).toBe(true);
    }
    await runToEnd(range(csv));
    expect(readFileSync(csv, "utf8")).toBe(whole);
  }, 300_000);

  it(
    "stay as they are when the disk is full, which is said in one line; the same command goes on behind them",
    needs("prlimit"),
    async () => {
      const csv = join(folder, "full.csv");
      await runToEnd(range(csv));
      const whole = readFileSync(csv, "utf8");
      const secondRow = whole.indexOf("\n", whole.indexOf("\n") + 1) + 1;
      for (const room of [10, secondRow + 10]) {
        rmSync(csv);
        const { status, stderr } = runWithLimitedFiles(range(csv), room);
        expect({ status, lines: stderr.trimEnd().split("\n") }).toEqual({
          status: 1,
          lines: [expect.stringContaining(`utxoracle-live: --csv: ${csv}`)],
        });
        expect(stderr).toContain("EFBIG");
        expect(whole.startsWith(readFileSync(csv, "utf8"))).toBe(true);
        await runToEnd(range(csv));
        expect(readFileSync(csv, "utf8")).toBe(whole);
      }
    },
  );

  it("stop at a signal without a complaint", async () => {
    const csv = join(folder, "stopped.csv");
    const run = new ServiceProcess(range(csv));
    // The first line is written when the work begins.
    await eventually(
      "the begin of the work",
      () => existsSync(csv) && readFileSync(csv, "utf8") !== "",
      (begun) => begun,
    );
    expect(await run.stop("SIGINT")).toMatchObject({ exitCode: expect.any(Number), stderr: "", signal: null });
  });

  it("do not touch a file that is something else", async () => {
    const other = join(folder, "other.csv");
    writeFileSync(other, "name,amount\nx,1\n");
    expect(await runToEnd(range(other))).toMatchObject({
      exitCode: 2,
      stderr: expect.stringContaining(`--csv: ${other} is not a price file`),
    });
    expect(readFileSync(other, "utf8")).toBe("name,amount\nx,1\n");
  });

  it("that a file lacks are put in their place, and the exit code is what it is at once", async () => {
    const whole = join(folder, "whole.csv");
    const { exitCode } = await runToEnd(range(whole));
    const csv = join(folder, "gap.csv");
    await runToEnd(["price", "--date", days[1] as string, "--csv", csv, ...chain.flags]);
    expect(await runToEnd(range(csv))).toMatchObject({ exitCode, stdout: "", stderr: "" });
    expect(readFileSync(csv, "utf8")).toBe(readFileSync(whole, "utf8"));
    // Nothing is left to do, and one of the days still has no price.
    expect(await runToEnd(range(csv))).toMatchObject({ exitCode: 1 });
    expect(readFileSync(csv, "utf8")).toBe(readFileSync(whole, "utf8"));
  });

  it("without blocks are named, and the others are worked out", async () => {
    const first = new Date(Date.parse(`${days[1]}T00:00:00Z`) - 3 * 86_400_000).toISOString().slice(0, 10);
    const words = ["price", "--from", first, "--to", days[1] as string, "--json", ...chain.flags];
    const { stdout, stderr, exitCode } = await runToEnd(words);
    expect(
      stdout
        .trimEnd()
        .split("\n")
        .map((line) => JSON.parse(line).date),
    ).toEqual(days.slice(0, 2));
    expect(stderr.trimEnd().split("\n")).toEqual([
      `utxoracle-live: ${first}: ${first} has no blocks`,
      expect.stringContaining("has no blocks"),
    ]);
    expect(exitCode).toBe(1);
  });

  it("come as JSON lines from the block files too", async () => {
    const words = ["price", "--from", days[1] as string, "--to", days[2] as string, "--json"];
    const [overRpc, fromFiles] = await Promise.all([
      runToEnd([...words, ...chain.flags]),
      runToEnd([...words, "--blocks-dir", chain.blocksDirectory]),
    ]);
    expect(fromFiles.stdout).toBe(overRpc.stdout);
    const lines = overRpc.stdout.trimEnd().split("\n");
    expect(lines.map((line) => JSON.parse(line).date)).toEqual(days.slice(1));
  });

  it("of a day without blocks, or that is not over, are refused", async () => {
    expect(await runToEnd(["price", "--date", "2020-02-29", ...chain.flags])).toMatchObject({
      exitCode: 1,
      stderr: "utxoracle-live: 2020-02-29 has no blocks\n",
    });
    // Still today when the program looks, also right before midnight.
    const today = new Date(Date.now() + 600_000).toISOString().slice(0, 10);
    expect(await runToEnd(["price", "--date", today, ...chain.flags])).toMatchObject({
      exitCode: 2,
      stderr: expect.stringContaining(`${today} has not ended`),
    });
  });
});
