/**
 * Fits the weights of the posterior model to real payments and writes
 * src/posterior/likelihood/weights.json:
 *
 *     node --conditions=@utxoracle/source --import tsx packages/estimator/fit/posterior.ts [--folds]
 *
 * With `--folds` it fits on every other day, reports on the rest, then swaps, and writes nothing.
 */
import { writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { corpusDirectory } from "@utxoracle/testkit";
import { type CorpusDay, openCorpus, readDay } from "../bench/corpus/corpus-days.ts";
import { accuracyFigures } from "../src/accuracy.ts";
import { LADDER } from "../src/posterior/likelihood/ladder.ts";
import type { PatternWeights, PeakShape } from "../src/posterior/likelihood/weights.ts";
import { COMMON_USD } from "./ladder-counts.ts";
import { fitInterval } from "./posterior-interval.ts";
import { pricePath } from "./posterior-path.ts";
import { addResiduals, fitPeaks, type Residuals } from "./posterior-peaks.ts";
import { readWindows, WINDOW_SECONDS } from "./posterior-windows.ts";

/**
 * A crash of 15 %: no path of five-minute slots follows it. Left out of the shape, kept for the
 * interval.
 */
const NOT_FOR_THE_SHAPE = "2024-08-05";

const SIGNIFICANT_DIGITS = 4;

/** What the fit starts from: a peak of about a third of a percent. */
const START_SHAPE: PeakShape = {
  coreShare: 0.5,
  coreScale: 0.001,
  shoulderShare: 0.4,
  shoulderScale: 0.004,
  feeShare: 0.1,
  feeScale: 0.01,
};
const START: PatternWeights = {
  shape: START_SHAPE,
  interval: { floor: 0.002, perSpread: 0.2, perSamplingError: 5 },
};

const { values: options } = parseArgs({ options: { folds: { type: "boolean", default: false } } });
const corpus = openCorpus(corpusDirectory, null);
const days = corpus.dayFiles.map(readDay);

if (options.folds) {
  const even = days.filter((_, i) => i % 2 === 0);
  const odd = days.filter((_, i) => i % 2 === 1);
  report(fit(even), even, odd);
  report(fit(odd), odd, even);
} else {
  const weights = fit(days);
  const file = fileURLToPath(new URL("../src/posterior/likelihood/weights.json", import.meta.url));
  writeFileSync(file, `${JSON.stringify({ days: namesOf(days), weights }, rounded, 2)}\n`);
  console.log(`written: ${file}; format it by pnpm format`);
}

function fit(fitDays: readonly CorpusDay[]): PatternWeights {
  let weights = START;
  for (const round of ["from a wide shape", "from what that found"]) {
    const residuals: Residuals = new Map(COMMON_USD.map((usd) => [usd, []]));
    const withStart = { weights, ladder: LADDER };
    for (const day of fitDays) {
      if (day.name !== NOT_FOR_THE_SHAPE) addResiduals(residuals, day, pricePath(day, withStart, COMMON_USD));
    }
    weights = { ...weights, shape: fitPeaks(residuals, weights.shape) };
    console.log(`peaks fitted ${round}: core ${(weights.shape.coreScale * 100).toFixed(4)} %`);
  }
  const fitted = { weights, ladder: LADDER };
  const windows = fitDays.flatMap((day) =>
    WINDOW_SECONDS.flatMap((seconds) => readWindows(day, corpus.prices, fitted, seconds)),
  );
  return { ...weights, interval: fitInterval(windows) };
}

function report(weights: PatternWeights, fitDays: readonly CorpusDay[], otherDays: readonly CorpusDay[]): void {
  const fitted = { weights, ladder: LADDER };
  console.log(`\nfitted on ${namesOf(fitDays).join(" ")}\njudged on ${namesOf(otherDays).join(" ")}`);
  for (const seconds of WINDOW_SECONDS) {
    const windows = otherDays.flatMap((day) => readWindows(day, corpus.prices, fitted, seconds));
    const figures = accuracyFigures(windows);
    console.log(
      `${String(seconds).padStart(6)} s: ${figures.windows} windows, median ${figures.median_pct} %, p90 ${figures.p90_pct} %,` +
        ` ok ${figures.ok_pct} %, of these over 2 % ${figures.ok_over2_pct} %, interval holds ${figures.interval_coverage_pct} %`,
    );
  }
}

/** Replaces a number in JSON by one with few digits. */
function rounded(_: string, value: unknown): unknown {
  return typeof value === "number" ? Number(value.toPrecision(SIGNIFICANT_DIGITS)) : value;
}

function namesOf(some: readonly CorpusDay[]): string[] {
  return some.map(({ name }) => name);
}
