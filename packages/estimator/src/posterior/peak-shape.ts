import type { PeakShape } from "./pattern-weights.ts";

/**
 * Share of a peak's amounts with ln(amount · price / round amount) below x. A sharp core (wallets that read the price of
 * the moment), a broader shoulder (older or other prices) and a tail to the right only: the round amount plus a fee.
 */
export function peakShareBelow(x: number, shape: PeakShape): number {
  const fee = x <= 0 ? 0 : 1 - Math.exp(-x / shape.feeScale);
  return (
    shape.coreShare * laplaceShareBelow(x, shape.coreScale) +
    shape.shoulderShare * laplaceShareBelow(x, shape.shoulderScale) +
    shape.feeShare * fee
  );
}

function laplaceShareBelow(x: number, scale: number): number {
  return x < 0 ? 0.5 * Math.exp(x / scale) : 1 - 0.5 * Math.exp(-x / scale);
}
