import type { Engine } from "../../src/index.ts";
import { corpusDirectory } from "../corpus/corpus-directory.ts";
import { optionValues } from "../corpus/option-values.ts";
import { UsageError } from "../corpus/usage-error.ts";

export const HELP = `Usage: pnpm bench:accuracy [--corpus DIR] [--engine posterior|reference] [--mode live|cold] [--window SECONDS] [--json]

Measures the price estimates against exchange prices, on any folder with days/*.csv.gz (unix_time,sats) and
days/hourly.csv (unix_time,open,high,low,close).

  --corpus DIR       folder that holds days/; default $UTXORACLE_CORPUS, else ../shared/corpus beside the repository
  --engine ENGINE    posterior (default) or reference
  --mode MODE        live (default): MempoolAnalyzer is fed each day in order and asked at every full hour, 03:00 to
                     24:00 UTC; truth is the exchange's close at that moment
                     cold: each window alone, ending at the same hours; truth is the mean exchange price over it
  --window SECONDS   length of the window; default 10800
  --untimed          cold windows without their payments' times
  --days LIST        only these days, as YYYY-MM-DD,YYYY-MM-DD
  --without LIST     hours (UTC) whose windows are left out, as 2025-06-23T22,2025-10-10T20
  --each             one line for each day too
  --json             one JSON object on one line instead of the table
  --help             this text`;

export type Mode = "live" | "cold";

export interface AccuracyOptions {
  corpus: string;
  engine: Engine;
  mode: Mode;
  windowSeconds: number;
  /** Cold windows are given without times. */
  untimed: boolean;
  /** Null: all. */
  days: readonly string[] | null;
  /** Starts of hours, Unix seconds: windows that reach into them are left out. */
  without: readonly number[];
  each: boolean;
  json: boolean;
  help: boolean;
}

const LONGEST_WINDOW_SECONDS = 86_400;

/** @throws {UsageError} */
export function parseOptions(args: readonly string[], env: NodeJS.ProcessEnv): AccuracyOptions {
  const values = optionValues(args, OPTIONS);
  return {
    corpus: corpusDirectory(values.corpus, env),
    engine: oneOf("--engine", values.engine, ["posterior", "reference"] as const),
    mode: oneOf("--mode", values.mode, ["live", "cold"] as const),
    windowSeconds: windowSeconds(values.window),
    untimed: values.untimed,
    days: values.days === undefined ? null : dayList(values.days),
    without: values.without === undefined ? [] : values.without.split(",").map(hourStart),
    each: values.each,
    json: values.json,
    help: values.help,
  };
}

const OPTIONS = {
  corpus: { type: "string" },
  engine: { type: "string", default: "posterior" },
  mode: { type: "string", default: "live" },
  window: { type: "string", default: "10800" },
  untimed: { type: "boolean", default: false },
  days: { type: "string" },
  without: { type: "string" },
  each: { type: "boolean", default: false },
  json: { type: "boolean", default: false },
  help: { type: "boolean", short: "h", default: false },
} as const;

function oneOf<T extends string>(option: string, value: string, allowed: readonly T[]): T {
  if ((allowed as readonly string[]).includes(value)) return value as T;
  throw new UsageError(`${option} is "${value}": it must be ${allowed.join(" or ")}`);
}

function windowSeconds(text: string): number {
  const seconds = Number(text);
  if (text.trim() !== "" && Number.isInteger(seconds) && seconds >= 60 && seconds <= LONGEST_WINDOW_SECONDS)
    return seconds;
  throw new UsageError(
    `--window is "${text}": it must be a whole number of seconds from 60 to ${LONGEST_WINDOW_SECONDS}`,
  );
}

function dayList(text: string): string[] {
  const days = text.split(",").map((day) => day.trim());
  for (const day of days)
    if (!/^\d{4}-\d{2}-\d{2}$/.test(day)) throw new UsageError(`--days holds "${day}": a day is written YYYY-MM-DD`);
  return days;
}

function hourStart(text: string): number {
  const milliseconds = /^\d{4}-\d{2}-\d{2}T\d{2}$/.test(text) ? Date.parse(`${text}:00:00Z`) : Number.NaN;
  if (!Number.isNaN(milliseconds)) return milliseconds / 1000;
  throw new UsageError(`--without holds "${text}": an hour is written YYYY-MM-DDTHH`);
}
