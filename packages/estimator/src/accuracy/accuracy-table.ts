import { describeValue, EstimatorError } from "../estimator-error.ts";
import { accuracyFigures, errorPct, movementFigures, reliability } from "./figures.ts";
import type { JudgedMoment } from "./judged.ts";

const FARTHEST_SHOWN = 5;

/**
 * Heading of the table: source of the estimates, and number of estimates that could not be judged.
 */
export interface TableHead {
  title: string;
  /** Follows the number of windows, e.g. `(2 more have no exchange price)`. */
  note: string;
}

/** The figures of judged moments as lines of text; the largest errors at the end. */
export function accuracyTable(head: TableHead, windows: readonly JudgedMoment[]): string {
  if (typeof head?.title !== "string" || typeof head.note !== "string")
    throw new EstimatorError("invalid_option", `head is ${describeValue(head)}: give { title, note }, both texts`);
  const { title, note } = head;
  const figures = accuracyFigures(windows);
  const lines = [
    title,
    `windows              ${figures.windows} ${note}`.trimEnd(),
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
    `half of it           ${pct(figures.half_width_pct)}`,
    `CRPS                 ${pct(figures.crps_pct)}`,
    ...movementLines(windows),
    ...reliabilityLines(windows),
    "farthest off:",
  ];
  const farthest = windows.filter((window) => window.estimate.price !== null);
  farthest.sort((a, b) => errorPct(b) - errorPct(a));
  for (const window of farthest.slice(0, FARTHEST_SHOWN)) lines.push(`  ${windowLine(window)}`);
  return lines.join("\n");
}

/** One row per range of the price's movement. */
function movementLines(windows: readonly JudgedMoment[]): string[] {
  const columns = ["windows", "median", "p90", "p99", "over 1", "over 2", "over 5", "ok", "ok wrong", "50 %", "80 %"];
  const header = [...columns, "90 %", "95 %", "half", "CRPS"].map((name) => name.padStart(9)).join("");
  const rows = movementFigures(windows).map(({ from_pct, to_pct, ...f }) => {
    const figures = [f.median_pct, f.p90_pct, f.p99_pct, f.over1_pct, f.over2_pct, f.over5_pct, f.ok_pct];
    const coverage = [f.coverage_50_pct, f.coverage_80_pct, f.coverage_90_pct, f.coverage_95_pct];
    const cells = [...figures, f.ok_over2_pct, ...coverage, f.half_width_pct, f.crps_pct];
    const text = cells.map((value) => (value === null ? "-" : value.toFixed(value >= 10 ? 1 : 3)).padStart(9)).join("");
    const range = to_pct === null ? `over ${from_pct} %` : `${from_pct} to ${to_pct} %`;
    return `  ${range.padEnd(11)}${String(f.windows).padStart(9)}${text}`;
  });
  return [
    "by movement of the price in the window, percent (coverage, half width and CRPS: of the windows with ok):",
    `  ${" ".repeat(11)}${header}`,
    ...rows,
  ];
}

function reliabilityLines(windows: readonly JudgedMoment[]): string[] {
  const rows = reliability(windows).map(({ from, answers, within_3_pct }) => {
    const share = answers === 0 ? "" : `  ${((100 * within_3_pct) / answers).toFixed(1)} %`;
    return `  ${from.toFixed(1)} to ${(from + 0.1).toFixed(1)}  ${String(answers).padStart(7)}${share}`;
  });
  return ["confidence, answers, within 3 % of the truth:", ...rows];
}

function windowLine(window: JudgedMoment): string {
  const { price, status, confidence, interval } = window.estimate;
  const range = interval === null ? "" : `, ${interval.low.toFixed(0)}…${interval.high.toFixed(0)}`;
  return `${window.label}  ${pct(errorPct(window))}  $${price!.toFixed(0)} against $${window.truthUsd.toFixed(0)}  ${status} (${confidence.toFixed(2)}${range})`;
}

function pct(value: number | null): string {
  return value === null ? "       -  " : `${value.toFixed(3).padStart(8)} %`;
}
