import type { IntervalWeights } from "../src/posterior/pattern-weights.ts";
import { intervalHalfWidth } from "../src/posterior/publish-reading.ts";
import type { ReadWindow } from "./posterior-windows.ts";

const COVERAGE = 0.9;
const FLOORS = [0.0003, 0.0005, 0.0007, 0.0009, 0.0011];
const PER_SPREAD = [0.1, 0.2, 0.3, 0.4, 0.5];
const PER_SAMPLING_ERROR = [0, 1, 2, 4, 6, 8];

/**
 * The interval that holds the truth in 90 % of all `ok` windows and comes nearest to that in the windows of each length;
 * of a few dozen mixtures, since finer ones would fit the noise.
 */
export function fitInterval(windows: readonly ReadWindow[]): IntervalWeights {
  const judged = windows.filter(({ estimate }) => estimate.status === "ok");
  const lengths = [...new Set(judged.map(({ windowSeconds }) => windowSeconds))];
  let best: IntervalWeights | null = null;
  let least = Number.POSITIVE_INFINITY;
  for (const floor of FLOORS) {
    for (const perSpread of PER_SPREAD) {
      for (const perSamplingError of PER_SAMPLING_ERROR) {
        const mixture = { floor, perSpread, perSamplingError };
        const ratios = judged.map((window) => errorOf(window) / intervalHalfWidth(window.reading!, mixture));
        const scale = quantile(ratios, COVERAGE);
        const worst = Math.max(
          ...lengths.map((length) => {
            const held = ratios.filter((ratio, i) => judged[i]!.windowSeconds === length && ratio <= scale).length;
            const all = judged.filter(({ windowSeconds }) => windowSeconds === length).length;
            return Math.abs(held / all - COVERAGE);
          }),
        );
        if (worst < least) {
          least = worst;
          best = {
            floor: floor * scale,
            perSpread: perSpread * scale,
            perSamplingError: perSamplingError * scale,
          };
        }
      }
    }
  }
  return best!;
}

function errorOf({ estimate, truthUsd }: ReadWindow): number {
  return Math.abs(Math.log(estimate.price! / truthUsd));
}

function quantile(values: readonly number[], probability: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(probability * sorted.length))]!;
}
