import { ImpliedDistribution } from "./implied-distribution.ts";
import { checkAnswer, checkAnswers, type JudgedAnswer, type JudgedMoment } from "./judged.ts";

/** The fields of the last line of `--json`; null if no window counts for a figure. */
export interface AccuracyFigures {
  windows: number;
  no_price: number;
  median_pct: number | null;
  p90_pct: number | null;
  p99_pct: number | null;
  over1_pct: number | null;
  over2_pct: number | null;
  over5_pct: number | null;
  ok_pct: number | null;
  ok_median_pct: number | null;
  ok_p90_pct: number | null;
  ok_p99_pct: number | null;
  ok_over1_pct: number | null;
  ok_over2_pct: number | null;
  ok_over5_pct: number | null;
  /** Mean signed error of the windows with status `ok`; positive: the estimate is too high. */
  ok_mean_signed_pct: number | null;
  interval_coverage_pct: number | null;
  /** Median of (high - low) / price of the windows with status `ok`. */
  interval_width_pct: number | null;
  /** Shares of the windows with status `ok` whose interval of that level holds the truth. */
  coverage_50_pct: number | null;
  coverage_80_pct: number | null;
  coverage_90_pct: number | null;
  coverage_95_pct: number | null;
  /** Median half width of the 90 % interval of the windows with status `ok`. */
  half_width_pct: number | null;
  /**
   * Mean continuous ranked probability score of the windows with status `ok`, percent of the price.
   */
  crps_pct: number | null;
}

/** Figures of the windows in which the price moved from `from_pct` to below `to_pct`. */
export interface MovementFigures extends AccuracyFigures {
  from_pct: number;
  to_pct: number | null;
}

/** Share of right answers for one tenth of the confidence scale. */
export interface ReliabilityRow {
  /** Start of the tenth; the last one includes 1. */
  from: number;
  answers: number;
  /** Share of answers within 3 % of the truth, whose probability the confidence is. */
  within_3_pct: number;
  mean_confidence: number | null;
}

const MOVEMENTS_PCT = [0, 0.5, 1, 2, 4] as const;

/**
 * Ranges of the price's movement within the window, percent: below 0.5, 0.5 to 1, 1 to 2, 2 to 4, 4
 * and more.
 */
export function movementFigures(windows: readonly JudgedMoment[]): MovementFigures[] {
  checkAnswers(windows);
  return MOVEMENTS_PCT.map((from_pct, index) => {
    const to_pct = MOVEMENTS_PCT[index + 1] ?? null;
    const within = windows.filter(({ movedPct }) => movedPct >= from_pct && (to_pct === null || movedPct < to_pct));
    return { from_pct, to_pct, ...accuracyFigures(within) };
  });
}

/** Reliability by tenths of the confidence, of all windows with a price. */
export function reliability(windows: readonly JudgedMoment[]): ReliabilityRow[] {
  checkAnswers(windows);
  return Array.from({ length: 10 }, (_, tenth) => {
    const within = windows.filter(
      ({ estimate }) => estimate.price !== null && Math.min(9, Math.floor(10 * estimate.confidence)) === tenth,
    );
    const sum = within.reduce((total, { estimate }) => total + estimate.confidence, 0);
    return {
      from: tenth / 10,
      answers: within.length,
      within_3_pct: within.filter((window) => errorPct(window) <= 3).length,
      mean_confidence: within.length === 0 ? null : rounded(sum / within.length),
    };
  });
}

/**
 * Figures of judged windows. Shares are of all windows; those that begin with `ok_` (except
 * `ok_pct`) and those of the interval are of the windows with status `ok`. Quantiles are of the
 * windows with a price, interpolated linearly.
 */
