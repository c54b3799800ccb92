import type { JudgedWindow } from "./windows.ts";

/** The fields of the last line of `--json`; null where there is nothing to take a figure of. */
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
  /** Mean of the signed errors of the windows with status `ok`: positive reads high. */
  ok_mean_signed_pct: number | null;
  interval_coverage_pct: number | null;
  /** Median of (high - low) / price over the windows with status `ok`. */
  interval_width_pct: number | null;
}

/**
 * Figures of judged windows. Shares are of all windows, those that begin with `ok_` (but `ok_pct`) and the interval's
 * of the windows with status `ok`; quantiles are over the windows that have a price (linear between neighbours).
 */
export function accuracyFigures(windows: readonly JudgedWindow[]): AccuracyFigures {
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
  };
}

/** Distance of the estimate from the truth in per cent of the truth. */
export function errorPct({ estimate, truthUsd }: JudgedWindow): number {
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
