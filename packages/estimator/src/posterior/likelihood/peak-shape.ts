import type { PeakShape } from "./weights.ts";

/**
 * Shape of the peaks that decides which price it is: a core of 0.05 % and a tail of amounts that
 * are too large (fees on top). Measured on real blocks; narrower than on days, whose payments are
 * priced at many times.
 */
export const SHARP_SHAPE: PeakShape = {
  coreShare: 0.6,
  coreScale: 0.0005,
  shoulderShare: 0.27,
  shoulderScale: 0.0016,
  feeShare: 0.13,
  feeScale: 0.005,
};

/**
 * Share of a peak's amounts with ln(amount · price / round amount) below x: a sharp core (wallets
 * that use the current price), a broader shoulder (older or other prices), and a tail to the right
 * (the round amount plus a fee).
 */
export function peakShareBelow(x: number, shape: PeakShape): number {
  const fee = x <= 0 ? 0 : 1 - Math.exp(-x / shape.feeScale);
  return (
    shape.coreShare * laplaceShareBelow(x, shape.coreScale) +
    shape.shoulderShare * laplaceShareBelow(x, shape.shoulderScale) +
    shape.feeShare * fee
  );
}

/** The same within a cell around x. */
export function peakShareIn(x: number, width: number, shape: PeakShape): number {
  return peakShareBelow(x + width / 2, shape) - peakShareBelow(x - width / 2, shape);
}

/** Share of a Laplace distribution around 0 below x. */
export function laplaceShareBelow(x: number, scale: number): number {
  return x < 0 ? 0.5 * Math.exp(x / scale) : 1 - 0.5 * Math.exp(-x / scale);
}