export function accuracyFigures(windows: readonly JudgedAnswer[]): AccuracyFigures {
  checkAnswers(windows);
  const priced = windows.filter((window) => window.estimate.price !== null);
  const ok = priced.filter((window) => window.estimate.status === "ok");
  const errors = priced.map(errorPct).sort(ascending);
  const okErrors = ok.map(errorPct).sort(ascending);
  const withInterval = ok.filter((window) => window.estimate.interval !== null);
  const holdsTruth = withInterval.filter(
    ({ estimate, truthUsd }) => estimate.interval!.low <= truthUsd && truthUsd <= estimate.interval!.high,
  );
  const widths = withInterval
    .map(({ estimate }) => ((estimate.interval!.high - estimate.interval!.low) / estimate.price!) * 100)
    .sort(ascending);
  const implied = withInterval.map(({ estimate, truthUsd }) => ({
    answer: new ImpliedDistribution(estimate.price!, estimate.interval!),
    truthUsd,
  }));
  const signed = ok.map(({ estimate, truthUsd }) => (estimate.price! / truthUsd - 1) * 100);
  return {
    windows: windows.length,
    no_price: windows.length - priced.length,
    median_pct: quantile(errors, 0.5),
    p90_pct: quantile(errors, 0.9),
    p99_pct: quantile(errors, 0.99),
    over1_pct: sharePct(countOver(errors, 1), windows.length),
    over2_pct: sharePct(countOver(errors, 2), windows.length),
    over5_pct: sharePct(countOver(errors, 5), windows.length),
    ok_pct: sharePct(ok.length, windows.length),
    ok_median_pct: quantile(okErrors, 0.5),
    ok_p90_pct: quantile(okErrors, 0.9),
    ok_p99_pct: quantile(okErrors, 0.99),
    ok_over1_pct: sharePct(countOver(okErrors, 1), ok.length),
    ok_over2_pct: sharePct(countOver(okErrors, 2), ok.length),
    ok_over5_pct: sharePct(countOver(okErrors, 5), ok.length),
    ok_mean_signed_pct: signed.length === 0 ? null : rounded(signed.reduce((sum, x) => sum + x, 0) / signed.length),
    interval_coverage_pct: sharePct(holdsTruth.length, withInterval.length),
    interval_width_pct: quantile(widths, 0.5),
    coverage_50_pct: coveragePct(implied, 0.5),
    coverage_80_pct: coveragePct(implied, 0.8),
    coverage_90_pct: coveragePct(implied, 0.9),
    coverage_95_pct: coveragePct(implied, 0.95),
    half_width_pct: quantile(
      widths.map((width) => width / 2),
      0.5,
    ),
    crps_pct:
      implied.length === 0
        ? null
        : rounded(implied.reduce((sum, { answer, truthUsd }) => sum + answer.crpsPct(truthUsd), 0) / implied.length),
  };
}

function coveragePct(
  implied: readonly { readonly answer: ImpliedDistribution; readonly truthUsd: number }[],
  level: number,
): number | null {
  return sharePct(implied.filter(({ answer, truthUsd }) => answer.holds(truthUsd, level)).length, implied.length);
}

/** Distance of the estimate from the truth in percent of the truth. */
export function errorPct(answer: JudgedAnswer): number {
  checkAnswer(answer, "answer");
  const { estimate, truthUsd } = answer;
  return Math.abs((estimate.price as number) / truthUsd - 1) * 100;
}

function ascending(a: number, b: number): number {
  return a - b;
}

function countOver(errors: readonly number[], limit: number): number {
  return errors.filter((error) => error > limit).length;
}

function sharePct(count: number, all: number): number | null {
  return all === 0 ? null : rounded((100 * count) / all);
}

function quantile(sorted: readonly number[], share: number): number | null {
  if (sorted.length === 0) return null;
  const place = share * (sorted.length - 1);
  const below = Math.floor(place);
  const lower = sorted[below] as number;
  const upper = sorted[Math.min(below + 1, sorted.length - 1)] as number;
  return rounded(lower + (place - below) * (upper - lower));
}

function rounded(value: number): number {
  return Math.round(value * 1e4) / 1e4;
}
