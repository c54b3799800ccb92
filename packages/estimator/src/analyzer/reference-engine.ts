import { SATS_PER_BTC } from "../amounts.ts";
import type { PriceEstimate, RoundAmountEvidence } from "../contracts.ts";
import { estimateReference } from "../reference/estimate-reference.ts";
import type { PriceEngine } from "./price-engine.ts";

/**
 * The engine `reference` over a window: the average price of all amounts held, recomputed when they have changed.
 * It cannot say how sure it is, so its status is never `ok` and its confidence 0.
 */
export class ReferenceEngine implements PriceEngine {
  readonly #amountsSats: () => Float64Array;
  #estimate: PriceEstimate | null = null;

  /** @param amountsSats gives all amounts held at the time */
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

  /** It weighs no single amounts. */
  evidence(): RoundAmountEvidence[] {
    return [];
  }

  /** It does not know. */
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
