import { type AliasModel, aliasModel, aliasOpinion } from "./alias-check.ts";
import { background } from "./background.ts";
import { centrePrior } from "./centre-prior.ts";
import { distinctAmounts } from "./distinct-amounts.ts";
import { logHistogram, runningSums } from "./log-histogram.ts";
import { type PatternModel, patternModel } from "./pattern-model.ts";
import { scanPrices } from "./pattern-scan.ts";
import type { PatternWeights, RoundAmountWeight } from "./pattern-weights.ts";
import { CELL, peakVotes } from "./peak-votes.ts";
import { priceBelief } from "./price-belief.ts";
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
/** An alias check below this takes the confidence down in proportion. */
const UNALIASED_ENOUGH = 0.2;
/** Fewer round amounts that stand out take it down by their square: a habit of one or two amounts fits many prices. */
const PEAKS_ENOUGH = 5;

/** What the engine needs, made once from weights. */
export interface Reader {
  readonly weights: PatternWeights;
  readonly model: PatternModel;
  readonly shape: Float64Array;
  readonly aliases: AliasModel;
}

export function reader(weights: PatternWeights): Reader {
  const usd = (amounts: readonly RoundAmountWeight[]): number[] => amounts.map((amount) => amount.usd);
  return {
    weights,
    model: patternModel(weights),
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
  /** Half the 16 %-84 % range of the price within the set, natural log. */
  readonly halfWidth: number;
  /** Standard error of the centre from the number of votes, natural log. */
  readonly samplingError: number;
  /** Peak votes found. */
  readonly votes: number;
  /** Amounts that could speak: distinct and not round in bitcoin. */
  readonly distinct: number;
}

/**
 * Reads the average price off a set of amounts.
 *
 * @param amountsSats whole satoshis between 1e3 and 1e13, exclusive; sorted in place
 * @returns null when no amount can speak
 */
export function readPrice(amountsSats: Float64Array, { weights, model, shape, aliases }: Reader): PriceReading | null {
  const amounts = distinctAmounts(amountsSats);
  if (amounts.sats.length === 0) return null;
  const histogram = logHistogram(amounts);
  const level = background(histogram);
  const belief = priceBelief(scanPrices(histogram, level, model), centrePrior(amounts));

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

  const logPrice = belief.logPrice + centre.centre;
  const { unaliased, peaks } = aliasOpinion(runningSums(histogram), level, logPrice, aliases);
  return {
    logPrice,
    confidence: belief.confidence * Math.min(1, unaliased / UNALIASED_ENOUGH) * Math.min(1, peaks / PEAKS_ENOUGH) ** 2,
    halfWidth: near.centre.halfWidth,
    samplingError: centre.perVote / Math.sqrt(Math.max(1, spread.votes)),
    votes: spread.votes,
    distinct: amounts.sats.length,
  };
}

function wantedReach(halfWidth: number, votes: number): number {
  const sure = votes / (votes + VOTES_TO_WIDEN);
  return REACH + REACH_PER_HALF_WIDTH * Math.max(0, halfWidth - CALM_HALF_WIDTH) * sure;
}
