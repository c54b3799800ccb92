import { LADDER, type LadderAmount } from "../likelihood/ladder.ts";
import { type PatternWeights, WEIGHTS } from "../likelihood/weights.ts";
import { centerPrior } from "./center-prior.ts";
import { batchAmounts, distinctAmounts } from "./distinct-amounts.ts";
import { LadderScore } from "./ladder-log-likelihood.ts";
import { CELL, peakVotes } from "./peak-counts.ts";
import { type PriceBelief, priceBelief } from "./price-posterior.ts";
import { type PriceSpread, priceSpread } from "./price-spread.ts";
import { withoutUnitMultiples } from "./unit-multiples.ts";

/** The price is searched within this of the pattern's mode, natural log. */
const REACH = 0.025;
/** Maximum reach, for a price that moved farther than REACH. */
const LARGEST_REACH = 0.1;
/** Votes this much farther away still count: the reach of a peak's body. */
const PEAK_REACH = 0.01;
/** Half width of the spread above which the reach grows. */
const CALM_HALF_WIDTH = 0.003;
/** Factor by which the reach grows. */
const REACH_PER_HALF_WIDTH = 25;
/** Number of peak votes that this needs, about. */
const VOTES_TO_WIDEN = 300;
/**
 * Number of peak votes at which the mode of the sharp ladder and the center of the spread have
 * equal weights.
 */
const VOTES_TO_CENTER = 100;

/** What was fitted to real payments. */
export interface FittedModel {
  readonly weights: PatternWeights;
  readonly ladder: readonly LadderAmount[];
}

const FITTED: FittedModel = { weights: WEIGHTS, ladder: LADDER };

/** Result of the model for a set of amounts; its price is the average. */
export interface PriceReading extends PriceBelief {
  /** Half the 16 %-84 % range of the price within the set, natural log. */
  readonly halfWidth: number;
  /** Standard error of the center from the number of votes, natural log. */
  readonly samplingError: number;
  /** Number of amounts that are distinct and not round in bitcoin. */
  readonly distinct: number;
}

/**
 * Estimates the average price of a set. Batch payouts help to decide which price it is; payments
 * alone place it.
 *
 * @param amountsSats whole satoshis between 1e3 and 1e13, exclusive
 * @param batches the same of each transaction with many outputs
 * @returns null if no amount of the payments is usable
 */
export function readPrice(
  amountsSats: Float64Array,
  batches: readonly Float64Array[] = [],
  { weights, ladder }: FittedModel = FITTED,
): PriceReading | null {
  const amounts = withoutUnitMultiples(distinctAmounts(amountsSats));
  if (amounts.sats.length === 0) return null;
  const score = new LadderScore(amounts);
  const paidOut = batchAmounts(batches);
  const scores = paidOut.sats.length > 0 ? [score, new LadderScore(paidOut)] : [score];
  const belief = priceBelief(scores, ladder, centerPrior(amounts));

  const common = ladder.filter((amount) => amount.common);
  const spreadWithin = (reach: number): PriceSpread => {
    const reachCells = Math.round(reach / CELL);
    const votesReachCells = reachCells + Math.round(PEAK_REACH / CELL);
    const peaks = peakVotes(amounts, score.background, common, belief.logPrice, votesReachCells);
    return priceSpread(peaks, reachCells, votesReachCells, weights.shape);
  };
  const near = spreadWithin(REACH);
  const reach = Math.min(LARGEST_REACH, wantedReach(near));
  const spread = reach > 1.2 * REACH ? spreadWithin(reach) : near;

  // The sharp ladder places a price best with few votes, the center with many.
  const steady = VOTES_TO_CENTER / (VOTES_TO_CENTER + spread.votes);
  return {
    ...belief,
    logPrice: belief.logPrice + (1 - steady) * spread.center,
    halfWidth: near.halfWidth,
    samplingError: spread.perVote / Math.sqrt(Math.max(1, spread.votes)),
    distinct: amounts.sats.length,
  };
}

function wantedReach({ halfWidth, votes }: PriceSpread): number {
  const sure = votes / (votes + VOTES_TO_WIDEN);
  return REACH + REACH_PER_HALF_WIDTH * Math.max(0, halfWidth - CALM_HALF_WIDTH) * sure;
}
