/** Written by fit/posterior.ts: run it again rather than change this. */
import type { PatternWeights } from "./pattern-weights.ts";

/** The days of the corpus that the common amounts, the shape and the interval were fitted to. */
export const FITTED_DAYS: readonly string[] = [
  "2024-01-06",
  "2024-01-24",
  "2024-02-08",
  "2024-02-23",
  "2024-03-11",
  "2024-03-28",
  "2024-04-22",
  "2024-05-07",
  "2024-05-22",
  "2024-06-06",
  "2024-06-21",
  "2024-07-06",
  "2024-07-21",
  "2024-08-05",
  "2024-08-20",
  "2024-09-04",
];

export const WEIGHTS: PatternWeights = {
  common: [
    { usd: 5, excess: 0.0667 },
    { usd: 10, excess: 0.1012 },
    { usd: 15, excess: 0.03986 },
    { usd: 20, excess: 0.07456 },
    { usd: 25, excess: 0.03816 },
    { usd: 30, excess: 0.05667 },
    { usd: 40, excess: 0.03783 },
    { usd: 50, excess: 0.07216 },
    { usd: 100, excess: 0.07591 },
    { usd: 150, excess: 0.03759 },
    { usd: 200, excess: 0.05092 },
    { usd: 300, excess: 0.0322 },
    { usd: 500, excess: 0.04512 },
    { usd: 1000, excess: 0.05078 },
  ],
  shape: {
    coreShare: 0.6538,
    coreScale: 0.0006358,
    shoulderShare: 0.2506,
    shoulderScale: 0.002963,
    feeShare: 0.09556,
    feeScale: 0.008039,
  },
  interval: {
    floor: 0.001701,
    perSpread: 0.1547,
    perSamplingError: 6.186,
  },
};
