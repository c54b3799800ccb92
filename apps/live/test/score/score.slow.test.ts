import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gunzipSync, gzipSync } from "node:zlib";
import { corpusPath, inSoak, needs } from "@utxoracle/testkit";
import { pino } from "pino";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { SavedData } from "../../src/store/saved-data.ts";
import { keepTrackRecord } from "../../src/track/keep-track-record.ts";
import { TrackRecord } from "../../src/track/track-record.ts";
import { tick } from "../http/test-state.ts";
import { benchFigures, captureOfDay, score } from "./day-figures.ts";

const START = 1_763_809_800;
let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "score-"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

// `pnpm soak score-days` takes all days.
describe("the prices of a day of the corpus", needs("corpus"), () => {
  it("have the figures of bench:accuracy when the hours of a crash are replayed", async () => {
    const day = "2024-08-05";
    const end = Date.parse(`${day}T06:00:00Z`) / 1000;
    const untilEnd = (text: string): string =>
      text
        .split("\n")
        .filter((line) => !(Number(line.split(",")[0]) >= end))
        .join("\n");
    mkdirSync(join(folder, "days"));
    const [rows, prices, capture] = [`days/${day}.csv.gz`, "days/hourly.csv", `${day}.capture`].map((name) =>
      join(folder, name),
    ) as [string, string, string];
    writeFileSync(rows, gzipSync(untilEnd(gunzipSync(readFileSync(corpusPath(`days/${day}.csv.gz`))).toString())));
    writeFileSync(prices, untilEnd(readFileSync(corpusPath("days/hourly.csv"), "utf8")));
    await captureOfDay(rows, capture);
    const { without_truth: _, left_out: __, ...expected } = benchFigures(folder, day);
    const { status, stdout, stderr } = score("--prices", prices, capture, "--json");
    expect([status, stderr]).toEqual([0, ""]);
    const { without_answer, ...figures } = JSON.parse(stdout);
    expect(figures).toEqual(expected);
    expect(without_answer).toBe(0);
    expect(figures.windows).toBeGreaterThan(3);
  });
});

describe("the record in a data folder", () => {
  const data = (): string => join(folder, "data");

  beforeAll(async () => {
    const log = pino({ level: "silent" });
    const saved = await SavedData.open(join(data(), "saved-prices-main"), log);
    const record = new TrackRecord({ log });
    await keepTrackRecord(record, saved, () => START + 7200, log);
    for (let time = START; time < START + 7200; time += 10) {
      const isStale = time >= START + 3600 && time < START + 5400;
      const price = 60_000;
      record.record(
        tick({ timestamp: time, price, interval: { low: 59_500, high: 60_500 }, status: isStale ? "stale" : "ok" }),
      );
    }
    await saved.close();
    const minutes = Array.from({ length: 120 }, (_, minute) => `${START + 60 * minute},60300`);
    writeFileSync(join(folder, "minutes.csv"), `time,price\n${minutes.join("\n")}\n`);
  });

  it("is compared with the prices of a file; a stale price counts as none", () => {
    const { status, stdout, stderr } = score("--prices", join(folder, "minutes.csv"), "--data-dir", data(), "--json");
    expect([status, stderr]).toEqual([0, ""]);
    expect(JSON.parse(stdout)).toMatchObject({
      windows: 120,
      no_price: 30,
      ok_median_pct: 0.4975,
      interval_coverage_pct: 100,
    });
  });

  it("is shown as a table and as a page", () => {
    const page = join(folder, "score.html");
    const { stdout } = score("--prices", join(folder, "minutes.csv"), "--data-dir", data(), "--html", page);
    expect(stdout).toMatch(/^published prices in /);
    expect(stdout).toContain("median error            0.497 %");
    const html = readFileSync(page, "utf8");
    expect(html).toContain("median error");
    expect(html.match(/<circle/g)).toHaveLength(90);
  });

  it.each([
    [["--data-dir", "nowhere"], "--data-dir: nowhere does not exist"],
    ...inSoak<[string[], string]>(
      [[], "score: missing source; use --data-dir, a RECORDING, or --from and --to for blocks"],
      [["--data-dir", "x", "y.capture"], "score: RECORDING and --data-dir cannot be combined"],
    ),
  ])("is refused with one line for %j", (words, problem) => {
    const { status, stderr } = score("--prices", join(folder, "minutes.csv"), ...words);
    expect([status, stderr.trim()]).toEqual([2, `utxoracle-live: ${problem}`]);
  });

  it("says when the file has no price of the recorded time", () => {
    writeFileSync(join(folder, "old.csv"), "time,price\n2020-01-01,7200\n");
    const { status, stderr } = score("--prices", join(folder, "old.csv"), "--data-dir", data());
    expect(status).toBe(2);
    expect(stderr).toMatch(/^utxoracle-live: --prices: the file has no price from 2025-11-22 11:10 to /);
  });
});
