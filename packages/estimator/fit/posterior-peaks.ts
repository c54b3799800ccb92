import type { CorpusDay } from "../bench/corpus/corpus-days.ts";
import type { PeakShape } from "../src/posterior/likelihood/weights.ts";
import { isRoundBitcoin } from "../src/round-bitcoin.ts";
import { logPriceAt, type PricePath } from "./posterior-path.ts";

/**
 * Amounts within this of a round amount are fitted, natural log: the bands that are real in the
 * corpus, and no other's.
 */
const REACH = 0.04;
const ROUNDS = 300;

/** ln(amount · price / round amount) of all amounts around each round amount. */
export type Residuals = Map<number, number[]>;

export function addResiduals(residuals: Residuals, day: CorpusDay, path: PricePath): void {
  for (let i = 0; i < day.sats.length; i++) {
    const sats = day.sats[i]!;
    if (isRoundBitcoin(sats)) continue;
    const logUsd = Math.log(sats / 1e8) + logPriceAt(path, day.times[i]!);
    for (const [usd, list] of residuals) {
      const residual = logUsd - Math.log(usd);
      if (Math.abs(residual) < REACH) list.push(residual);
    }
  }
}

/**
 * Fits one shape for all peaks by expectation maximization: core, shoulder, fee tail and a flat
 * background, the latter with a share of its own at each round amount.
 */
export function fitPeaks(residuals: Residuals, start: PeakShape): PeakShape {
  let shape = start;
  let peakShares = new Map([...residuals.keys()].map((usd) => [usd, 0.5]));
  for (let round = 0; round < ROUNDS; round++) {
    const total = { core: 0, shoulder: 0, fee: 0, coreDistance: 0, shoulderDistance: 0, feeDistance: 0 };
    const next = new Map<number, number>();
    for (const [usd, list] of residuals) {
      const peakShare = peakShares.get(usd)!;
      let peak = 0;
      for (const x of list) {
        const core = peakShare * shape.coreShare * laplace(x, shape.coreScale);
        const shoulder = peakShare * shape.shoulderShare * laplace(x, shape.shoulderScale);
        const fee = x < 0 ? 0 : (peakShare * shape.feeShare * Math.exp(-x / shape.feeScale)) / shape.feeScale;
        const all = core + shoulder + fee + (1 - peakShare) / (2 * REACH);
        total.core += core / all;
        total.shoulder += shoulder / all;
        total.fee += fee / all;
        total.coreDistance += (core / all) * Math.abs(x);
        total.shoulderDistance += (shoulder / all) * Math.abs(x);
        total.feeDistance += (fee / all) * x;
        peak += (core + shoulder + fee) / all;
      }
      next.set(usd, peak / Math.max(1, list.length));
    }
    const sum = total.core + total.shoulder + total.fee;
    shape = {
      coreShare: total.core / sum,
      coreScale: total.coreDistance / total.core,
      shoulderShare: total.shoulder / sum,
      shoulderScale: total.shoulderDistance / total.shoulder,
      feeShare: total.fee / sum,
      feeScale: total.feeDistance / total.fee,
    };
    peakShares = next;
  }
  return shape;
}

function laplace(x: number, scale: number): number {
  return Math.exp(-Math.abs(x) / scale) / (2 * scale);
}
