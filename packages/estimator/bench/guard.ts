/**
 * What a stronger or weaker guard against forged payments costs and saves:
 * `pnpm bench:guard --help`.
 */

import { openCorpus, readDay } from "./corpus/corpus-days.ts";
import { corpusDirectory } from "./corpus/corpus-directory.ts";
import { optionValues } from "./corpus/option-values.ts";
import { runCommand } from "./corpus/run-command.ts";
import { UsageError } from "./corpus/usage-error.ts";
import { STRENGTHS } from "./guard/guarded-filter.ts";
import { attackTrials, liveTrials, startTrials, type Trial } from "./guard/trials.ts";

const HELP = `Usage: pnpm bench:guard [--corpus DIR] [--days LIST] [--trials LIST] [--json]

Multiplies N of MODEL.md, the payments that may be forged, by ${STRENGTHS.join(", ")}. For each: live hours with ok, minutes
until the first ok of a cold start without RPC, and attacks that were ok and more than 2 % off: cold ones that make an
alias with 43, 86 and 100 payments, and warm ones with 1 % of three hours. An answer counts as ok at a strength if it is
ok at all weaker ones too.

  --corpus DIR   folder that holds days/*.csv.gz and days/hourly.csv; default $UTXORACLE_CORPUS, else ../shared/corpus
  --days LIST    only these days, as YYYY-MM-DD,YYYY-MM-DD
  --trials LIST  of live, start, cold, warm; default all
  --json         the trials, one JSON object a line, instead of the table
  --help         this text`;

const TRIALS = ["live", "start", "cold", "warm"];

const OPTIONS = {
  corpus: { type: "string" },
  days: { type: "string" },
  trials: { type: "string", default: TRIALS.join(",") },
  json: { type: "boolean", default: false },
  help: { type: "boolean", short: "h", default: false },
} as const;

/** Minutes at a share of the trials; a start without `ok` is the longest. */
function minutesAt(values: readonly (number | null)[], share: number): string {
  const sorted = values.map((value) => value ?? Number.POSITIVE_INFINITY).sort((a, b) => a - b);
  const value = sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))]!;
  return value === Number.POSITIVE_INFINITY ? "over 120" : String(value);
}

function table(trials: readonly Trial[]): string {
  const kinds = [...new Set(trials.map(({ kind }) => kind))];
  const header = ["N times", ...kinds.flatMap((kind) => (kind === "live" ? ["live ok", "ok and wrong"] : [kind]))];
  const rows = STRENGTHS.map((strength, index) => {
    const cells = kinds.flatMap((kind) => {
      const own = trials.filter((trial) => trial.kind === kind);
      const values = own.map((trial) => trial.values[index]!);
      const count = values.reduce<number>((sum, value) => sum + (value ?? 0), 0);
      if (kind === "start") return [`${minutesAt(values, 0.5)}, ${minutesAt(values, 0.9)} of ${own.length}`];
      if (kind !== "live") return [`${count} of ${own.length}`];
      const wrong = own.filter(({ wrongUpTo }) => (wrongUpTo ?? 0) > index).length;
      return [`${((100 * count) / own.length).toFixed(1)} % of ${own.length}`, String(wrong)];
    });
    return [String(strength), ...cells];
  });
  const line = (cells: readonly string[]): string => `| ${cells.join(" | ")} |`;
  return [line(header), line(header.map((_, index) => (index === 0 ? "---" : "--:"))), ...rows.map(line)].join("\n");
}

runCommand("bench:guard", () => {
  const options = optionValues(process.argv.slice(2), OPTIONS);
  if (options.help) return console.log(HELP);
  const wanted = options.trials.split(",");
  for (const name of wanted)
    if (!TRIALS.includes(name)) throw new UsageError(`--trials names ${name}: it lists ${TRIALS.join(", ")}`);
  const { dayFiles, prices } = openCorpus(
    corpusDirectory(options.corpus, process.env),
    options.days?.split(",") ?? null,
  );
  const trials = dayFiles.flatMap((file) => {
    const day = readDay(file);
    const own = [
      ...(wanted.includes("live") ? liveTrials(day, prices) : []),
      ...(wanted.includes("start") ? startTrials(day) : []),
      ...(["cold", "warm"] as const).flatMap((start) => (wanted.includes(start) ? attackTrials(day, start) : [])),
    ];
    if (options.json) for (const trial of own) console.log(JSON.stringify(trial));
    return own;
  });
  if (!options.json) console.log(table(trials));
});
