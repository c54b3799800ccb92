import { BIN_WIDTH } from "./log-histogram.ts";
import type { PatternWeights, PeakShape, RoundAmountWeight } from "./pattern-weights.ts";
import { peakShareWithin } from "./peak-shape.ts";

/** Boxes around a round amount, bins on either side of the middle one: 0.06 % to 2.8 %. A peak is a stair of them. */
export const BOX_HALF_WIDTHS = [0, 1, 3, 7, 14, 24] as const;
export const BOX_COUNT = BOX_HALF_WIDTHS.length;

/** How far the price may have moved while the amounts were made (deviation, natural log), with prior shares. */
const PRICE_SPREADS = [
  { spread: 0.001, prior: 0.45 },
  { spread: 0.003, prior: 0.4 },
  { spread: 0.01, prior: 0.15 },
] as const;
/** How strong all peaks may be against the fitted strengths, with prior shares: other years and hours have more or less. */
const STRENGTHS = [
  { factor: 2, prior: 0.2 },
  { factor: 1, prior: 0.4 },
  { factor: 0.5, prior: 0.25 },
  { factor: 0.25, prior: 0.15 },
] as const;
/** Every combination of a spread and a strength is one hypothesis. */
export const HYPOTHESIS_COUNT = PRICE_SPREADS.length * STRENGTHS.length;

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

/** The pattern of peaks, in the form that a scan over all prices needs. */
export interface PatternModel {
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

export function patternModel(weights: PatternWeights): PatternModel {
  const hypotheses = PRICE_SPREADS.flatMap(({ spread, prior }) =>
    STRENGTHS.map(({ factor, prior: share }) => ({ spread, factor, prior: prior * share })),
  );
  const peaks = (amounts: readonly RoundAmountWeight[]): PeakModel[] => {
    const within = PRICE_SPREADS.map(({ spread }) => sharesWithinBoxes(spread, weights.shape));
    return amounts.map(({ usd, excess }) => {
      const boxGains = new Float64Array(HYPOTHESIS_COUNT * BOX_COUNT);
      const expected = new Float64Array(HYPOTHESIS_COUNT);
      hypotheses.forEach(({ factor }, hypothesis) => {
        const shares = within[Math.floor(hypothesis / STRENGTHS.length)]!;
        boxGains.set(gainsOf(shares, excess * factor), hypothesis * BOX_COUNT);
        expected[hypothesis] = (excess * factor * shares[BOX_COUNT - 1]!) / BIN_WIDTH;
      });
      return { usd, boxGains, expected };
    });
  };
  return {
    common: peaks(weights.common),
    occasional: peaks(weights.occasional),
    logPriors: Float64Array.from(hypotheses, ({ prior }) => Math.log(prior)),
    roughness: Float64Array.from(
      hypotheses,
      ({ spread }) => BACKGROUND_ERROR_SQUARED * peakBins(spread, weights.shape),
    ),
  };
}

function sharesWithinBoxes(spread: number, shape: PeakShape): number[] {
  return BOX_HALF_WIDTHS.map((bins) => peakShareWithin((bins + 0.5) * BIN_WIDTH, spread, shape));
}

/** Bins that the body of a peak covers. */
function peakBins(spread: number, shape: PeakShape): number {
  return (2 * (1.5 * spread + shape.shoulderScale / 2)) / BIN_WIDTH;
}

/** log(1 + peak/background) of each ring, as differences, so that a vote gets the sum over the boxes that hold it. */
function gainsOf(shares: readonly number[], excess: number): Float64Array {
  const ringGains = shares.map((share, box) => {
    const inner = shares[box - 1] ?? 0;
    const ringWidth = (boxBins(box) - (box === 0 ? 0 : boxBins(box - 1))) * BIN_WIDTH;
    return Math.log1p((excess * (share - inner)) / ringWidth);
  });
  return Float64Array.from(ringGains, (gain, box) => gain - (ringGains[box + 1] ?? 0));
}

function boxBins(box: number): number {
  return 2 * BOX_HALF_WIDTHS[box]! + 1;
}
