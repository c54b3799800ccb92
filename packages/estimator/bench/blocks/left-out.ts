import { fitLadder } from "../../fit/fit-ladder.ts";
import { ladderCounts } from "../../fit/ladder-counts.ts";
import { ladderSets } from "../../fit/ladder-sets.ts";
import type { PriceEstimate } from "../../src/index.ts";
import { type Reader, reader, readPrice } from "../../src/posterior/price-reading.ts";
import { publishReading } from "../../src/posterior/publish-reading.ts";
import { WEIGHTS } from "../../src/posterior/weights.ts";

/** Estimates a set of one block by popularity fitted to all the others. */
export class LeftOutEngine {
  readonly #readers = new Map<string, Reader>();
  readonly #readerOf: (height: string) => Reader;

  constructor(corpus: string) {
    const sets = ladderSets(corpus);
    const counts = ladderCounts(sets);
    this.#readerOf = (height) => reader(WEIGHTS, fitLadder(counts.filter((_, i) => sets[i]!.name !== height)));
  }

  estimate(height: string, amountsBtc: readonly number[]): PriceEstimate {
    const found = this.#readers.get(height) ?? this.#readerOf(height);
    this.#readers.set(height, found);
    const sats = Float64Array.from(amountsBtc, (btc) => Math.round(btc * 1e8));
    return publishReading(readPrice(sats, found), WEIGHTS);
  }
}
