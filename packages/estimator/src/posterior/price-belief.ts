import { SCORES_PER_PRICE } from "./pattern-scan.ts";
import { log10PriceAt, PRICE_COUNT, PRICE_STEP } from "./price-grid.ts";

/**
 * Share of the log-likelihood that counts. Amounts are not independent (one actor makes many) and the strengths of the
 * peaks differ from day to day, so the plain likelihood would be surer than it may be.
 */
const TEMPER = 0.6;
/** The mode is the best sum over this distance to either side, natural log. */
const MODE_REACH = Math.round(0.01 / PRICE_STEP);
/** Confidence is the probability of a price within 3 % of the mode. */
const CONFIDENCE_REACH = Math.floor(Math.log(1.03) / PRICE_STEP);
/** exp of less is nothing beside the mode, even summed over the grid. */
const NEGLIGIBLE_NATS = -60;

/** What the pattern says about the price over the whole grid. */
export interface PriceBelief {
  /** Natural log of the most probable price, US dollars. */
  readonly logPrice: number;
  /** Probability that the price is within 3 % of it, 0 to 1. */
  readonly confidence: number;
}

/** Sums the hypotheses into a probability of each price and reads off the mode. */
export function priceBelief(scores: Float64Array, logPrior: Float64Array): PriceBelief {
  const sums = runningProbability(scores, logPrior);
  const within = (place: number, reach: number): number =>
    sums[Math.min(PRICE_COUNT - 1, place + reach) + 1]! - sums[Math.max(0, place - reach)]!;
  let mode = 0;
  let most = 0;
  for (let place = 0; place < PRICE_COUNT; place++) {
    const share = within(place, MODE_REACH);
    if (share > most) {
      most = share;
      mode = place;
    }
  }
  let centre = 0;
  for (let place = Math.max(0, mode - MODE_REACH); place <= Math.min(PRICE_COUNT - 1, mode + MODE_REACH); place++) {
    centre += (place * (sums[place + 1]! - sums[place]!)) / most;
  }
  const confidence = within(Math.round(centre), CONFIDENCE_REACH) / sums[PRICE_COUNT]!;
  return { logPrice: log10PriceAt(centre) * Math.LN10, confidence: Math.min(1, confidence) };
}

/** Entry i: the (not normalised) probability of the places before i. */
function runningProbability(scores: Float64Array, logPrior: Float64Array): Float64Array {
  let highest = Number.NEGATIVE_INFINITY;
  for (const score of scores) if (score > highest) highest = score;
  const sums = new Float64Array(PRICE_COUNT + 1);
  for (let place = 0; place < PRICE_COUNT; place++) {
    let probability = 0;
    for (let i = place * SCORES_PER_PRICE; i < (place + 1) * SCORES_PER_PRICE; i++) {
      const nats = (scores[i]! - highest) * TEMPER;
      if (nats > NEGLIGIBLE_NATS) probability += Math.exp(nats);
    }
    sums[place + 1] = sums[place]! + probability * Math.exp(logPrior[place]!);
  }
  return sums;
}
