import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { needs } from "@utxoracle/testkit";
import { expect, it, onTestFinished } from "vitest";
import { KnownPrices } from "../../src/commands/score/known-prices.ts";
import { pricesOf, readPrices } from "../../src/commands/score/read-prices.ts";
import { budgets } from "../../src/config/budgets.ts";

const T = 1_704_067_200;
const HOUR = 3600;

/** Two hours that close at 42,475 and 42,613, as each exchange exports them. */
it.each([
  ["time,price", `time,price\n${T + HOUR},42475\n${T + 2 * HOUR},42613\n`],
  ["ISO times", "date;price\n2024-01-01T01:00:00Z;42475\n2024-01-01 02:00;42613\n"],
  ["OHLC in seconds", `unix_time,open,high,low,close\n${T},1,43000,42000,42475\n${T + HOUR},1,43000,42000,42613\n`],
  [
    "Binance without names, microseconds",
    [T, T + HOUR]
      .map((t, i) => `${t}000000,1,43000,42000,${[42475, 42613][i]},9,${t + 3599}999999,9,9,9,9,0`)
      .join("\n"),
  ],
  ["Kraken without names", [T, T + HOUR].map((t, i) => `${t},1,43000,42000,${[42475, 42613][i]},9.5,12`).join("\n")],
  [
    "Coinbase, newest first",
    `time,low,high,open,close,volume\n${T + HOUR},42000,43000,1,42613,9\n${T},42000,43000,1,42475,9\n`,
  ],
  [
    "Bitstamp of CryptoDataDownload",
    `https://www.example.org\nunix,date,symbol,open,high,low,close,Volume BTC,Volume USD\n${T + HOUR},2024-01-01 01:00:00,BTC/USD,1,43000,42000,42613,1,1\n${T},2024-01-01 00:00:00,BTC/USD,1,43000,42000,42475,1,1\n`,
  ],
  [
    "milliseconds, quotes and CRLF",
    `"Timestamp","Close"\r\n"${T + HOUR}000","42475"\r\n"${T + 2 * HOUR}000","42613"\r\n`,
  ],
])("recognizes %s", (_, text) => {
  expect(new KnownPrices(pricesOf(text, "prices.csv")).moments(T, T + 3 * HOUR)).toEqual([
    { time: T + HOUR, priceUsd: 42_475 },
    { time: T + 2 * HOUR, priceUsd: 42_613 },
  ]);
});

it("leaves out hours without trades, and measures movement from high and low", () => {
  const rows = pricesOf(
    `time,open,high,low,close\n${T},1,44000,40000,42000\n${T + HOUR},NaN,NaN,NaN,NaN\n`,
    "prices.csv",
  );
  expect(rows).toHaveLength(1);
  const two = new KnownPrices(
    pricesOf(`time,high,low,close\n${T},44000,40000,42000\n${T + HOUR},43000,42000,42500\n`, "p"),
  );
  expect(two.movedPct(T + HOUR, T + 2 * HOUR)).toBeCloseTo(100 * (43 / 42 - 1), 9);
  expect(two.movedPct(T + 60, T + 2 * HOUR)).toBeCloseTo(10, 9);
  expect(two.movedPct(T + 3 * HOUR, T + 4 * HOUR)).toBeNull();
});

it.each([
  [
    "a price that is a word",
    `time,price\n${T},42000\n${T + 60},high\n`,
    'prices.csv, line 3, column 2 (price): "high" is not a price',
  ],
  ["a time that is none", "time,price\n12:30,42000\n", 'prices.csv, line 2, column 1 (time): "12:30" is not a time'],
  ["a date that could be two", "time,price\n03/04/2024,42000\n", 'line 2, column 1 (time): "03/04/2024" is not a time'],
  ["no names", "a,b\nc,d\n", "line 1: no columns of time and price"],
  ["no rows", "time,price\n", "prices.csv has no prices"],
])("refuses %s, naming the place", (_, text, problem) => {
  expect(() => pricesOf(text, "prices.csv")).toThrow(problem);
});

it("refuses a file that is missing, or larger than the budget", () => {
  const folder = mkdtempSync(join(tmpdir(), "prices-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const path = join(folder, "large.csv");
  expect(() => readPrices(path)).toThrow("large.csv cannot be read");
  writeFileSync(path, "");
  truncateSync(path, budgets.pricesFile.bytes + 1);
  expect(() => readPrices(path)).toThrow("is longer than");
});

it("refuses a pipe at once, which would block the program and its signals", needs("mkfifo"), () => {
  const folder = mkdtempSync(join(tmpdir(), "prices-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  execFileSync("mkfifo", [join(folder, "pipe")]);
  expect(() => readPrices(join(folder, "pipe"))).toThrow("it is a pipe, not a file");
});
