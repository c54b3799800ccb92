import { fitLadder } from "../../fit/fit-ladder.ts";
import { type LadderCounts, ladderCounts } from "../../fit/ladder-counts.ts";
import { ladderSets } from "../../fit/ladder-sets.ts";
import type { PriceEstimate } from "../../src/index.ts";
import { FITTED_SETS, LADDER, type LadderAmount } from "../../src/posterior/likelihood/ladder.ts";
import { WEIGHTS } from "../../src/posterior/likelihood/weights.ts";
import { publishReading } from "../../src/posterior/static-set/publish-set-estimate.ts";
import { type FittedModel, readPrice } from "../../src/posterior/static-set/set-estimate.ts";

/**
 * Estimates a set of a block that the ladder was fitted to by one fitted to all the others, and any
 * other as it is.
 */
export class LeftOutEngine {
  readonly #models = new Map<string, FittedModel>();
  readonly #corpus: string;
  #counts: ReadonlyMap<string, LadderCounts> | undefined;

  constructor(corpus: string) {
    this.#corpus = corpus;
  }

  estimate(height: string, amountsBtc: readonly number[], batches: readonly Float64Array[] = []): PriceEstimate {
    const found = this.#models.get(height) ?? { weights: WEIGHTS, ladder: this.#ladderFor(height) };
    this.#models.set(height, found);
    return publishReading(readPrice(satsOf(amountsBtc), batches.map(satsOf), found));
  }

  #ladderFor(height: string): readonly LadderAmount[] {
    if (!FITTED_SETS.includes(height)) return LADDER;
    this.#counts ??= countsOf(this.#corpus);
    return fitLadder([...this.#counts].filter(([name]) => name !== height).map(([, counts]) => counts));
  }
}

function satsOf(amountsBtc: ArrayLike<number>): Float64Array {
  return Float64Array.from(amountsBtc, (btc) => Math.round(btc * 1e8));
}

function countsOf(corpus: string): Map<string, LadderCounts> {
  const sets = ladderSets(corpus).filter(({ name }) => FITTED_SETS.includes(name));
  return new Map(ladderCounts(sets).map((counts, i) => [sets[i]!.name, counts]));
}
