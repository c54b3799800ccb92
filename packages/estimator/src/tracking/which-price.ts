import { likelihoodInPlace } from "./clarity.ts";
import { type EarlierPrice, earlierPrice } from "./earlier-price.ts";
import { addLaplaceSpread } from "./laplace-step.ts";
import { COARSE_CELLS, coarseLogPrice, PriceBlock } from "./price-block.ts";
import { RivalPrice, type Rivalry } from "./rival-price.ts";
import { TRACKING } from "./tracking-model.ts";

const model = TRACKING.coarse;
const { ages, around } = TRACKING.earlier;

/**
 * The long memory: which price, over the whole range, from blocks of three minutes (shorter ones in a window of less than half an hour). A hidden Markov chain over the blocks
 * of the window; what it found for past blocks is kept until one of their amounts changes.
 */
export class WhichPrice {
  readonly #blocks = new Map<number, PriceBlock>();
  readonly #posteriors = new Map<number, Float64Array>();
  /** Mean price of each block, US dollars; null while it is unsure which price it is. */
  readonly #means = new Map<number, number | null>();
  #firstBlock = Number.NaN;
  /** Posteriors of blocks up to and including this one hold. */
  #validThrough = Number.NEGATIVE_INFINITY;
  /** A block's part of ten minutes; how far the price moves in it grows as the square root. */
  readonly #share: number;
  readonly #pace: number;
  /** The block that the prediction below is for: while it fills, only its own amounts are new. */
  #predictedBlock = Number.NaN;
  readonly #predicted = new Float64Array(COARSE_CELLS);
  readonly #rival = new RivalPrice(TRACKING.rival);
  readonly #coldRival = new RivalPrice(TRACKING.cold);
  readonly #likelihood = new Float64Array(COARSE_CELLS);
  readonly #scratch = new Float64Array(COARSE_CELLS);

  /** @param blockSlices slices of time to a block */
  constructor(blockSlices: number) {
    this.#share = (blockSlices * TRACKING.sliceSeconds) / 600;
    this.#pace = Math.sqrt(this.#share);
  }

  /** An amount came to a slice of the block (1) or left it (-1). */
  vote(block: number, valueSats: number, sign: 1 | -1): void {
    let evidence = this.#blocks.get(block);
    if (evidence === undefined) {
      evidence = new PriceBlock();
      this.#blocks.set(block, evidence);
    }
    evidence.vote(valueSats, sign);
    if (evidence.isEmpty) this.#blocks.delete(block);
    this.#forget(block);
  }

  /** What the last half hour says of the price and of another one. */
  rivalry(firstBlock: number, lastBlock: number, logPrice: number): Rivalry {
    return this.#rival.rivalry(this.#blocks, firstBlock, lastBlock, logPrice);
  }

  /** The best other price of a window that does not reach back far enough for {@link earlier}. */
  coldRival(firstBlock: number, lastBlock: number, logPrice: number): number {
    return this.#coldRival.rivalry(this.#blocks, firstBlock, lastBlock, logPrice).logRival;
  }

