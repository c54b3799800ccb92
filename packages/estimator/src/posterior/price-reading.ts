import { type AliasModel, aliasModel, aliasOpinion } from "./alias-check.ts";
import { background } from "./background.ts";
import { centrePrior } from "./centre-prior.ts";
import { closeLook } from "./close-look.ts";
import { distinctAmounts } from "./distinct-amounts.ts";
import { logHistogram, runningSums, WIDE_AXIS } from "./log-histogram.ts";
import { CLOSE_LOOK, type PatternModel, patternModel, WIDE_LOOK } from "./pattern-model.ts";
import { PatternScan } from "./pattern-scan.ts";
import type { PatternWeights, RoundAmountWeight } from "./pattern-weights.ts";
import { CELL, peakVotes } from "./peak-votes.ts";
import { priceBelief } from "./price-belief.ts";
import { PRICE_COUNT } from "./price-grid.ts";
import { type PriceSpread, priceSpread, shapeOverCells } from "./price-spread.ts";
import { type SpreadCentre, spreadCentre } from "./spread-centre.ts";

/** The price is looked for within this of the pattern's best place, natural log. */
const REACH = 0.025;
/** When the price moved more than REACH allows for, so far at most. */
const LARGEST_REACH = 0.1;
/** Votes that lie this much farther off still count: the reach of a peak's body. */
const PEAK_REACH = 0.01;
/** Half widths of the spread above this ask for a longer reach … */
const CALM_HALF_WIDTH = 0.003;
/** … by so much each … */
const REACH_PER_HALF_WIDTH = 25;
/** … when at least about so many peak votes say so. */
const VOTES_TO_WIDEN = 300;
/** From about so many votes on the centre of the spread is the better average, though the price stood still. */
const VOTES_TO_CENTRE = 300;
/** An alias check below this takes the confidence down in proportion. */
const UNALIASED_ENOUGH = 0.2;
/** Fewer round amounts that stand out take it down by their square: a habit of one or two amounts fits many prices. */
const PEAKS_ENOUGH = 5;

/** What the engine needs, made once from weights. */
export interface Reader {
  readonly weights: PatternWeights;
  readonly wideModel: PatternModel;
  readonly closeModel: PatternModel;
  readonly shape: Float64Array;
  readonly aliases: AliasModel;
}

export function reader(weights: PatternWeights): Reader {
  const usd = (amounts: readonly RoundAmountWeight[]): number[] => amounts.map((amount) => amount.usd);
  return {
    weights,
    wideModel: patternModel(weights, WIDE_LOOK),
    closeModel: patternModel(weights, CLOSE_LOOK),
    shape: shapeOverCells(weights.shape),
    aliases: aliasModel(usd(weights.common), usd(weights.occasional)),
  };
}

/** All that a set of amounts says about its price. */
export interface PriceReading {
  /** Natural log of the average price, US dollars. */
  readonly logPrice: number;
  /** Probability that the price is within 3 % of the truth; less where an alias explains the amounts, or few peaks show. */
  readonly confidence: number;
  /** Probability that the price moved so much (a standard deviation of 1 %) that any heap of amounts would fit. */
  readonly movedFar: number;
  /** Half the 16 %-84 % range of the price within the set, natural log. */
  readonly halfWidth: number;
  /** Standard error of the centre from the number of votes, natural log. */
  readonly samplingError: number;
  /** Peak votes found. */
  readonly votes: number;
  /** Common round amounts that stand out at the price. */
  readonly peaks: number;
  /** Amounts that could speak: distinct and not round in bitcoin. */
  readonly distinct: number;
}

/**
 * Reads the average price off a set of amounts.
 *
 * @param amountsSats whole satoshis between 1e3 and 1e13, exclusive
 * @returns null when no amount can speak
 */
export function readPrice(amountsSats: Float64Array, reader: Reader): PriceReading | null {
  const { weights, wideModel, closeModel, shape, aliases } = reader;
  const amounts = distinctAmounts(amountsSats);
  if (amounts.sats.length === 0) return null;
  const histogram = logHistogram(amounts, WIDE_AXIS);
  const level = background(histogram);
  const wideScores = new PatternScan(histogram, level, wideModel).scores({ first: 0, step: 1, count: PRICE_COUNT });
  const closeRuns = closeLook(amounts, level, closeModel, wideScores);
  const belief = priceBelief(wideScores, closeRuns, closeModel.hypotheses, centrePrior(amounts));

  const spreadWithin = (reach: number): { spread: PriceSpread; centre: SpreadCentre } => {
    const reachCells = Math.round(reach / CELL);
    const votesReachCells = reachCells + Math.round(PEAK_REACH / CELL);
    const votes = peakVotes(amounts, level, weights.common, belief.logPrice, votesReachCells);
    const spread = priceSpread(votes, reachCells, votesReachCells, shape);
    return { spread, centre: spreadCentre(spread.density) };
  };
  const near = spreadWithin(REACH);
  const reach = Math.min(LARGEST_REACH, wantedReach(near.centre.halfWidth, near.spread.votes));
  const { spread, centre } = reach > 1.2 * REACH ? spreadWithin(reach) : near;

  const steady = steadiness(belief.spreads, spread.votes);
  const logPrice = belief.logPrice + (1 - steady) * centre.centre;
  const { unaliased, peaks } = aliasOpinion(runningSums(histogram), level, logPrice, aliases);
  return {
    logPrice,
    confidence: belief.confidence * Math.min(1, unaliased / UNALIASED_ENOUGH) * Math.min(1, peaks / PEAKS_ENOUGH) ** 2,
    movedFar: belief.spreads.at(-1)!,
    halfWidth: near.centre.halfWidth,
    samplingError: centre.perVote / Math.sqrt(Math.max(1, spread.votes)),
    votes: spread.votes,
    peaks,
    distinct: amounts.sats.length,
  };
}

/**
 * How much the place of the sharp pattern counts beside the centre of the spread, 0 to 1. A price that stood still is
 * where the pattern is, and few votes find it there best; the average of one that moved is the middle of its votes.
 */
function steadiness(spreads: readonly number[], votes: number): number {
  return ((spreads[0]! + spreads[1]!) * VOTES_TO_CENTRE) / (VOTES_TO_CENTRE + votes);
}

function wantedReach(halfWidth: number, votes: number): number {
  const sure = votes / (votes + VOTES_TO_WIDEN);
  return REACH + REACH_PER_HALF_WIDTH * Math.max(0, halfWidth - CALM_HALF_WIDTH) * sure;
}
