import { type CloseRun, offsetInPlace, PRICES_PER_PLACE } from "./close-look.ts";
import { runningSums } from "./log-histogram.ts";
import { STRENGTH_COUNT } from "./pattern-model.ts";
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
  /** Probability of each of the close look's spreads, given that price. */
  readonly spreads: readonly number[];
}

/**
 * Sums the hypotheses into a probability of each price and reads off the mode.
 *
 * @param wideScores of every place of the grid
 * @param closeRuns of the places that were looked at closely; these count in place of the wide ones
 * @param closeHypotheses hypotheses of the close look
 */
export function priceBelief(
  wideScores: Float64Array,
  closeRuns: readonly CloseRun[],
  closeHypotheses: number,
  logPrior: Float64Array,
): PriceBelief {
  let highest = Number.NEGATIVE_INFINITY;
  for (const { scores } of closeRuns) for (const score of scores) if (score > highest) highest = score;
  const probabilityOf = (score: number): number => {
    const nats = (score - highest) * TEMPER;
    return nats > NEGLIGIBLE_NATS ? Math.exp(nats) : 0;
  };

  const places = new Float64Array(PRICE_COUNT);
  const perWidePlace = wideScores.length / PRICE_COUNT;
  for (let i = 0; i < wideScores.length; i++) places[Math.floor(i / perWidePlace)]! += probabilityOf(wideScores[i]!);
  for (const { firstPlace, scores, places: count } of closeRuns) {
    const perPlace = scores.length / count;
    places.fill(0, firstPlace, firstPlace + count);
    for (let i = 0; i < scores.length; i++) {
      places[firstPlace + Math.floor(i / perPlace)]! += probabilityOf(scores[i]!) / PRICES_PER_PLACE;
    }
  }
  for (let place = 0; place < PRICE_COUNT; place++) places[place]! *= Math.exp(logPrior[place]!);

  const sums = runningSums(places);
  const within = (place: number, reach: number): number =>
    sums[Math.min(PRICE_COUNT - 1, place + reach) + 1]! - sums[Math.max(0, place - reach)]!;
  let mode = 0;
  let most = 0;
  for (const { firstPlace, places: count } of closeRuns) {
    for (let place = firstPlace; place < firstPlace + count; place++) {
      const share = within(place, MODE_REACH);
      if (share > most) {
        most = share;
        mode = place;
      }
    }
  }
  const { place, spreads } = aroundMode(mode, closeRuns, closeHypotheses, logPrior, probabilityOf);
  return {
    logPrice: log10PriceAt(place) * Math.LN10,
    confidence: Math.min(1, within(Math.round(place), CONFIDENCE_REACH) / sums[PRICE_COUNT]!),
    spreads,
  };
}

/** Mean place (fractional) and probability of each spread within reach of the mode. */
function aroundMode(
  mode: number,
  closeRuns: readonly CloseRun[],
  hypotheses: number,
  logPrior: Float64Array,
  probabilityOf: (score: number) => number,
): { place: number; spreads: number[] } {
  const spreads = new Array<number>(hypotheses / STRENGTH_COUNT).fill(0);
  let total = 0;
  let moment = 0;
  for (const { firstPlace, scores, places } of closeRuns) {
    const perPrice = scores.length / (places * PRICES_PER_PLACE);
    for (let price = 0; price < places * PRICES_PER_PLACE; price++) {
      const place = firstPlace + Math.floor(price / PRICES_PER_PLACE);
      if (Math.abs(place - mode) > MODE_REACH) continue;
      const prior = Math.exp(logPrior[place]!);
      for (let i = 0; i < perPrice; i++) {
        const probability = prior * probabilityOf(scores[price * perPrice + i]!);
        spreads[Math.floor((i % hypotheses) / STRENGTH_COUNT)]! += probability;
        total += probability;
        moment += probability * (place + offsetInPlace(price));
      }
    }
  }
  // A mode that owes all to its neighbours has no pattern of its own.
  if (total === 0) return { place: mode, spreads: spreads.fill(1 / spreads.length) };
  return { place: moment / total, spreads: spreads.map((share) => share / total) };
}
