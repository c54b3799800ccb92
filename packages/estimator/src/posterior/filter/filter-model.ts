/** Constants of the live filter; MODEL.md says how they were chosen. */
export const FILTER = {
  minPriceUsd: 100,
  maxPriceUsd: 10_000_000,
  /** Amounts of one minute count as priced at the same time. */
  minuteSeconds: 60,
  /** Maximum minutes of a slice of the coarse filter; a short window has at least `leastSlices`. */
  sliceMinutes: 3,
  leastSlices: 9,

  coarse: {
    step: 0.002,
    reach: 0.014,
    spread: 0.001,
    background: 0.06,
    backgroundStep: 0.02,
    temper: 0.5,
    /** Maximum number of minutes of a slice in which one exact amount counts. */
    repeats: 2,
    /** Movement of the price in ten minutes: mostly `near`, sometimes `far`, rarely anywhere. */
    near: 0.003,
    far: 0.015,
    farShare: 0.1,
    uniform: 1e-4,
    clarity: { full: 0.5, weak: 0.3, none: 0.2 },
    /**
     * A slice whose price is farther than this from the median of all was at an alias, natural log.
     */
    sameLevel: 0.2,
    /** Slices are dropped this many at a time, because all later ones must be recomputed then. */
    slicesForgotten: 10,
  },

  /** Lengths are natural logs of the price, slices of time are minutes. */
  fine: {
    /** Cell of the grid, its reach from the center, and the distance of centers. */
    step: 0.0002,
    halfWidth: 0.06,
    localSpacing: 0.03,
    /** Reach of a peak, sigma of the background below it, and power of the likelihood. */
    reach: 0.03,
    background: 0.02,
    temper: 0.5,
    memoryMinutes: 180,
    /** Mean movement of the price from slice to slice at each speed, slowest first. */
    speeds: [0.0002, 0.0007, 0.0025],
    /** Widening of a slice's peaks by the movement of the price, for each speed. */
    spreads: [0, 0.0006, 0.002],
    /** Probabilities of the next faster and slower speed in the next slice. */
    faster: 0.03,
    slower: 0.1,
    /** Probability of a jump to anywhere in the next slice: no path is impossible. */
    uniform: 1e-7,
    /** Mean distance of an exchange's price from the prices people use. */
    noise: 0.0003,
    clarity: { full: 0.75, weak: 0.2, none: 0.05 },
  },
  /** Payments that arrive late, at an earlier price. */
  late: { share: 0.1, memoryMinutes: 20, typicalStrength: 25, spread: 0.0005 },
  status: { leastEvidence: 0.1, okWithin: 0.02, okMass: 0.95, leastPeaks: 6, peakMargin: 1 },
  /**
   * Round amounts that stand out: amounts within `band` against those from `flankFrom` to `flankTo`
   * away.
   */
  census: {
    band: 0.004,
    flankFrom: 0.008,
    flankTo: 0.02,
    leastOutputs: 3,
    /** Approximate number of amounts of a minute that are examined. */
    mostOutputs: 1_000,
    sigmas: 4,
    /** A factor is an alias if it maps at least this many round amounts to other ones. */
    sharedAmounts: 3,
  },
  /** Other prices that the payments rule out, see rival-prices.ts. Natural logs unless stated. */
  rivals: {
    /** Maximum distance of a payment from its dollar amount. */
    band: 0.003,
    /** Distances between which payments show the background. */
    flankFrom: 0.008,
    flankTo: 0.02,
    /** Minimum distance of another price. */
    near: 0.018,
    /** Examined spans, in slices up to now. */
    spans: [2, 4, 8, 16, 32, 64],
    /**
     * The median amount is within a factor of a number of dollars: $65 to $400 in real blocks of
     * 2021 to 2025.
     */
    usualMedianUsd: 300,
    medianReach: 30,
    /** Payments that may be forged: a number, or a share of the longest span. */
    forgedPayments: 100,
    forgedShare: 0.01,
    /**
     * Minimum popularity of round amounts relative to the fitted one. The days of 2024 have half of
     * it.
     */
    popularity: 0.35,
    /** Evidence that rules out a price, nats. */
    nats: 4,
    /**
     * Maximum evidence for a price from one dollar amount, nats: a pile at one amount is one
     * actor's.
     */
    mostAgainst: 1.5,
    /** Maximum background of a dollar amount relative to the fitted one: the rest may be forged. */
    mostBackground: 2,
  },
  /**
   * Prices to which the true one may have moved while forged payments made the published one, see
   * moving-rivals.ts.
   */
  movingRivals: {
    /** Minimum distance from the price at which a path ends, natural log: nearer is not wrong. */
    near: 0.02,
    /** Maximum distance of a path from the price, natural log. */
    reach: 0.06,
    /** Number of slices whose amounts show the background. */
    pooledSlices: 4,
    /** Number of slices for the published price's mean movement, and its minimum, natural log. */
    speedSlices: 12,
    slowest: 0.0005,
    /**
     * Minimum rate of payments: a share of the published price's rate in the window, and of the
     * fitted rate.
     */
    rateShare: 0.8,
    leastRate: 0.25,
    /** Share of a price's payments that still arrive after it has moved. */
    late: 0.5,
    /**
     * Evidence that rules out a path: nats, and a share of what forged payments can add to the
     * expected ones.
     */
    nats: 4,
    forgedWeight: 0.5,
    /** Number of last slices in each of which it must be ruled out. */
    heldSlices: 6,
  },
  /**
   * Minimum lead of a true price over its alias, as a share of all amounts. Measured: 0.0104 for
   * the best alias on the days of 2024, 0.013 for half the price by the fitted ladder.
   */
  alias: {
    leadShare: 0.0075,
    nats: 3,
    /**
     * Added to the payments that may be forged while the window is young: a number, and a share of
     * the amounts it lacks.
     */
    young: {
      payments: 200,
      share: 0.0025,
      /**
       * Longest pause without payments that counts as observed: 95 % of blocks come sooner (mean 10
       * minutes).
       */
      pauseMinutes: 30,
    },
  },
  /**
   * Width of the interval over that of the density: calm + perMovement · (mean movement in
   * `moveMinutes`, natural log), at most `widest`. Fitted on the even dates of 39 days of 2024 and
   * 2025, judged on the odd ones: MODEL.md.
   */
  interval: { moveMinutes: 30, memoryMinutes: 150, calm: 0.5, perMovement: 180, widest: 3 },
  evidenceMinutes: 30,
  /** Log-likelihoods of a weak pattern relative to those of a clear one. */
  weakTemper: 0.3,
};
