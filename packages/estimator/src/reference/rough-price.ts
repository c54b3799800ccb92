import { BIN_STARTS_BTC, SMOOTH_STENCIL, SPIKES, STENCIL_LENGTH } from "./stencils.ts";

const FIRST_SLIDE = -141;
const LAST_SLIDE = 200;
const SLIDE_COUNT = LAST_SLIDE - FIRST_SLIDE + 1;
/** The histogram bin under stencil index 0 at slide 0. */
const FIRST_WINDOW_BIN = 199;
/** The bin of $100 at slide 0, which gives the price. */
const HUNDRED_DOLLAR_BIN = 601;
const SMOOTH_WEIGHT = 0.65;
const LAST_SMOOTH_SLIDE = 149;

/** Step 9: the best slide of the stencils and its price. */
export interface RoughPrice {
  bestSlide: number;
  bestSlideScore: number;
  totalScore: number;
  /** Whole US dollars; not finite if the scores give none. */
  roughPriceUsd: number;
}

export function findRoughPrice(shares: Float64Array): RoughPrice {
  let bestSlide = 0;
  let bestSlideScore = 0;
  let totalScore = 0;
  for (let slide = FIRST_SLIDE; slide <= LAST_SLIDE; slide++) {
    let score = spikeScore(shares, slide);
    if (slide <= LAST_SMOOTH_SLIDE) score += SMOOTH_WEIGHT * smoothScore(shares, slide);
    if (score > bestSlideScore) {
      bestSlideScore = score;
      bestSlide = slide;
    }
    totalScore += score;
  }
  return {
    bestSlide,
    bestSlideScore,
    totalScore,
    roughPriceUsd: weightedPrice(shares, bestSlide, bestSlideScore, totalScore),
  };
}

/**
 * Mean of the best slide's price and its better neighbor's, weighted by the distance of their
 * scores from the average.
 */
function weightedPrice(shares: Float64Array, bestSlide: number, bestSlideScore: number, totalScore: number): number {
  const up = spikeScore(shares, bestSlide + 1);
  const down = spikeScore(shares, bestSlide - 1);
  const neighbor = down > up ? -1 : 1;
  const neighborScore = Math.max(up, down);
  const average = totalScore / SLIDE_COUNT;
  const bestWeight = bestSlideScore - average;
  const neighborWeight = Math.abs(neighborScore - average);
  const weighted = bestWeight * priceAt(bestSlide) + neighborWeight * priceAt(bestSlide + neighbor);
  return Math.trunc(weighted / (bestWeight + neighborWeight));
}

function priceAt(slide: number): number {
  return 100 / (BIN_STARTS_BTC[HUNDRED_DOLLAR_BIN + slide] as number);
}

function spikeScore(shares: Float64Array, slide: number): number {
  const start = FIRST_WINDOW_BIN + slide;
  let score = 0;
  // The other taps are zero, so this sum equals the sum over all 803 exactly.
  for (const [index, weight] of SPIKES) score += (shares[start + index] as number) * weight;
  return score;
}

function smoothScore(shares: Float64Array, slide: number): number {
  const start = FIRST_WINDOW_BIN + slide;
  let score = 0;
  for (let i = 0; i < STENCIL_LENGTH; i++) score += (shares[start + i] as number) * (SMOOTH_STENCIL[i] as number);
  return score;
}
