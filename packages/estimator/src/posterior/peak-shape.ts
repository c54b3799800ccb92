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

/** Share within ±halfWidth of a peak whose price moved by a Gaussian of deviation `spread` (natural log). */
export function peakShareWithin(halfWidth: number, spread: number, shape: PeakShape): number {
  let sum = 0;
  let total = 0;
  for (let step = -QUADRATURE_STEPS; step <= QUADRATURE_STEPS; step++) {
    const sigmas = (step / QUADRATURE_STEPS) * QUADRATURE_REACH;
    const weight = Math.exp(-0.5 * sigmas * sigmas);
    const shift = sigmas * spread;
    sum += weight * (peakShareBelow(halfWidth - shift, shape) - peakShareBelow(-halfWidth - shift, shape));
    total += weight;
  }
  return sum / total;
}

const QUADRATURE_STEPS = 200;
/** In standard deviations. */
const QUADRATURE_REACH = 4;

function laplaceShareBelow(x: number, scale: number): number {
  return x < 0 ? 0.5 * Math.exp(x / scale) : 1 - 0.5 * Math.exp(-x / scale);
}
