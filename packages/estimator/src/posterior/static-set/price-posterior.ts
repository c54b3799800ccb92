import { runningSums, sumOf } from "../arrays.ts";
import type { LadderAmount } from "../likelihood/ladder.ts";
import type { LadderScore } from "./ladder-log-likelihood.ts";
import { logPriceAt, PRICE_COUNT, PRICE_STEP } from "./price-grid.ts";

/**
 * Power of the likelihood. Amounts are not independent (one actor makes many), and popularity
 * differs from day to day, so the plain likelihood would be overconfident.
 */
const TEMPER = 0.45;
/**
 * Possible popularities of the uncommon round amounts, relative to the fitted one, with prior
 * probabilities. Some sets have none of them; then their absence must not contradict the price.
 */
const UNCOMMON_STRENGTHS = [
  { strength: 0, prior: 0.2 },
  { strength: 0.5, prior: 0.3 },
  { strength: 1, prior: 0.5 },
] as const;
/** The mode is the best sum over this distance to each side, natural log. */
const MODE_REACH = Math.round(0.005 / PRICE_STEP);
/** Confidence is the probability of a price within 3 % of the mode. */
const CONFIDENCE_REACH = Math.floor(Math.log(1.03) / PRICE_STEP);
/** exp of less is negligible beside the mode, even summed over the grid. */
const NEGLIGIBLE_NATS = -40;

/** Posterior of the price of a set over the whole grid, summarized. */
export interface PriceBelief {
  /** Natural log of the most probable price, US dollars. */
  readonly logPrice: number;
  /** Probability that the price is within 3 % of it, 0 to 1. */
  readonly confidence: number;
}

/**
 * The probability of each price, and its mode.
 *
 * @param scores of the payments and, if any, of the batch payouts
 * @param logPrior of each price of the grid
 */
export function priceBelief(
  scores: readonly LadderScore[],
  ladder: readonly LadderAmount[],
  logPrior: Float64Array,
): PriceBelief {
  const common = ladder.filter((amount) => amount.common);
  const uncommon = ladder.filter((amount) => !amount.common);
  const commonScores = new Float64Array(PRICE_COUNT);
  for (const score of scores) score.addTo(commonScores, common);
  const votes = sumOf(scores.map((score) => score.votes));
  const logPosteriors = UNCOMMON_STRENGTHS.map(({ strength, prior }) => {
    const byPrice = commonScores.slice();
    if (strength > 0) for (const score of scores) score.addTo(byPrice, uncommon, strength);
    // The background loses what the peaks take.
    const rest = votes * Math.log1p(-(shareOf(common) + strength * shareOf(uncommon)));
    const logWeight = TEMPER * rest + Math.log(prior);
    return byPrice.map((score, place) => TEMPER * score + logWeight + logPrior[place]!);
  });
  return summary(summedProbabilities(logPosteriors));
}

function shareOf(ladder: readonly LadderAmount[]): number {
  return sumOf(ladder.map(({ share }) => share));
}

/** Not normalized: 1 at the most probable price of all. */
function summedProbabilities(logPosteriors: readonly Float64Array[]): Float64Array {
  let highest = Number.NEGATIVE_INFINITY;
  for (const nats of logPosteriors) for (const value of nats) highest = Math.max(highest, value);
  const sum = new Float64Array(PRICE_COUNT);
  for (const nats of logPosteriors)
    for (let place = 0; place < PRICE_COUNT; place++)
      if (nats[place]! - highest > NEGLIGIBLE_NATS) sum[place]! += Math.exp(nats[place]! - highest);
  return sum;
}

function summary(probability: Float64Array): PriceBelief {
  const sums = runningSums(probability);
  const within = (place: number, reach: number): number =>
    sums[Math.min(PRICE_COUNT - 1, place + reach) + 1]! - sums[Math.max(0, place - reach)]!;
  let mode = 0;
  let most = 0;
  for (let place = 0; place < PRICE_COUNT; place++) {
    const mass = within(place, MODE_REACH);
    if (mass <= most) continue;
    most = mass;
    mode = place;
  }
  let moment = 0;
  for (let place = Math.max(0, mode - MODE_REACH); place <= Math.min(PRICE_COUNT - 1, mode + MODE_REACH); place++)
    moment += probability[place]! * place;
  const mean = moment / most;
  return {
    logPrice: logPriceAt(mean),
    confidence: Math.min(1, within(Math.round(mean), CONFIDENCE_REACH) / sums[PRICE_COUNT]!),
  };
}
