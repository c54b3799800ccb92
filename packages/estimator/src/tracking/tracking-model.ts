/** Constants of the tracker; docs/estimator-tracking.md says how each was chosen. */
export const TRACKING = {
  minPriceUsd: 1_000,
  maxPriceUsd: 10_000_000,
  /** Amounts of one slice of time are taken to be priced alike. */
  sliceSeconds: 60,
  /** Slices to a block, the step of the question "which price", at most; a short window has at least `leastBlocks`. */
  blockSlices: 3,
  leastBlocks: 9,

  coarse: {
    step: 0.002,
    reach: 0.014,
    spread: 0.001,
    background: 0.06,
    backgroundStep: 0.02,
    temper: 0.5,
    /** One exact amount counts in this many slices of a block at most. */
    repeats: 2,
    /** How far the price moves in ten minutes: mostly `near`, seldom `far`, hardly ever anywhere. */
    near: 0.003,
    far: 0.015,
    farShare: 0.1,
    uniform: 1e-4,
    clarity: { full: 0.5, weak: 0.3, none: 0.2 },
    /** Blocks are forgotten by this many at a time, for then all that follows is computed anew. */
    blocksForgotten: 10,
  },

  fine: {
    step: 0.0002,
    halfWidth: 0.06,
    tileSpacing: 0.03,
    reach: 0.03,
    background: 0.02,
    temper: 0.5,
    memorySlices: 180,
    speeds: [0.0002, 0.0007, 0.0025],
    spreads: [0, 0.0006, 0.002],
    faster: 0.03,
    slower: 0.1,
    uniform: 1e-7,
    aheadSlices: 1,
    noise: 0.0003,
    clarity: { full: 0.75, weak: 0.2, none: 0.05 },
  },
  /** Payments that come late, priced at what the price was. */
  late: { share: 0.1, memorySlices: 20, typicalStrength: 25, spread: 0.0005 },
  status: { leastEvidence: 0.1, okWithin: 0.02, okMass: 0.9, leastPeaks: 6, peakMargin: 1 },
  /** Which round amounts stand out: within `band` of the price over those from `flankFrom` to `flankTo` away. */
  census: {
    band: 0.004,
    flankFrom: 0.008,
    flankTo: 0.02,
    leastOutputs: 3,
    /** Amounts of a slice that are looked at, about. */
    mostOutputs: 300,
    sigmas: 4,
    /** A factor is an alias when it leads at least this many round amounts to another one. */
    sharedAmounts: 3,
  },
  /**
   * A window too young for `earlier` needs so many more outputs at its price than at any other, and than at any alias: what
   * so many forged payments could have made is not `ok`. The other price is looked for farther than `reach` away.
   */
  cold: { blocks: 60, reach: 0.012, payments: 200, paymentsOverAlias: 25 },
  /** Another price is a rival when the last blocks give it this much (nats) and this part of what they give the price. */
  rival: { blocks: 10, reach: 0.04, aliasReach: 0.02, least: 50, share: 0.3 },
  /**
   * Whether the price of some blocks ago, seen in the blocks `around` that time, keeps more than a `share` of its payments in
   * the newest ones, though the price is `moved` away.
   */
  earlier: {
    ages: [
      { blocks: 12, share: 0.3 },
      { blocks: 30, share: 0.5 },
    ],
    around: 5,
    recentBlocks: 4,
    reach: 0.006,
    sideFrom: 0.02,
    sideTo: 0.03,
    moved: 0.012,
  },
  evidenceSlices: 30,
  /** Log-likelihoods of a weak pattern over those of a clear one. */
  weakTemper: 0.3,
};
