import { SATS_PER_BTC } from "../amounts.ts";
import type { PriceEstimate, RoundAmountEvidence } from "../contracts.ts";
import { estimateReference } from "../reference/estimate-reference.ts";
import type { PriceEngine } from "./price-engine.ts";

/**
 * The engine `reference` over a window: the average price of all its amounts, recomputed after a
 * change. It does not know its uncertainty, so its status is never `ok` and its confidence 0.
 */
export class ReferenceEngine implements PriceEngine {
  readonly #amountsSats: () => Float64Array;
  #estimate: PriceEstimate | null = null;

  /** @param amountsSats returns all current amounts */
  constructor(amountsSats: () => Float64Array) {
    this.#amountsSats = amountsSats;
  }

  add(): void {
    this.#estimate = null;
  }

  remove(): void {
    this.#estimate = null;
  }

  estimate(): PriceEstimate {
    this.#estimate ??= this.#work();
    return { ...this.#estimate };
  }

  /** Not available: the method does not weigh single amounts. */
  evidence(): RoundAmountEvidence[] {
    return [];
  }

  /** Not available. */
  support(): null {
    return null;
  }

  #work(): PriceEstimate {
    const { price } = estimateReference(this.#amountsSats().map((sats) => sats / SATS_PER_BTC));
    return {
      price,
      interval: null,
      confidence: 0,
      status: price === null ? "no_estimate" : "low_confidence",
      windowPrice: price,
    };
  }
}
