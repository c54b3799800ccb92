/** The page docs/accuracy.md, from the output of `pnpm bench:accuracy --json`. */

/** Parameters of one run of the benchmark. */
export interface AccuracyRun {
  readonly engine: "posterior" | "reference";
  readonly mode: "live" | "cold";
  readonly windowSeconds: number;
}

/** The fields of the benchmark's JSON on the page. Percent, or counts. */
export interface AccuracyFigures {
  readonly windows: number;
  readonly no_price: number;
  readonly median_pct: number | null;
  readonly p90_pct: number | null;
  readonly p99_pct: number | null;
  readonly over1_pct: number | null;
  readonly over2_pct: number | null;
  readonly ok_pct: number | null;
  readonly ok_median_pct: number | null;
  readonly ok_p90_pct: number | null;
  readonly ok_over2_pct: number | null;
  readonly ok_mean_signed_pct: number | null;
  readonly interval_coverage_pct: number | null;
  readonly interval_width_pct: number | null;
}

/** The page's data, stored in docs/accuracy.json. */
export interface AccuracyRecord {
  /** Days of the benchmark, ascending. */
  readonly days: readonly string[];
  /** Days that the weights were fitted to, for the live and the cold estimate. */
  readonly fitted: { readonly tracking: readonly string[]; readonly posterior: readonly string[] };
  readonly runs: readonly { readonly asked: AccuracyRun; readonly figures: AccuracyFigures }[];
}

const percent = (value: number | null): string => (value === null ? "–" : `${value.toFixed(value < 1 ? 3 : 2)} %`);
const hours = (seconds: number): string => (seconds < 3600 ? `${seconds / 60} min` : `${seconds / 3600} h`);

function rows(
  record: AccuracyRecord,
  mode: AccuracyRun["mode"],
  cells: (figures: AccuracyFigures) => string[],
): string {
  return record.runs
    .filter(({ asked }) => asked.mode === mode)
    .map(({ asked, figures }) =>
      ["", `\`${asked.engine}\``, hours(asked.windowSeconds), String(figures.windows), ...cells(figures), ""]
        .join(" | ")
        .trim(),
    )
    .join("\n");
}

/** How many of the days were used for the fit, as text. */
export function seenDays(days: readonly string[], fitted: readonly string[]): string {
  const unseen = days.filter((day) => !fitted.includes(day));
  if (unseen.length === 0) return `all ${days.length} days: **every one of them was seen by the fit**`;
  return `${days.length - unseen.length} of the ${days.length} days; not seen by it: ${unseen.join(", ")}`;
}

/** The whole page. */
export function accuracyPage(record: AccuracyRecord): string {
  const [first, last] = [record.days[0] ?? "", record.days.at(-1) ?? ""];
  return `<!-- Made by docs/scripts/accuracy.ts from docs/accuracy.json, the output of \`pnpm bench:accuracy --json\`: run \`pnpm docs:accuracy\`. -->
# How exact it is

${record.days.length} days from ${first} to ${last}, against the hourly prices of an exchange. Each day's amounts are those of the payments in its blocks, with the blocks' times; between the round amounts they are drawn from one real mempool. So these are stand-ins for real days, made from real payments.

**What the fit has seen.** The weights of the live estimate were fitted to ${seenDays(record.days, record.fitted.tracking)}. Those of the estimate of a window alone were fitted to ${seenDays(record.days, record.fitted.posterior)}. On days that it has seen a model looks better than it is. What it does on days that its weights were not fitted to is in [how the live price is tracked](estimator-tracking.md#figures): each half of the days judged by weights of the other half; and even there the constants were set while looking at all of them. \`reference\` was fitted to none of these days by us.

## The live price

The window is fed a day in order and asked at every full hour from 03:00 to 24:00 UTC, as the service does it. Truth is the exchange's price at that moment.

| engine | window | hours | median error | p90 | p99 | over 2 % | status \`ok\` | over 2 % with \`ok\` | mean, signed | 90 % interval holds | its width |
|---|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|
${rows(record, "live", (f) => [percent(f.median_pct), percent(f.p90_pct), percent(f.p99_pct), percent(f.over2_pct), percent(f.ok_pct), percent(f.ok_over2_pct), percent(f.ok_mean_signed_pct), percent(f.interval_coverage_pct), percent(f.interval_width_pct)])}

## A window on its own

Each window alone, without memory, ending at the same hours. Truth is the exchange's price averaged over the window.

| engine | window | windows | no price | median error | p90 | over 2 % | status \`ok\` | median with \`ok\` | over 2 % with \`ok\` | 90 % interval holds |
|---|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|
${rows(record, "cold", (f) => [String(f.no_price), percent(f.median_pct), percent(f.p90_pct), percent(f.over2_pct), percent(f.ok_pct), percent(f.ok_median_pct), percent(f.ok_over2_pct), percent(f.interval_coverage_pct)])}

\`reference\` is UTXOracle v9.1 number for number. It has no error bar of its own and no way to say no, so no window of it is \`ok\` here; its errors over 2 % are mostly prices wrong by a factor of two.

## Run it yourself

\`\`\`sh
pnpm bench:accuracy --corpus DIR --mode live          # or --mode cold --window 3600, --engine reference, --each, --json
pnpm docs:accuracy                                    # all of the above, and this page
\`\`\`

\`DIR/days\` holds \`YYYY-MM-DD.csv.gz\` (\`unix_time,sats\`) and \`hourly.csv\`. Errors are absolute, in percent of the exchange's price; shares are of all windows, those with \`ok\` of the windows with that status; the interval's are of the windows with \`ok\`.
`;
}
