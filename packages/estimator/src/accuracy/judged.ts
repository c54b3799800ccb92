import type { PriceEstimate } from "../contracts.ts";
import { describeValue, EstimatorError } from "../estimator-error.ts";

/** An estimate and the true price. */
export interface JudgedAnswer {
  estimate: PriceEstimate;
  /** US dollars per bitcoin. */
  truthUsd: number;
}

/** An estimate of one moment and the true price. */
export interface JudgedMoment extends JudgedAnswer {
  /** Name of the moment in the table of the largest errors, e.g. `2024-03-11 14:00`. */
  label: string;
  /**
   * Movement of the true price in the window of the estimate: highest over lowest minus 1, percent.
   */
  movedPct: number;
}

/** @throws {EstimatorError} `invalid_option` that names the wrong entry */
export function checkAnswers(windows: unknown): void {
  if (!Array.isArray(windows)) refuse("windows", windows, "an array of { estimate, truthUsd }");
  windows.forEach((window, index) => {
    checkAnswer(window, `windows[${index}]`);
  });
}

/** @throws {EstimatorError} `invalid_option` that names the wrong field */
export function checkAnswer(answer: unknown, name: string): void {
  const { estimate, truthUsd } = (answer ?? {}) as Partial<JudgedAnswer>;
  if (typeof estimate !== "object" || estimate === null)
    refuse(`${name}.estimate`, estimate, "what an estimate function returned");
  if (!(typeof truthUsd === "number" && truthUsd > 0))
    refuse(`${name}.truthUsd`, truthUsd, "the true price in US dollars, above 0");
}

function refuse(name: string, value: unknown, expected: string): never {
  throw new EstimatorError("invalid_option", `${name} is ${describeValue(value)}: give ${expected}`);
}
