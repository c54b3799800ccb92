import { readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import { corpusPath, fewOrAll, needs } from "@utxoracle/testkit";
import { beforeAll, describe, expect, test } from "vitest";
import { LiveFilter } from "../../src/posterior/filter/live-filter.ts";

/**
 * A calm day, one of fee mania, a quick one and a crash of 15 %. `pnpm bench:accuracy` judges all.
 */
const DAYS = ["2024-06-06", "2024-04-22", "2024-03-11", "2024-08-05"];
const WINDOW_SECONDS = 10_800;

interface Hour {
  error: number;
  ok: boolean;
  held: boolean;
}

function judge(day: string): Hour[] {
  const start = Date.parse(`${day}T00:00:00Z`) / 1000;
  const closes = new Map(
    readFileSync(corpusPath("days/hourly.csv"), "utf8")
      .split("\n")
      .map((line) => line.split(",").map(Number))
      .map((cells) => [cells[0]!, cells[4]!]),
  );
  const rows = gunzipSync(readFileSync(corpusPath(`days/${day}.csv.gz`)))
    .toString("latin1")
    .trim()
    .split("\n")
    .slice(1)
    .map((line) => line.split(",").map(Number) as [number, number])
    .filter(([, sats]) => sats > 1_000 && sats < 1e13);
  const tracker = new LiveFilter(WINDOW_SECONDS);
  let next = 0;
  let oldest = 0;
  return Array.from({ length: fewOrAll(12, 22) }, (_, index) => {
    const now = start + 3_600 * (index + 3);
    for (; next < rows.length && rows[next]![0] <= now; next++) tracker.add(rows[next]![1], 0, rows[next]![0]);
    for (; oldest < next && rows[oldest]![0] < now - WINDOW_SECONDS; oldest++)
      tracker.remove(rows[oldest]![1], 0, rows[oldest]![0]);
    const { price, interval, status } = tracker.estimate(now);
    const truth = closes.get(now - 3_600)!;
    return {
      error: Math.abs(price! / truth - 1),
      ok: status === "ok",
      held: interval!.low <= truth && truth <= interval!.high,
    };
  });
}

describe("real days, asked every hour from 03:00 on", needs("corpus"), () => {
  let hours: Hour[] = [];
  beforeAll(() => {
    hours = DAYS.flatMap(judge);
  });

  test("half of the answers are within 0.1 % of the exchange, crash and all", () => {
    const errors = hours.map(({ error }) => error).sort((a, b) => a - b);
    expect(errors[Math.floor(errors.length / 2)]!).toBeLessThan(0.001);
  });

  test("none that is called ok is off by more than 2 %, and nearly all are called so", () => {
    for (const { error, ok } of hours) if (ok) expect(error).toBeLessThan(0.02);
    // On these hard days, a crash among them, the guard against forged payments holds one hour in
    // six back.
    expect(hours.filter(({ ok }) => ok).length / hours.length).toBeGreaterThan(0.8);
  });

  test("the interval holds the truth about as often as it says", () => {
    const share = hours.filter(({ held }) => held).length / hours.length;
    expect(share).toBeGreaterThan(0.82);
    expect(share).toBeLessThan(0.97);
  });
});
