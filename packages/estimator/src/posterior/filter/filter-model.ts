/** Constants of the tracker; MODEL.md says how each was chosen. */
export const FILTER = {
  minPriceUsd: 100,
  maxPriceUsd: 10_000_000,
  /** Amounts of one minute of time are taken to be priced alike. */
  minuteSeconds: 60,
  /** Minutes to a slice, the step of the question "which price", at most; a short window has at least `leastSlices`. */
  sliceMinutes: 3,
  leastSlices: 9,

  coarse: {
    step: 0.002,
    reach: 0.014,
    spread: 0.001,
    background: 0.06,
    backgroundStep: 0.02,
    temper: 0.5,
    /** One exact amount counts in this many minutes of a slice at most. */
    repeats: 2,
    /** How far the price moves in ten minutes: mostly `near`, seldom `far`, hardly ever anywhere. */
    near: 0.003,
    far: 0.015,
    farShare: 0.1,
    uniform: 1e-4,
    clarity: { full: 0.5, weak: 0.3, none: 0.2 },
    /** A slice whose price is farther than this from the median of all was read at an alias, natural log. */
    sameLevel: 0.2,
    /** Slices leave by this many at a time, because all later ones must then be recomputed. */
    slicesForgotten: 10,
  },

  fine: {
    step: 0.0002,
    halfWidth: 0.06,
    localSpacing: 0.03,
    reach: 0.03,
    background: 0.02,
    temper: 0.5,
    memoryMinutes: 180,
    speeds: [0.0002, 0.0007, 0.0025],
    spreads: [0, 0.0006, 0.002],
    faster: 0.03,
    slower: 0.1,
    uniform: 1e-7,
    aheadMinutes: 1,
    noise: 0.0003,
    clarity: { full: 0.75, weak: 0.2, none: 0.05 },
  },
  /** Payments that come late, priced at what the price was. */
  late: { share: 0.1, memoryMinutes: 20, typicalStrength: 25, spread: 0.0005 },
  status: { leastEvidence: 0.1, okWithin: 0.02, okMass: 0.95, leastPeaks: 6, peakMargin: 1 },
  /** Which round amounts stand out: within `band` of the price over those from `flankFrom` to `flankTo` away. */
  census: {
    band: 0.004,
    flankFrom: 0.008,
    flankTo: 0.02,
    leastOutputs: 3,
    /** Amounts of a minute that are looked at, about. */
    mostOutputs: 1_000,
    sigmas: 4,
    /** A factor is an alias when it leads at least this many round amounts to another one. */
    sharedAmounts: 3,
  },
  /** Which other prices the payments rule out: see rival-prices.ts. Natural logs where no unit is named. */
  rivals: {
    /** Payments within this of a dollar amount belong to it. */
    band: 0.003,
    /** Payments between these two beside it show its background. */
    flankFrom: 0.008,
    flankTo: 0.02,
    /** A price nearer than this is the price itself. */
    near: 0.018,
    /** Spans that are looked at, slices up to now. */
    spans: [2, 4, 8, 16, 32, 64],
    /** The median amount is within this factor of this many dollars: $65 to $400 in real blocks of 2021 to 2025. */
    usualMedianUsd: 300,
    medianReach: 30,
    /** Payments that may be forged: this many, or this share of the longest span. */
    forgedPayments: 100,
    forgedShare: 0.01,
    /** The least popular that round amounts are, of their fitted popularity. The days of 2024 have half of it. */
    popularity: 0.35,
    /** A price is ruled out by this many nats … */
    nats: 4,
    /** … of which one dollar amount takes away this many at most: a pile at one amount is one actor's. */
    mostAgainst: 1.5,
    /** The background of a dollar amount is no more than this many times the fitted one: the rest may be forged. */
    mostBackground: 2,
  },
  /** Which prices the true one may have moved to while forged payments made the published one: see moving-rivals.ts. */
  movingRivals: {
    /** A path that ends nearer than this to the price is not wrong, natural log … */
    near: 0.02,
    /** … and none goes farther than this from it. */
    reach: 0.06,
    /** Slices whose amounts show the background. */
    pooledSlices: 4,
    /** The published price's mean move between slices is taken over this many of them, and is at least this. */
    speedSlices: 12,
    slowest: 0.0005,
    /** The rate of payments is at least this part of the published price's in the window, and of the fitted one. */
    rateShare: 0.8,
    leastRate: 0.25,
    /** Part of the payments of a price that still come after it has moved. */
    late: 0.5,
    /** A path is ruled out by this many nats, and this part of what forged payments can add to the expected ones … */
    nats: 4,
    forgedWeight: 0.5,
    /** … at the end of each of the last slices. */
    heldSlices: 6,
  },
  /**
   * The lead over an alias that its own payments would have at least if it were true, of all amounts. Measured: 0.0104 for
   * the best alias on the days of 2024, 0.013 for half the price by the fitted ladder.
   */
  alias: { leadShare: 0.0075, nats: 3 },
  /**
   * The interval's reach over that of the density: calm + perMovement · (mean move in `moveMinutes`, natural log), at most
   * `widest`. Fitted on days with even dates of the 39 of 2024 and 2025, judged on those with odd ones: MODEL.md.
   */
  interval: { moveMinutes: 30, memoryMinutes: 150, calm: 0.5, perMovement: 180, widest: 3 },
  evidenceMinutes: 30,
  /** Log-likelihoods of a weak pattern over those of a clear one. */
  weakTemper: 0.3,
};
