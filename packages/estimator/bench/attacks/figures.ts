import type { AttackResult } from "./attack.ts";

/** Figures of several attacks. */
export interface AttackFigures {
  readonly attacks: number;
  /** Median number of forged payments. */
  readonly forged: number;
  /** Largest distance from the estimate without the attack, percent: median and worst. */
  readonly moved_median_pct: number;
  readonly moved_worst_pct: number;
  /** Attacks with an answer that was `ok` and more than 2 % off. */
  readonly ok_wrong: number;
  /**
   * Minutes from the attack's end until the answer stays right: median and worst; null: not within
   * an hour.
   */
  readonly recovery_median_minutes: number | null;
  readonly recovery_worst_minutes: number | null;
}

export function attackFigures(results: readonly AttackResult[]): AttackFigures {
  const moved = results.map((result) => 100 * result.moved).sort((a, b) => a - b);
  const recovery = results
    .map(({ recoveryMinutes }) => recoveryMinutes ?? Number.POSITIVE_INFINITY)
    .sort((a, b) => a - b);
  const forged = results.map((result) => result.forged).sort((a, b) => a - b);
  const middle = results.length >> 1;
  const minutes = (value: number): number | null => (value === Number.POSITIVE_INFINITY ? null : value);
  return {
    attacks: results.length,
    forged: forged[middle]!,
    moved_median_pct: rounded(moved[middle]!),
    moved_worst_pct: rounded(moved.at(-1)!),
    ok_wrong: results.filter(({ okWrong }) => okWrong).length,
    recovery_median_minutes: minutes(recovery[middle]!),
    recovery_worst_minutes: minutes(recovery.at(-1)!),
  };
}

function rounded(value: number): number {
  return Math.round(value * 1000) / 1000;
}
