/**
 * How exact the estimates are on a corpus of days with exchange prices:
 * `pnpm bench:accuracy --help`.
 */

import { accuracyFigures, accuracyTable, movementFigures, reliability } from "../src/accuracy.ts";
import { type AccuracyOptions, HELP, parseOptions } from "./accuracy/options.ts";
import { type JudgedWindow, judgeDay } from "./accuracy/windows.ts";
import { openCorpus, readDay } from "./corpus/corpus-days.ts";
import { runCommand } from "./corpus/run-command.ts";
import { UsageError } from "./corpus/usage-error.ts";

function measure(options: AccuracyOptions): void {
  const corpus = openCorpus(options.corpus, options.days);
  const windows: JudgedWindow[] = [];
  let withoutTruth = 0;
  let leftOut = 0;
  for (const file of corpus.dayFiles) {
    const judged = judgeDay(readDay(file), corpus.prices, options);
    windows.push(...judged.windows);
    withoutTruth += judged.withoutTruth;
    leftOut += judged.leftOut;
    if (options.each && judged.windows.length > 0) console.log(dayLine(judged.windows));
  }
  if (windows.length === 0)
    throw new UsageError(`${options.corpus}: no window can be judged, days/hourly.csv has none of the days' prices`);
  const figures = accuracyFigures(windows);
  if (options.json)
    console.log(
      JSON.stringify({
        ...figures,
        without_truth: withoutTruth,
        left_out: leftOut,
        by_movement: movementFigures(windows),
        reliability: reliability(windows),
      }),
    );
  else {
    const title = `engine ${options.engine}, ${options.mode}, window ${options.windowSeconds} s, ${corpus.dayFiles.length} days of ${options.corpus}`;
    const note = `(${withoutTruth} more have no exchange price, ${leftOut} were left out)`;
    console.log(accuracyTable({ title, note }, windows));
  }
}

function dayLine(windows: readonly JudgedWindow[]): string {
  const { median_pct, p90_pct, over1_pct, ok_pct, ok_over2_pct, interval_coverage_pct } = accuracyFigures(windows);
  return `${windows[0]!.day}  median ${pct(median_pct)}  p90 ${pct(p90_pct)}  over 1 % ${pct(over1_pct)}  ok ${pct(ok_pct)}  ok over 2 % ${pct(ok_over2_pct)}  interval holds ${pct(interval_coverage_pct)}`;
}

function pct(value: number | null): string {
  return value === null ? "       -  " : `${value.toFixed(3).padStart(8)} %`;
}

runCommand("bench:accuracy", () => {
  const options = parseOptions(process.argv.slice(2), process.env);
  if (options.help) console.log(HELP);
  else measure(options);
});
