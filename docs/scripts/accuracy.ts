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
  /** Only in runs of the engine `posterior`. */
  readonly crps_pct?: number | null;
  readonly coverage_50_pct?: number | null;
  readonly coverage_80_pct?: number | null;
  readonly coverage_90_pct?: number | null;
  readonly coverage_95_pct?: number | null;
  readonly half_width_pct?: number | null;
  readonly by_movement?: readonly MovementFigures[];
  readonly reliability?: readonly ReliabilityRow[];
}

/** Figures of the windows in which the price moved at least `from_pct` and less than `to_pct`. */
export interface MovementFigures extends AccuracyFigures {
  readonly from_pct: number;
  readonly to_pct: number | null;
}

/** How often answers of one tenth of the confidence were right. */
interface ReliabilityRow {
  readonly from: number;
  readonly answers: number;
  readonly within_3_pct: number;
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

const name = ({ mode, windowSeconds }: AccuracyRun): string =>
  mode === "live" ? "live" : `alone, ${hours(windowSeconds)}`;
const short = (value: number | null | undefined): string =>
  value === null || value === undefined ? "–" : `${value.toFixed(value < 1 ? 3 : 1)}`;

const movement = ({ from_pct, to_pct }: MovementFigures): string =>
  to_pct === null ? `over ${from_pct} %` : `${from_pct}–${to_pct} %`;

function movementRows({ runs }: AccuracyRecord): string {
  return runs
    .flatMap(({ asked, figures }) =>
      (figures.by_movement ?? [])
        .filter(({ windows }) => windows > 0)
        .map((row) => {
          const coverage = [row.coverage_50_pct, row.coverage_80_pct, row.coverage_90_pct, row.coverage_95_pct];
          const cells = [row.median_pct, row.ok_pct, row.ok_over2_pct, ...coverage, row.half_width_pct, row.crps_pct];
          return `| ${[name(asked), movement(row), row.windows, ...cells.map(short)].join(" | ")} |`;
        }),
    )
    .join("\n");
}

function reliabilityRows({ runs }: AccuracyRecord): string {
  const withTable = runs.filter(({ figures }) => figures.reliability !== undefined);
  return Array.from({ length: 10 }, (_, tenth) => {
    if (withTable.every(({ figures }) => !figures.reliability?.[tenth]?.answers)) return [];
    const cells = withTable.map(({ figures }) => {
      const row = figures.reliability?.[tenth];
      if (row === undefined || row.answers === 0) return "–";
      return `${((100 * row.within_3_pct) / row.answers).toFixed(1)} % of ${row.answers}`;
    });
    return [`| ${(tenth / 10).toFixed(1)}–${((tenth + 1) / 10).toFixed(1)} | ${cells.join(" | ")} |`];
  })
    .flat()
    .join("\n");
}

/** Coverage of the live 90 % interval by movement, as a picture. */
export function coveragePicture(record: AccuracyRecord): string {
  const live = record.runs.find(({ asked }) => asked.mode === "live" && asked.engine === "posterior");
  const rows = (live?.figures.by_movement ?? []).filter(({ windows }) => windows > 0);
  const left = 60;
  const bottom = 220;
  const height = 180;
  const y = (value: number): number => bottom - (height * value) / 100;
  const bars = rows.map((row, index) => {
    const value = row.coverage_90_pct ?? 0;
    const x = left + 20 + 100 * index;
    return [
      `<rect x="${x}" y="${y(value).toFixed(1)}" width="60" height="${(bottom - y(value)).toFixed(1)}" fill="#f7931a"/>`,
      `<text x="${x + 30}" y="${(y(value) - 6).toFixed(1)}" text-anchor="middle">${value.toFixed(0)} %</text>`,
      `<text x="${x + 30}" y="${bottom + 16}" text-anchor="middle">${movement(row)}</text>`,
      `<text x="${x + 30}" y="${bottom + 32}" text-anchor="middle">${row.windows} hours</text>`,
    ].join("\n");
  });
  const width = left + 40 + 100 * rows.length;
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} 270" width="${width}" height="270" font-family="sans-serif" font-size="12" role="img" aria-label="Coverage of the live 90 % interval by how far the price moved in the window">
<rect width="${width}" height="270" fill="#ffffff"/>
${bars.join("\n")}
<line x1="${left}" x2="${width - 10}" y1="${y(90)}" y2="${y(90)}" stroke="#333333" stroke-dasharray="4 3"/>
<text x="${left - 6}" y="${y(90) + 4}" text-anchor="end">90 %</text>
<line x1="${left}" x2="${width - 10}" y1="${bottom}" y2="${bottom}" stroke="#333333"/>
<text x="${left}" y="20">Hours whose price lies in the live 90 % interval, by movement in three hours</text>
</svg>
`;
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

${record.days.length} days from ${first} to ${last}, against the hourly prices of an exchange. Each day's amounts are those of the payments in its blocks, with the blocks' times; between the round amounts they are drawn from one real mempool.

**What the fit has seen.** The weights were fitted to ${seenDays(record.days, record.fitted.posterior)}. On days that it has seen a model looks better than it is.

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

\`reference\` is UTXOracle v9.1. It has no error bar and no way to say no, so no window of it is \`ok\`; its errors over 2 % are mostly a factor of two.

## When the price moves

By how far the exchange's price moved in the hours of the window. In percent: median error, share of \`ok\`, of these over 2 %, how often the intervals of four levels hold the truth (of the answers with \`ok\`; other levels by the two-sided exponential distribution that fits the 90 % one), half the 90 % interval, and CRPS, the error of the whole distribution.

![Coverage of the live 90 % interval by movement](images/coverage.svg)

| mode | moved | windows | median | ok | ok wrong | 50 % | 80 % | 90 % | 95 % | half width | CRPS |
|---|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|
${movementRows(record)}

## Confidence

How often answers with that confidence were within 3 % of the truth.

| confidence | ${record.runs
    .filter(({ figures }) => figures.reliability !== undefined)
    .map(({ asked }) => name(asked))
    .join(" | ")} |
|---|${"--:|".repeat(record.runs.filter(({ figures }) => figures.reliability !== undefined).length)}
${reliabilityRows(record)}

## Run it yourself

\`\`\`sh
pnpm bench:accuracy --corpus DIR --mode live          # or --mode cold --window 3600, --engine reference, --each, --json
pnpm docs:accuracy                                    # all of the above, and this page
\`\`\`

\`DIR/days\` holds \`YYYY-MM-DD.csv.gz\` (\`unix_time,sats\`) and \`hourly.csv\`. Errors are absolute, in percent of the exchange's price; shares are of all windows, coverage of those with \`ok\`.
`;
}