  /** What the price was some time ago, as far as the window reaches back, and how many still pay it. */
  earlier(firstBlock: number, lastBlock: number): EarlierPrice[] {
    this.posterior(firstBlock, lastBlock);
    return ages
      .filter(({ blocks }) => lastBlock - blocks - around >= Math.max(firstBlock, this.#oldest()))
      .map(({ blocks, share }) => {
        const block = lastBlock - blocks;
        const logPrice = modeOf(this.#posteriors.get(block)!);
        return earlierPrice(this.#blocks, logPrice, [block - around, block + around], lastBlock, share);
      });
  }

  /** The oldest block that holds anything. */
  #oldest(): number {
    let oldest = Number.POSITIVE_INFINITY;
    for (const block of this.#blocks.keys()) if (block < oldest) oldest = block;
    return oldest;
  }

  #forget(block: number): void {
    this.#rival.forget(block);
    this.#coldRival.forget(block);
    if (block < this.#firstBlock) return;
    if (block <= this.#validThrough) this.#validThrough = block - 1;
    if (block < this.#predictedBlock) this.#predictedBlock = Number.NaN;
  }

  /** The probability of each price in a block, given that block and those before it, from `firstBlock` on. */
  posterior(firstBlock: number, block: number): Float64Array {
    if (firstBlock !== this.#firstBlock) {
      this.#firstBlock = firstBlock;
      this.#validThrough = firstBlock - 1;
      this.#predictedBlock = Number.NaN;
      for (const old of this.#posteriors.keys()) if (old < firstBlock) this.#posteriors.delete(old);
      for (const old of this.#means.keys()) if (old < firstBlock) this.#means.delete(old);
    }
    for (let next = Math.max(this.#validThrough + 1, firstBlock); next <= block; next++) {
      let posterior = this.#posteriors.get(next);
      if (posterior === undefined) {
        posterior = new Float64Array(COARSE_CELLS);
        this.#posteriors.set(next, posterior);
      }
      if (next !== this.#predictedBlock) {
        this.#predict(next === firstBlock ? undefined : this.#posteriors.get(next - 1)!, this.#predicted);
        this.#predictedBlock = next;
      }
      posterior.set(this.#predicted);
      this.#observe(next, posterior);
      this.#means.set(next, meanPrice(posterior));
      this.#validThrough = next;
    }
    return this.#posteriors.get(block)!;
  }

  /** The average price over those blocks of which the price is known, US dollars; null when there is none. */
  meanPrice(firstBlock: number, lastBlock: number): number | null {
    this.posterior(firstBlock, lastBlock);
    let sum = 0;
    let known = 0;
    for (let block = firstBlock; block <= lastBlock; block++) {
      const mean = this.#blocks.has(block) ? this.#means.get(block)! : null;
      if (mean === null) continue;
      sum += mean;
      known++;
    }
    return known === 0 ? null : sum / known;
  }

  #predict(before: Float64Array | undefined, into: Float64Array): void {
    if (before === undefined) {
      into.fill(1 / COARSE_CELLS);
      return;
    }
    into.fill((model.uniform * this.#share) / COARSE_CELLS);
    addLaplaceSpread(into, before, (model.near * this.#pace) / model.step, 1 - model.farShare, this.#scratch);
    addLaplaceSpread(into, before, (model.far * this.#pace) / model.step, model.farShare, this.#scratch);
  }

  #observe(block: number, posterior: Float64Array): void {
    const evidence = this.#blocks.get(block);
    if (evidence === undefined) return;
    const likelihood = this.#likelihood;
    evidence.logLikelihood(likelihood);
    let highest = 0;
    for (let cell = 0; cell < COARSE_CELLS; cell++) {
      const value = model.temper * likelihood[cell]!;
      likelihood[cell] = value;
      if (value > highest) highest = value;
    }
    likelihoodInPlace(likelihood, highest, model.clarity);
    let total = 0;
    for (let cell = 0; cell < COARSE_CELLS; cell++) {
      const value = posterior[cell]! * likelihood[cell]!;
      posterior[cell] = value;
      total += value;
    }
    const scale = 1 / total;
    for (let cell = 0; cell < COARSE_CELLS; cell++) posterior[cell]! *= scale;
  }
}

/** ln of the most probable price. */
export function modeOf(posterior: Float64Array): number {
  return coarseLogPrice(modeCell(posterior));
}

function modeCell(posterior: Float64Array): number {
  let best = 0;
  for (let cell = 1; cell < posterior.length; cell++) if (posterior[cell]! > posterior[best]!) best = cell;
  return best;
}

const MEAN_REACH = Math.round(0.02 / model.step);

/** Mean over ±2 % around the most probable price, US dollars; null when the price is likelier to be elsewhere. */
function meanPrice(posterior: Float64Array): number | null {
  const mode = modeCell(posterior);
  let mass = 0;
  let sum = 0;
  for (let cell = Math.max(0, mode - MEAN_REACH); cell <= Math.min(COARSE_CELLS - 1, mode + MEAN_REACH); cell++) {
    mass += posterior[cell]!;
    sum += posterior[cell]! * cell;
  }
  return mass < 0.5 ? null : Math.exp(coarseLogPrice(sum / mass));
}
