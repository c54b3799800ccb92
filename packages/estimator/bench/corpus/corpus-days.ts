import { existsSync, readdirSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { gunzipSync } from "node:zlib";
import { ExchangePrices } from "./exchange-prices.ts";
import { UsageError } from "./usage-error.ts";

const DAY_SECONDS = 86_400;

/** The output amounts of one UTC day, in the order of time. */
export interface CorpusDay {
  name: string;
  /** 00:00 UTC, Unix seconds. */
  start: number;
  times: Float64Array;
  sats: Float64Array;
}

export interface Corpus {
  prices: ExchangePrices;
  /** Paths of the days' files, in the order of their names. */
  dayFiles: string[];
}

/** @throws {UsageError} when the folder is not a corpus */
export function openCorpus(directory: string, days: readonly string[] | null): Corpus {
  const folder = join(directory, "days");
  if (!existsSync(folder))
    throw new UsageError(`no corpus in ${directory}: the folder days/ is missing (--corpus DIR)`);
  const hourly = join(folder, "hourly.csv");
  if (!existsSync(hourly)) throw new UsageError(`no corpus in ${directory}: days/hourly.csv is missing`);
  const names = readdirSync(folder)
    .filter((name) => name.endsWith(".csv.gz"))
    .sort();
  if (names.length === 0) throw new UsageError(`no corpus in ${directory}: days/ has no *.csv.gz`);
  for (const day of days ?? [])
    if (!names.includes(`${day}.csv.gz`)) throw new UsageError(`--days names ${day}: days/${day}.csv.gz is missing`);
  const wanted = days === null ? names : names.filter((name) => days.includes(name.slice(0, -".csv.gz".length)));
  return {
    prices: new ExchangePrices(readFileSync(hourly, "utf8"), hourly),
    dayFiles: wanted.map((name) => join(folder, name)),
  };
}

/** @throws {UsageError} naming the line that is not `unix_time,sats` */
export function readDay(file: string): CorpusDay {
  const text = unpacked(file).toString("latin1");
  const rows = text.split("\n");
  const times = new Float64Array(rows.length);
  const sats = new Float64Array(rows.length);
  let count = 0;
  let sorted = true;
  for (let i = 1; i < rows.length; i++) {
    const row = rows[i] as string;
    if (row === "" || row === "\r") continue;
    const comma = row.indexOf(",");
    const time = Number(row.slice(0, comma));
    const value = Number(row.slice(comma + 1));
    if (comma < 1 || !(time > 0) || !Number.isSafeInteger(value) || value <= 0)
      throw new UsageError(`${file}, line ${i + 1}: "${row.slice(0, 60)}" is not unix_time,sats`);
    if (count > 0 && time < (times[count - 1] as number)) sorted = false;
    times[count] = time;
    sats[count] = value;
    count++;
  }
  if (count === 0) throw new UsageError(`${file} has no rows`);
  const name = basename(file, ".csv.gz");
  const order = Array.from({ length: count }, (_, i) => i);
  if (!sorted) order.sort((a, b) => (times[a] as number) - (times[b] as number));
  return {
    name,
    start: dayStart(name, times[order[count >> 1] as number] as number),
    times: Float64Array.from(order, (i) => times[i] as number),
    sats: Float64Array.from(order, (i) => sats[i] as number),
  };
}

/**
 * The day that the file's name says; of a file named otherwise the day in which its middle row
 * lies.
 */
function dayStart(name: string, middleTime: number): number {
  const milliseconds = /^\d{4}-\d{2}-\d{2}$/.test(name) ? Date.parse(`${name}T00:00:00Z`) : Number.NaN;
  return Number.isNaN(milliseconds) ? Math.floor(middleTime / DAY_SECONDS) * DAY_SECONDS : milliseconds / 1000;
}

function unpacked(file: string): Buffer {
  try {
    return gunzipSync(readFileSync(file));
  } catch (error) {
    throw new UsageError(`${file} cannot be unpacked: ${(error as Error).message}`);
  }
}
