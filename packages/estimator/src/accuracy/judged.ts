import type { PriceEstimate } from "../contracts.ts";

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
  /** Movement of the true price in the window of the estimate: highest over lowest minus 1, percent. */
  movedPct: number;
}
