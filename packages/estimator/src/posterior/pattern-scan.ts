import { BIN_COUNT, BINS_PER_DECADE, FIRST_DECADE, runningSums } from "./log-histogram.ts";
import { BOX_HALF_WIDTHS, HYPOTHESIS_COUNT, type PatternModel, type PeakModel } from "./pattern-model.ts";
import { log10PriceAt, PRICE_COUNT, PRICES_PER_DECADE } from "./price-grid.ts";

/**
 * One round amount speaks for a price with this much at full weight (nats), beyond with the logarithm of it: many amounts
 * in one place are the work of one actor, a price shows in many places at once.
 */
const LOUDEST_AMOUNT = 15;
/** Prior share of samples that have the occasional round amounts. */
const OCCASIONAL_SHARE = 0.25;
const LOG_OCCASIONAL = Math.log(OCCASIONAL_SHARE);
const LOG_NOT_OCCASIONAL = Math.log(1 - OCCASIONAL_SHARE);
const BINS_PER_PRICE = BINS_PER_DECADE / PRICES_PER_DECADE;
const LARGEST_BOX = Math.max(...BOX_HALF_WIDTHS);
const LOG10_SATS_PER_BTC = 8;

/** Hypotheses without and then with the occasional round amounts. */
export const SCORES_PER_PRICE = 2 * HYPOTHESIS_COUNT;

/**
 * The log of prior times likelihood ratio against "no pattern" for every price of the grid under every hypothesis.
 *
 * For a price P the amounts near u/P, for each round amount u, are Poisson with density background · (1 + peak): each
 * vote adds log(1 + peak), and the votes that the peak should have are taken off.
 *
 * @returns {@link SCORES_PER_PRICE} numbers for each price of the grid in turn
 */
export function scanPrices(histogram: Float64Array, background: Float64Array, model: PatternModel): Float64Array {
  const boxes = BOX_HALF_WIDTHS.map((halfWidth) => boxSums(histogram, halfWidth));
  const scores = new Float64Array(PRICE_COUNT * SCORES_PER_PRICE);
  for (let price = 0; price < PRICE_COUNT; price++) scores.set(model.logPriors, price * SCORES_PER_PRICE);
  for (const peak of model.common) addPeak(peak, 0, boxes, background, model.roughness, scores);
  for (let price = 0; price < PRICE_COUNT; price++) {
    const first = price * SCORES_PER_PRICE;
    for (let i = first; i < first + HYPOTHESIS_COUNT; i++) {
      scores[i + HYPOTHESIS_COUNT] = scores[i]! + LOG_OCCASIONAL;
      scores[i]! += LOG_NOT_OCCASIONAL;
    }
  }
  for (const peak of model.occasional) addPeak(peak, HYPOTHESIS_COUNT, boxes, background, model.roughness, scores);
  return scores;
}

function addPeak(
  { usd, boxGains, expected }: PeakModel,
  firstHypothesis: number,
  boxes: readonly Float64Array[],
  background: Float64Array,
  roughness: Float64Array,
  scores: Float64Array,
): void {
  // Everything that the inner loop reads is local: this is nearly all the time an estimate takes.
  const hypotheses = HYPOTHESIS_COUNT;
  const scoresPerPrice = SCORES_PER_PRICE;
  const binsPerPrice = BINS_PER_PRICE;
  const lowest = LARGEST_BOX;
  const highest = BIN_COUNT - LARGEST_BOX - 1;
  const loudest = LOUDEST_AMOUNT;
  const prices = PRICE_COUNT;
  const [box0, box1, box2, box3, box4, box5] = boxes as Boxes;
  const firstPosition = (Math.log10(usd) + LOG10_SATS_PER_BTC - log10PriceAt(0) - FIRST_DECADE) * BINS_PER_DECADE - 0.5;
  for (let price = 0; price < prices; price++) {
    const position = firstPosition - price * binsPerPrice;
    if (position <= lowest) break;
    if (position >= highest) continue;
    const bin = position | 0;
    const part = position - bin;
    const rest = 1 - part;
    const level = background[bin]!;
    const votes0 = rest * box0[bin]! + part * box0[bin + 1]!;
    const votes1 = rest * box1[bin]! + part * box1[bin + 1]!;
    const votes2 = rest * box2[bin]! + part * box2[bin + 1]!;
    const votes3 = rest * box3[bin]! + part * box3[bin + 1]!;
    const votes4 = rest * box4[bin]! + part * box4[bin + 1]!;
    const votes5 = rest * box5[bin]! + part * box5[bin + 1]!;
    const first = price * scoresPerPrice + firstHypothesis;
    for (let hypothesis = 0, g = 0; hypothesis < hypotheses; hypothesis++, g += 6) {
      const gain =
        (votes0 * boxGains[g]! +
          votes1 * boxGains[g + 1]! +
          votes2 * boxGains[g + 2]! +
          votes3 * boxGains[g + 3]! +
          votes4 * boxGains[g + 4]! +
          votes5 * boxGains[g + 5]! -
          level * expected[hypothesis]!) /
        (1 + level * roughness[hypothesis]!);
      scores[first + hypothesis]! += gain > loudest ? loudest * (1 + Math.log(gain / loudest)) : gain;
    }
  }
}

type Boxes = [Float64Array, Float64Array, Float64Array, Float64Array, Float64Array, Float64Array];

/** Votes in the bins i - halfWidth … i + halfWidth. */
function boxSums(histogram: Float64Array, halfWidth: number): Float64Array {
  const sums = runningSums(histogram);
  const box = new Float64Array(BIN_COUNT);
  for (let i = 0; i < BIN_COUNT; i++) {
    box[i] = sums[Math.min(BIN_COUNT, i + halfWidth + 1)]! - sums[Math.max(0, i - halfWidth)]!;
  }
  return box;
}
