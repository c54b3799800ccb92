import { appendFileSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fewOrAll, inSoak, needs } from "@utxoracle/testkit";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { runWithLimitedFiles } from "./e2e/full-disk.ts";
import { eventually, runToEnd, ServiceProcess } from "./e2e/service-process.ts";
import { killMoments } from "./kill-moments.ts";
import { runPriceHere } from "./price-here.ts";
import { FOR_LONG_WINDOWS, RegtestChain } from "./price-regtest-chain.ts";

/** Number of kills: 20 in `pnpm soak`. */
const KILLS = Number(process.env["UTXORACLE_SOAK_KILLS"] ?? 1);

describe("the prices of several days", needs("bitcoind", "corpus"), () => {
  const folder = mkdtempSync(join(tmpdir(), "price-days-"));
  let chain: RegtestChain;
  let days: string[];
  /** The CSV of a complete run, its exit code and its duration. */
  let whole: string;
  let wholeCode: number | null;
  let wholeMs: number;
  const interrupted = join(folder, "interrupted.csv");

  beforeAll(async () => {
    chain = await RegtestChain.start({ oneOf: FOR_LONG_WINDOWS });
    days = [-1, 0, 1].map((shift) =>
      new Date(Date.parse(`${chain.day}T00:00:00Z`) + shift * 86_400_000).toISOString().slice(0, 10),
    );
    const csv = join(folder, "whole.csv");
    const began = performance.now();
    // The day before has too few payments for a price: exit code 1, and a row without a price.
    const { stdout, stderr, exitCode } = await runToEnd(range(csv));
    wholeMs = performance.now() - began;
    expect({ stdout, stderr }).toEqual({ stdout: "", stderr: "" });
    whole = readFileSync(csv, "utf8");
    wholeCode = exitCode;
  });
  afterAll(async () => {
    await chain?.daemon.remove();
    rmSync(folder, { recursive: true, force: true });
  });

  const range = (csv: string, access = chain.flags): string[] => [
    "price",
    "--from",
    days[0] as string,
    "--to",
    days[2] as string,
    "--csv",
    csv,
    ...access,
  ];

  it("are the same on standard output as in a file, and from block files as from the node", async () => {
    const { stdout, stderr } = await runToEnd(range("/dev/stdout", ["--blocks-dir", chain.blocksDirectory]));
    expect({ stdout, stderr }).toEqual({ stdout: whole, stderr: "" });
  });

  it("are in the CSV in order, equal to those of single days", async () => {
    const lines = whole.trimEnd().split("\n");
    const [head, ...rows] = lines.map((line) => line.split(","));
    expect(head?.slice(0, 2)).toEqual(["date", "price"]);
    expect(rows.map(([day]) => day)).toEqual(days);
    for (const index of [1, ...inSoak(0, 2)]) {
      const day = days[index] as string;
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

  it("are compared with prices of a file by score", async () => {
    const day = days[1] as string;
    const price = Number(whole.split("\n")[2]?.split(",")[1]);
    const start = Date.parse(`${day}T00:00:00Z`) / 1000;
    const prices = join(folder, "hours.csv");
    const hours = Array.from({ length: fewOrAll(13, 29) }, (_, hour) => `${start + 3600 * (hour - 4)},${price}`);
    writeFileSync(prices, `time,price\n${hours.join("\n")}\n`);
    const score = async (...access: string[]): Promise<Record<string, number>> => {
      const words = ["score", "--prices", prices, "--from", day, "--to", day, "--json", "--quiet", ...access];
      const { stdout, stderr, exitCode } = await runToEnd(words);
      expect({ stderr, exitCode }).toEqual({ stderr: "", exitCode: 0 });
      return JSON.parse(stdout);
    };
    const figures = await score(...chain.flags);
    expect(figures["windows"]).toBeGreaterThanOrEqual(fewOrAll(9, 21));
    // The amounts are those of one day in random order, so the price of each hour is that of the
    // day.
    expect(figures["median_pct"]).toBeLessThan(1);
    for (const folder of inSoak(chain.blocksDirectory))
      expect(await score("--blocks-dir", folder, "--chain", "regtest")).toEqual(figures);
  });

  it("stay in the file when the disk is full", needs("prlimit"), () => {
    const secondRow = whole.indexOf("\n", whole.indexOf("\n") + 1) + 1;
    for (const room of [...inSoak(10), secondRow + 10]) {
      rmSync(interrupted, { force: true });
      const { status, stderr } = runWithLimitedFiles(range(interrupted), room);
      expect({ status, lines: stderr.trimEnd().split("\n") }).toEqual({
        status: 1,
        lines: [expect.stringContaining(`utxoracle-live: --csv: ${interrupted}`)],
      });
      expect(stderr).toContain("EFBIG");
      expect(whole.startsWith(readFileSync(interrupted, "utf8"))).toBe(true);
    }
  });

  it(
    "survive a kill at any moment, also of a run that resumes after half a row",
    async () => {
      const csv = interrupted;
      // As after a full disk.
      if (!existsSync(csv)) writeFileSync(csv, whole.slice(0, whole.indexOf("\n") + 20));
      const moment = killMoments();
      for (let kill = 0; kill < KILLS; kill++) {
        if (existsSync(csv) && readFileSync(csv, "utf8") === whole) rmSync(csv);
        const run = new ServiceProcess(range(csv));
        const timer = setTimeout(() => run.child.kill("SIGKILL"), wholeMs * (0.3 + 0.7 * moment()));
        await run.ended;
        clearTimeout(timer);
        appendFileSync(csv, "");
        // The rows are a prefix of those of a complete run.
        const text = readFileSync(csv, "utf8");
        expect(whole.startsWith(text)).toBe(true);
      }
      await runToEnd(range(csv));
      expect(readFileSync(csv, "utf8")).toBe(whole);
    },
    60_000 * KILLS,
  );

  it("stop on a signal without an error", async () => {
    const csv = join(folder, "stopped.csv");
    const run = new ServiceProcess(range(csv));
    // The first line is written at the start.
    await eventually(
      "the first line",
      () => existsSync(csv) && readFileSync(csv, "utf8") !== "",
      (begun) => begun,
    );
    expect(await run.stop("SIGINT")).toMatchObject({ exitCode: expect.any(Number), stderr: "", signal: null });
  });

  it("do not change a file with another content", async () => {
    const other = join(folder, "other.csv");
    writeFileSync(other, "name,amount\nx,1\n");
    expect(await runPriceHere(range(other).slice(1))).toMatchObject({
      exitCode: 2,
      stderr: expect.stringContaining(`--csv: ${other} is not a price file`),
    });
    expect(readFileSync(other, "utf8")).toBe("name,amount\nx,1\n");
  });

  it("missing in a file are inserted in order, with the exit code of a complete run", async () => {
    const csv = join(folder, "gap.csv");
    const [head, , second] = whole.split("\n");
    const cut = whole.indexOf("\n") + 20;
    for (const text of [
      [head, second, ""].join("\n"),
      ...inSoak(whole.slice(0, cut), whole.slice(0, -4), whole.slice(0, -1)),
    ]) {
      writeFileSync(csv, text);
      expect(await runToEnd(range(csv))).toMatchObject({ exitCode: wholeCode, stdout: "", stderr: "" });
      expect(readFileSync(csv, "utf8")).toBe(whole);
    }
    // Nothing to do, but one of the days has no price.
    expect(await runPriceHere(range(csv).slice(1))).toMatchObject({ exitCode: 1 });
    expect(readFileSync(csv, "utf8")).toBe(whole);
  });

  it("reports days without blocks and computes the others", async () => {
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

  it("rejects a day without blocks, and today", async () => {
    expect(await runPriceHere(["--date", "2015-01-06", ...chain.flags])).toMatchObject({
      exitCode: 1,
      stderr: expect.stringMatching(
        /^utxoracle-live: prices are tested from 2021-01-01 on.*\nutxoracle-live: 2015-01-06 has no blocks\n$/,
      ),
    });
    // Ten minutes ahead, so that it is today for the program, also right before midnight.
    const today = new Date(Date.now() + 600_000).toISOString().slice(0, 10);
    expect(await runPriceHere(["--date", today, ...chain.flags])).toMatchObject({
      exitCode: 2,
      stderr: expect.stringContaining(`${today} has not ended`),
    });
  });
});
