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

/** The sets that the occasional amounts were fitted to. */
export const FITTED_SETS: readonly string[] = ["mempool/2024-03-14", "blocks/702861"];

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
  occasional: [
    { usd: 1, excess: 0.024 },
    { usd: 6, excess: 0.00978 },
    { usd: 35, excess: 0.00878 },
    { usd: 45, excess: 0.005707 },
    { usd: 60, excess: 0.01095 },
    { usd: 80, excess: 0.008418 },
    { usd: 350, excess: 0.008483 },
    { usd: 400, excess: 0.01248 },
    { usd: 700, excess: 0.007791 },
    { usd: 800, excess: 0.005924 },
    { usd: 3000, excess: 0.007303 },
    { usd: 8000, excess: 0.01003 },
    { usd: 10000, excess: 0.006353 },
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
  pathInterval: {
    floor: 0.001526,
    perDeviation: 0.339,
  },
};
