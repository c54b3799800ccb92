/**
 * Figures of estimates against known prices: errors, calibration of interval and confidence.
 *
 * @module @utxoracle/estimator/accuracy
 */

export { accuracyTable, type TableHead } from "./accuracy/accuracy-table.ts";
export { aliasRatio } from "./accuracy/alias-ratio.ts";
export {
  type AccuracyFigures,
  accuracyFigures,
  errorPct,
  type MovementFigures,
  movementFigures,
  type ReliabilityRow,
  reliability,
} from "./accuracy/figures.ts";
export type { JudgedAnswer, JudgedMoment } from "./accuracy/judged.ts";
