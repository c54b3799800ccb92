import { FIRST_DECADE, runningSums } from "./log-histogram.ts";
import type { PatternModel, PeakModel } from "./pattern-model.ts";
import { log10PriceAt, PRICES_PER_DECADE } from "./price-grid.ts";

/**
 * One round amount speaks for a price with this much at full weight (nats), beyond with the logarithm of it: many amounts
 * in one place are the work of one actor, a price shows in many places at once.
 */
const LOUDEST_AMOUNT = 15;
/** Prior share of samples that have the occasional round amounts. */
const OCCASIONAL_SHARE = 0.25;
const LOG_OCCASIONAL = Math.log(OCCASIONAL_SHARE);
const LOG_NOT_OCCASIONAL = Math.log(1 - OCCASIONAL_SHARE);
const LOG10_SATS_PER_BTC = 8;

/** Prices at equal distances on the grid. */
export interface PriceRun {
  /** Place of the first one in the grid, fractional. */
  readonly first: number;
  /** Places from one to the next. */
  readonly step: number;
  readonly count: number;
}

/**
 * The log of prior times likelihood ratio against "no pattern" for prices under every hypothesis.
 *
 * For a price P the amounts near u/P, for each round amount u, are Poisson with density background · (1 + peak): each
 * vote adds log(1 + peak), and the votes that the peak should have are taken off.
 */
export class PatternScan {
  readonly #model: PatternModel;
  readonly #background: Float64Array;
  readonly #boxes: Boxes;

  /**
   * @param histogram votes in the bins of the model's axis
   * @param background votes per bin that carry no price
   */
  constructor(histogram: Float64Array, background: Float64Array, model: PatternModel) {
    this.#model = model;
    this.#background = background;
    const sums = runningSums(histogram);
    this.#boxes = model.look.boxHalfWidths.map((halfWidth) => boxSums(sums, halfWidth)) as Boxes;
  }

  /** @returns for each price of the run in turn every hypothesis without and then with the occasional round amounts */
  scores(run: PriceRun): Float64Array {
    const { common, occasional, logPriors, hypotheses } = this.#model;
    const perPrice = 2 * hypotheses;
    const scores = new Float64Array(run.count * perPrice);
    for (let price = 0; price < run.count; price++) scores.set(logPriors, price * perPrice);
    for (const peak of common) this.#addPeak(peak, 0, run, scores);
    for (let first = 0; first < scores.length; first += perPrice) {
      for (let i = first; i < first + hypotheses; i++) {
        scores[i + hypotheses] = scores[i]! + LOG_OCCASIONAL;
        scores[i]! += LOG_NOT_OCCASIONAL;
      }
    }
    for (const peak of occasional) this.#addPeak(peak, hypotheses, run, scores);
    return scores;
  }

  #addPeak(
    { usd, boxGains, expected }: PeakModel,
    firstHypothesis: number,
    { first: firstPlace, step, count }: PriceRun,
    scores: Float64Array,
  ): void {
    // Everything that the inner loop reads is local: this is nearly all the time an estimate takes.
    const { hypotheses, roughness, look } = this.#model;
    const background = this.#background;
    const perPrice = 2 * hypotheses;
    const { binsPerDecade, binCount } = look.axis;
    const binsPerStep = (step * binsPerDecade) / PRICES_PER_DECADE;
    const lowest = look.boxHalfWidths[5];
    const highest = binCount - lowest - 1;
    const loudest = LOUDEST_AMOUNT;
    const [box0, box1, box2, box3, box4, box5] = this.#boxes;
    const firstPosition =
      (Math.log10(usd) + LOG10_SATS_PER_BTC - log10PriceAt(firstPlace) - FIRST_DECADE) * binsPerDecade - 0.5;
    for (let price = 0; price < count; price++) {
      const position = firstPosition - price * binsPerStep;
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
      const first = price * perPrice + firstHypothesis;
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
}

type Boxes = [Float64Array, Float64Array, Float64Array, Float64Array, Float64Array, Float64Array];

/** Votes in the bins i - halfWidth … i + halfWidth. */
function boxSums(sums: Float64Array, halfWidth: number): Float64Array {
  const count = sums.length - 1;
  const box = new Float64Array(count);
  for (let i = 0; i < count; i++) {
    box[i] = sums[Math.min(count, i + halfWidth + 1)]! - sums[Math.max(0, i - halfWidth)]!;
  }
  return box;
}
