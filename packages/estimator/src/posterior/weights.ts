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
    { usd: 5, excess: 0.06667 },
    { usd: 10, excess: 0.1012 },
    { usd: 15, excess: 0.03989 },
    { usd: 20, excess: 0.07466 },
    { usd: 25, excess: 0.03818 },
    { usd: 30, excess: 0.05676 },
    { usd: 40, excess: 0.03786 },
    { usd: 50, excess: 0.07222 },
    { usd: 100, excess: 0.07603 },
    { usd: 150, excess: 0.03762 },
    { usd: 200, excess: 0.05094 },
    { usd: 300, excess: 0.0322 },
    { usd: 500, excess: 0.04516 },
    { usd: 1000, excess: 0.05083 },
  ],
  occasional: [
    { usd: 1, excess: 0.024 },
    { usd: 6, excess: 0.01042 },
    { usd: 35, excess: 0.009672 },
    { usd: 45, excess: 0.00594 },
    { usd: 60, excess: 0.01034 },
    { usd: 80, excess: 0.008954 },
    { usd: 350, excess: 0.009283 },
    { usd: 400, excess: 0.01187 },
    { usd: 700, excess: 0.006933 },
    { usd: 800, excess: 0.007249 },
    { usd: 3000, excess: 0.006026 },
    { usd: 8000, excess: 0.01003 },
    { usd: 10000, excess: 0.006698 },
  ],
  shape: {
    coreShare: 0.6545,
    coreScale: 0.0006366,
    shoulderShare: 0.2504,
    shoulderScale: 0.002984,
    feeShare: 0.09517,
    feeScale: 0.008042,
  },
  interval: {
    floor: 0.001681,
    perSpread: 0.1528,
    perSamplingError: 6.112,
  },
};
