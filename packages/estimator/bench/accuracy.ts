/** How exact the estimates are on a corpus of days with exchange prices: `pnpm bench:accuracy --help`. */

import { type AccuracyFigures, accuracyFigures, errorPct } from "./accuracy/figures.ts";
import { type AccuracyOptions, HELP, parseOptions } from "./accuracy/options.ts";
import { type JudgedWindow, judgeDay } from "./accuracy/windows.ts";
import { openCorpus, readDay } from "./corpus/corpus-days.ts";
import { runCommand } from "./corpus/run-command.ts";
import { UsageError } from "./corpus/usage-error.ts";

const FARTHEST_SHOWN = 5;

function measure(options: AccuracyOptions): void {
  const corpus = openCorpus(options.corpus, options.days);
  const windows: JudgedWindow[] = [];
  let withoutTruth = 0;
  for (const file of corpus.dayFiles) {
    const judged = judgeDay(readDay(file), corpus.prices, options);
    windows.push(...judged.windows);
    withoutTruth += judged.withoutTruth;
    if (options.each && judged.windows.length > 0) console.log(dayLine(judged.windows));
  }
  if (windows.length === 0)
    throw new UsageError(`${options.corpus}: no window can be judged, days/hourly.csv has none of the days' prices`);
  const figures = accuracyFigures(windows);
  if (options.json) console.log(JSON.stringify({ ...figures, without_truth: withoutTruth }));
  else console.log(report(options, corpus.dayFiles.length, windows, figures, withoutTruth));
}

function dayLine(windows: readonly JudgedWindow[]): string {
  const { median_pct, p90_pct, over1_pct, ok_pct, ok_over2_pct, interval_coverage_pct } = accuracyFigures(windows);
  return `${windows[0]!.day}  median ${pct(median_pct)}  p90 ${pct(p90_pct)}  over 1 % ${pct(over1_pct)}  ok ${pct(ok_pct)}  ok over 2 % ${pct(ok_over2_pct)}  interval holds ${pct(interval_coverage_pct)}`;
}

function report(
  options: AccuracyOptions,
  days: number,
  windows: readonly JudgedWindow[],
  figures: AccuracyFigures,
  withoutTruth: number,
): string {
  const lines = [
    `engine ${options.engine}, ${options.mode}, window ${options.windowSeconds} s, ${days} days of ${options.corpus}`,
    `windows              ${figures.windows}${withoutTruth > 0 ? ` (${withoutTruth} more have no exchange price)` : ""}`,
    `without a price      ${figures.no_price}`,
    "                     all          status ok",
    `median error         ${pct(figures.median_pct)}   ${pct(figures.ok_median_pct)}`,
    `p90                  ${pct(figures.p90_pct)}   ${pct(figures.ok_p90_pct)}`,
    `p99                  ${pct(figures.p99_pct)}   ${pct(figures.ok_p99_pct)}`,
    `over 1 %             ${pct(figures.over1_pct)}   ${pct(figures.ok_over1_pct)}`,
    `over 2 %             ${pct(figures.over2_pct)}   ${pct(figures.ok_over2_pct)}`,
    `over 5 %             ${pct(figures.over5_pct)}   ${pct(figures.ok_over5_pct)}`,
    `mean signed error                 ${pct(figures.ok_mean_signed_pct)}`,
    `status ok            ${pct(figures.ok_pct)}`,
    `90 % interval holds               ${pct(figures.interval_coverage_pct)}`,
    `interval's width                  ${pct(figures.interval_width_pct)}`,
    "farthest off:",
  ];
  const farthest = windows.filter((window) => window.estimate.price !== null);
  farthest.sort((a, b) => errorPct(b) - errorPct(a));
  for (const window of farthest.slice(0, FARTHEST_SHOWN)) lines.push(`  ${windowLine(window)}`);
  return lines.join("\n");
}

function windowLine(window: JudgedWindow): string {
  const { price, status, confidence, interval } = window.estimate;
  const range = interval === null ? "" : `, ${interval.low.toFixed(0)}…${interval.high.toFixed(0)}`;
  const end = `${window.day} ${String(window.hour).padStart(2, "0")}:00`;
  return `${end}  ${pct(errorPct(window))}  $${price!.toFixed(0)} against $${window.truthUsd.toFixed(0)}  ${status} (${confidence.toFixed(2)}${range})`;
}

function pct(value: number | null): string {
  return value === null ? "       -  " : `${value.toFixed(3).padStart(8)} %`;
}

runCommand("bench:accuracy", () => {
  const options = parseOptions(process.argv.slice(2), process.env);
  if (options.help) console.log(HELP);
  else measure(options);
});
