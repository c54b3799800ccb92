import type { PriceInterval } from "../contracts.ts";

const LN_10 = Math.log(10);

/**
 * The distribution of ln(price) that an answer implies: two-sided exponential around the price,
 * fitted to the 90 % interval, the only one in an answer. Peaks of payments and moves of the price
 * have this shape.
 */
export class ImpliedDistribution {
  /** Scales below and above the price, natural log. */
  readonly #below: number;
  readonly #above: number;
  readonly #logPrice: number;

  constructor(price: number, { low, high }: PriceInterval) {
    this.#logPrice = Math.log(price);
    this.#below = Math.log(price / low) / LN_10;
    this.#above = Math.log(high / price) / LN_10;
  }

  /** Whether the interval of this level (0 to 1) contains the truth. */
  holds(truthUsd: number, level: number): boolean {
    const distance = Math.log(truthUsd) - this.#logPrice;
    const scale = distance < 0 ? this.#below : this.#above;
    return Math.abs(distance) <= scale * -Math.log(1 - level) + 1e-12;
  }

  /**
   * Continuous ranked probability score, percent of the price. Lower is better; for a single value
   * it is the distance.
   */
  crpsPct(truthUsd: number): number {
    const distance = Math.log(truthUsd) - this.#logPrice;
    const [near, far] = distance < 0 ? [this.#below, this.#above] : [this.#above, this.#below];
    // The integral of (F - step)², F being the distribution with half of its mass on each side.
    const away = Math.abs(distance);
    const beyond = near === 0 ? 0 : Math.exp(-away / near);
    return 100 * (away + near * (beyond - 7 / 8) + far / 8);
  }
}
