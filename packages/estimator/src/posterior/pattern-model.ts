import { CLOSE_AXIS, type LogAxis, WIDE_AXIS } from "./log-histogram.ts";
import type { PatternWeights, PeakShape, RoundAmountWeight } from "./pattern-weights.ts";
import { peakShareWithin } from "./peak-shape.ts";

/** How far the price may have moved while the amounts were made. */
export interface SpreadPrior {
  /** Standard deviation, natural log. */
  readonly spread: number;
  readonly prior: number;
}

/** One way to look at a pattern: how finely, and for which movements of the price. */
export interface Look {
  readonly axis: LogAxis;
  /** Boxes around a round amount, bins on either side of the middle one. A peak is a stair of them. */
  readonly boxHalfWidths: readonly [number, number, number, number, number, number];
  readonly spreads: readonly SpreadPrior[];
}

/** Boxes of 0.06 % to 2.8 %, over the whole range of prices. */
export const WIDE_LOOK: Look = {
  axis: WIDE_AXIS,
  boxHalfWidths: [0, 1, 3, 7, 14, 24],
  spreads: [
    { spread: 0.001, prior: 0.45 },
    { spread: 0.003, prior: 0.4 },
    { spread: 0.01, prior: 0.15 },
  ],
};

/** Boxes of 0.04 % to 2.8 %: a price that stood still shows in the sharp core of its peaks. */
export const CLOSE_LOOK: Look = {
  axis: CLOSE_AXIS,
  boxHalfWidths: [1, 4, 10, 24, 50, 98],
  spreads: [
    { spread: 0.0003, prior: 0.25 },
    { spread: 0.001, prior: 0.3 },
    { spread: 0.003, prior: 0.3 },
    { spread: 0.01, prior: 0.15 },
  ],
};

/** How strong all peaks may be against the fitted strengths, with prior shares: other years and hours have more or less. */
const STRENGTHS = [
  { factor: 2, prior: 0.2 },
  { factor: 1, prior: 0.4 },
  { factor: 0.5, prior: 0.25 },
  { factor: 0.25, prior: 0.15 },
] as const;
/** Every combination of a spread and a strength is one hypothesis: hypothesis i has spread i / STRENGTH_COUNT. */
export const STRENGTH_COUNT: number = STRENGTHS.length;

/** Relative error of the smooth background that the likelihood allows for (squared). */
const BACKGROUND_ERROR_SQUARED = 0.1 ** 2;

/** The peak at one round amount under every hypothesis. */
export interface PeakModel {
  /** The round amount, US dollars. */
  readonly usd: number;
  /** Per hypothesis and box: what one vote in the box adds to the log-likelihood (boxes are nested, gains add up). */
  readonly boxGains: Float64Array;
  /** Per hypothesis: votes the peak should have, per background vote in a bin. */
  readonly expected: Float64Array;
}

/** The pattern of peaks, in the form that a scan over prices needs. */
export interface PatternModel {
  readonly look: Look;
  /** Combinations of a spread and a strength. */
  readonly hypotheses: number;
  /** Round amounts that every sample of payments has. */
  readonly common: readonly PeakModel[];
  /** Round amounts that some samples have: each hypothesis is tried with and without them. */
  readonly occasional: readonly PeakModel[];
  /** Log of each hypothesis's prior share. */
  readonly logPriors: Float64Array;
  /**
   * Per hypothesis, per background vote in a bin: variance that the background's roughness adds to the Poisson variance
   * under the peak, relative to it. Evidence of many amounts counts less for it.
   */
  readonly roughness: Float64Array;
}

export function patternModel(weights: PatternWeights, look: Look): PatternModel {
  const { axis, boxHalfWidths, spreads } = look;
  const hypotheses = spreads.flatMap(({ spread, prior }) =>
    STRENGTHS.map(({ factor, prior: share }) => ({ spread, factor, prior: prior * share })),
  );
  const within = spreads.map(({ spread }) =>
    boxHalfWidths.map((bins) => peakShareWithin((bins + 0.5) * axis.binWidth, spread, weights.shape)),
  );
  const peaks = (amounts: readonly RoundAmountWeight[]): PeakModel[] =>
    amounts.map(({ usd, excess }) => {
      const boxGains = new Float64Array(hypotheses.length * boxHalfWidths.length);
      const expected = new Float64Array(hypotheses.length);
      hypotheses.forEach(({ factor }, hypothesis) => {
        const shares = within[Math.floor(hypothesis / STRENGTH_COUNT)]!;
        boxGains.set(gainsOf(shares, excess * factor, look), hypothesis * boxHalfWidths.length);
        expected[hypothesis] = (excess * factor * shares.at(-1)!) / axis.binWidth;
      });
      return { usd, boxGains, expected };
    });
  return {
    look,
    hypotheses: hypotheses.length,
    common: peaks(weights.common),
    occasional: peaks(weights.occasional),
    logPriors: Float64Array.from(hypotheses, ({ prior }) => Math.log(prior)),
    roughness: Float64Array.from(
      hypotheses,
      ({ spread }) => BACKGROUND_ERROR_SQUARED * peakBins(spread, weights.shape, axis),
    ),
  };
}

/** Bins that the body of a peak covers. */
function peakBins(spread: number, shape: PeakShape, axis: LogAxis): number {
  return (2 * (1.5 * spread + shape.shoulderScale / 2)) / axis.binWidth;
}

/** log(1 + peak/background) of each ring, as differences, so that a vote gets the sum over the boxes that hold it. */
function gainsOf(shares: readonly number[], excess: number, { axis, boxHalfWidths }: Look): Float64Array {
  const boxBins = (box: number): number => 2 * boxHalfWidths[box]! + 1;
  const ringGains = shares.map((share, box) => {
    const inner = shares[box - 1] ?? 0;
    const ringWidth = (boxBins(box) - (box === 0 ? 0 : boxBins(box - 1))) * axis.binWidth;
    return Math.log1p((excess * (share - inner)) / ringWidth);
  });
  return Float64Array.from(ringGains, (gain, box) => gain - (ringGains[box + 1] ?? 0));
}
