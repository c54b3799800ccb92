import type { IntervalWeights } from "../src/posterior/likelihood/weights.ts";
import { intervalHalfWidth } from "../src/posterior/static-set/publish-set-estimate.ts";
import type { ReadWindow } from "./posterior-windows.ts";

const COVERAGE = 0.9;
const FLOORS = [0.0003, 0.0005, 0.0007, 0.0009, 0.0011];
const PER_SPREAD = [0.1, 0.2, 0.3, 0.4, 0.5];
const PER_SAMPLING_ERROR = [0, 1, 2, 4, 6, 8];

/**
 * The interval of a set without times; of a few dozen mixtures, since finer ones would fit the
 * noise.
 */
export function fitInterval(windows: readonly ReadWindow[]): IntervalWeights {
  const candidates = FLOORS.flatMap((floor) =>
    PER_SPREAD.flatMap((perSpread) =>
      PER_SAMPLING_ERROR.map((perSamplingError) => ({ floor, perSpread, perSamplingError })),
    ),
  );
  const judged = windows.filter(({ untimed }) => untimed.status === "ok");
  return bestScaled(candidates, (mixture) =>
    judged.map(({ untimed, truthUsd, reading, windowSeconds }) => ({
      windowSeconds,
      ratio: Math.abs(Math.log(untimed.price! / truthUsd)) / intervalHalfWidth(reading!, mixture),
    })),
  );
}

/** An error over the half width of an interval. */
interface JudgedInterval {
  readonly windowSeconds: number;
  readonly ratio: number;
}

/**
 * Scales each mixture so that its interval holds the truth in 90 % of all windows, and takes the
 * one that comes nearest to that in the windows of each length.
 */
function bestScaled<Mixture extends object>(
  candidates: readonly Mixture[],
  judge: (mixture: Mixture) => JudgedInterval[],
): Mixture {
  let best: Mixture | null = null;
  let least = Number.POSITIVE_INFINITY;
  for (const candidate of candidates) {
    const judged = judge(candidate);
    const scale = quantile(
      judged.map(({ ratio }) => ratio),
      COVERAGE,
    );
    const lengths = new Set(judged.map(({ windowSeconds }) => windowSeconds));
    const worst = Math.max(...[...lengths].map((length) => missesOf(judged, length, scale)));
    if (worst >= least) continue;
    least = worst;
    best = Object.fromEntries(Object.entries(candidate).map(([name, value]) => [name, value * scale])) as Mixture;
  }
  return best!;
}

/**
 * How far the share of windows of a length that a scaled interval holds is from what it should be.
 */
function missesOf(judged: readonly JudgedInterval[], length: number, scale: number): number {
  const ofLength = judged.filter(({ windowSeconds }) => windowSeconds === length);
  return Math.abs(ofLength.filter(({ ratio }) => ratio <= scale).length / ofLength.length - COVERAGE);
}

function quantile(values: readonly number[], probability: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(probability * sorted.length))]!;
}
