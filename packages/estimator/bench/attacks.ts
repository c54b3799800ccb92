/** What forged payments do to the live price: `pnpm bench:attacks --help`. */

import { FILTER } from "../src/posterior/filter/filter-model.ts";
import { type AttackResult, type ForgedCount, runAttack, type Start, WINDOW_SECONDS } from "./attacks/attack.ts";
import { type AttackFigures, attackFigures } from "./attacks/figures.ts";
import { forgeryCosts } from "./attacks/forgery-cost.ts";
import { SHAPES } from "./attacks/shapes.ts";
import { openCorpus, readDay } from "./corpus/corpus-days.ts";
import { corpusDirectory } from "./corpus/corpus-directory.ts";
import { optionValues } from "./corpus/option-values.ts";
import { runCommand } from "./corpus/run-command.ts";
import { UsageError } from "./corpus/usage-error.ts";

const HELP = `Usage: pnpm bench:attacks [--corpus DIR] [--days LIST] [--windows N] [--shapes LIST] [--shares LIST] [--payments LIST] [--json]

Adds forged payments to real ones and compares the live estimate with that of the same window without them, every two
and a half minutes from the attack's beginning to an hour after its end. Shapes: ${SHAPES.map(({ name }) => name).join(", ")}. Each is tried warm
(three hours of payments before) and, but for even, cold (ten minutes before). Worst first.

  --corpus DIR    folder that holds days/*.csv.gz and days/hourly.csv; default $UTXORACLE_CORPUS, else ../shared/corpus
  --days LIST     only these days, as YYYY-MM-DD,YYYY-MM-DD; default the first four
  --windows N     windows of each day; default 2
  --shapes LIST   only these shapes, as burst,drift
  --shares LIST   forged payments, percent of the payments of three hours; default 0.5,1,2,3
  --payments LIST forged payments by number, in the place of --shares, as 50,100
  --json          one JSON object on one line instead of the table
  --help          this text`;

/**
 * Forged payments that must not make a false price ok: on a full window, and on one that has just
 * started.
 */
const REQUIRED_PAYMENTS = FILTER.rivals.forgedPayments;
const REQUIRED_AT_START = REQUIRED_PAYMENTS + FILTER.alias.young.payments;
const COST_PRICE_USD = 100_000;
const DEFAULT_DAYS = 4;
const FIRST_HOUR = 4;
const LAST_HOUR = 23;
const STARTS: readonly Start[] = ["warm", "cold"];

const OPTIONS = {
  corpus: { type: "string" },
  days: { type: "string" },
  windows: { type: "string", default: "2" },
  shapes: { type: "string", default: SHAPES.map(({ name }) => name).join(",") },
  shares: { type: "string", default: "0.5,1,2,3" },
  payments: { type: "string" },
  json: { type: "boolean", default: false },
  help: { type: "boolean", short: "h", default: false },
} as const;

function windowCount(text: string): number {
  const windows = Number(text);
  if (Number.isInteger(windows) && windows >= 1 && windows <= LAST_HOUR - FIRST_HOUR) return windows;
  throw new UsageError(`--windows is "${text}": it must be a whole number from 1 to ${LAST_HOUR - FIRST_HOUR}`);
}

function paymentList(text: string): ForgedCount[] {
  const counts = text.split(",").map(Number);
  if (counts.every((count) => Number.isInteger(count) && count >= 1 && count <= 100_000))
    return counts.map((payments) => ({ payments }));
  throw new UsageError(`--payments is "${text}": it lists whole numbers from 1 to 100000, as 50,100`);
}

function shareList(text: string): ForgedCount[] {
  const shares = text.split(",").map(Number);
  if (shares.every((share) => share > 0 && share <= 100)) return shares.map((share) => ({ share: share / 100 }));
  throw new UsageError(`--shares is "${text}": shares are per cents above 0 and up to 100, as 0.5,1`);
}

/** The rows of the table: attacks of one start, shape and share. */
function rowOf({ attack: { start, shape, forged } }: AttackResult): string {
  const count = "share" in forged ? `${Number((100 * forged.share).toPrecision(6))} %` : `${forged.payments} x`;
  return `${start.padEnd(5)} ${shape.name.padEnd(8)} ${count.padStart(7)}`;
}

function line(name: string, figures: AttackFigures): string {
  const minutes = (value: number | null): string => (value === null ? "over 60" : String(value)).padStart(8);
  const pct = (value: number): string => `${value.toFixed(2)} %`.padStart(10);
  return `${name}  ${String(figures.attacks).padStart(7)}  ${String(figures.forged).padStart(6)}  ${pct(figures.moved_median_pct)}  ${pct(figures.moved_worst_pct)}  ${String(figures.ok_wrong).padStart(8)}  ${minutes(figures.recovery_median_minutes)}  ${minutes(figures.recovery_worst_minutes)}`;
}

runCommand("bench:attacks", () => {
  const options = optionValues(process.argv.slice(2), OPTIONS);
  if (options.help) return console.log(HELP);
  const windows = windowCount(options.windows);
  const counts = options.payments === undefined ? shareList(options.shares) : paymentList(options.payments);
  const names = options.shapes.split(",");
  for (const name of names)
    if (!SHAPES.some((shape) => shape.name === name)) throw new UsageError(`--shapes names ${name} (see --help)`);
  const shapes = SHAPES.filter(({ name }) => names.includes(name));
  const { dayFiles } = openCorpus(corpusDirectory(options.corpus, process.env), options.days?.split(",") ?? null);
  const results: AttackResult[] = [];
  for (const file of options.days === undefined ? dayFiles.slice(0, DEFAULT_DAYS) : dayFiles) {
    const market = readDay(file);
    for (let window = 0; window < windows; window++) {
      const hour = Math.round(FIRST_HOUR + ((window + 0.5) * (LAST_HOUR - FIRST_HOUR)) / windows);
      const end = market.start + hour * 3600;
      for (const start of STARTS)
        for (const shape of shapes) {
          if (start === "cold" && shape.seconds >= WINDOW_SECONDS) continue;
          for (const forged of counts)
            for (const offset of shape.offsets) {
              const result = runAttack({ shape, start, forged, offset, end, market });
              if (result !== null) results.push(result);
            }
        }
    }
  }
  if (results.length === 0) throw new UsageError("no window of these days has a price to move");
  const rows = [...new Set(results.map(rowOf))].map((name) => ({
    name,
    figures: attackFigures(results.filter((result) => rowOf(result) === name)),
  }));
  const worse = (a: AttackFigures, b: AttackFigures): number =>
    b.ok_wrong / b.attacks - a.ok_wrong / a.attacks || b.moved_median_pct - a.moved_median_pct;
  rows.sort((a, b) => worse(a.figures, b.figures));
  const all = attackFigures(results);
  const costs = [REQUIRED_PAYMENTS, REQUIRED_AT_START].flatMap((count) => forgeryCosts(count, COST_PRICE_USD));
  if (options.json) return console.log(JSON.stringify({ all, rows, required_payments: REQUIRED_PAYMENTS, costs }));
  console.log("start shape     forged  attacks  forged  moved: med       worst  ok wrong  back: med     worst");
  for (const { name, figures } of rows) console.log(line(name, figures));
  console.log(line("all".padEnd(22), all));
  for (const { payments, fees_sats, fees_usd, sat_per_vbyte } of costs)
    console.log(
      `${payments} payments cost, once mined and at $${COST_PRICE_USD}: ${fees_sats} sats ($${fees_usd}) at ${sat_per_vbyte} sat/vB`,
    );
});
