/** Half-height of the axis as a share of the price (about ±5 %). */
const HALF_SHARE = 0.05;
const HALF_SHARE_MAX = 0.2;
/** The axis rests while the price is within this share of its half-height from the middle. */
const HOLD_SHARE = 0.4;
const EASE_SECONDS = 1.2;

/**
 * The price axis: ±5 % around the price, wider to include the confirmed price. It rests while the
 * price stays near its middle and glides otherwise. It jumps for the first price only.
 */
export class PriceRange {
  #center = Number.NaN;
  #half = HALF_SHARE;
  #easeFrom = { center: Number.NaN, half: HALF_SHARE };
  #easeTo = { center: Number.NaN, half: HALF_SHARE };
  #easeStart = Number.NEGATIVE_INFINITY;

  /** US dollars per bitcoin at the lower edge; NaN before the first price. */
  get low(): number {
    return this.#center * (1 - this.#half);
  }

  /** US dollars per bitcoin at the upper edge; NaN before the first price. */
  get high(): number {
    return this.#center * (1 + this.#half);
  }

  /**
   * Sets the price to follow.
   * @param price the live price, or the confirmed one without a live one.
   * @param companion a second price to keep visible, if it is not too far away.
   * @param now local monotonic time in seconds.
   * @param glide false: move at once (reduced motion).
   */
  follow(price: number, companion: number | null, now: number, glide = true): void {
    const distance = companion === null ? 0 : Math.abs(companion / price - 1);
    const wanted = distance * 1.25 > HALF_SHARE_MAX ? HALF_SHARE : Math.max(HALF_SHARE, distance * 1.25);
    if (Number.isNaN(this.#center)) {
      this.#center = price;
      this.#half = wanted;
      this.#easeTo = { center: price, half: wanted };
      return;
    }
    const goal = this.#easeTo;
    const centered = Math.abs(price / goal.center - 1) <= HOLD_SHARE * goal.half;
    // Widens at once but narrows late, so that a wavering companion does not make the axis
    // oscillate.
    const fits = wanted <= goal.half * 1.001 && (goal.half === HALF_SHARE || wanted > goal.half * 0.7);
    if (centered && fits) return;
    this.step(now);
    this.#easeFrom = { center: this.#center, half: this.#half };
    this.#easeTo = { center: centered ? goal.center : price, half: fits ? goal.half : wanted };
    this.#easeStart = glide ? now : Number.NEGATIVE_INFINITY;
    if (!glide) {
      this.#center = this.#easeTo.center;
      this.#half = this.#easeTo.half;
    }
  }

  /** Moves the axis to its position at `now` (seconds). Returns whether it still moves. */
  step(now: number): boolean {
    if (this.#easeStart === Number.NEGATIVE_INFINITY) return false;
    const share = Math.min(1, Math.max(0, (now - this.#easeStart) / EASE_SECONDS));
    const eased = share * share * (3 - 2 * share);
    const { center, half } = this.#easeFrom;
    // Equal steps of the logarithm: halving looks like doubling.
    this.#center = share === 1 ? this.#easeTo.center : center * (this.#easeTo.center / center) ** eased;
    this.#half = half + (this.#easeTo.half - half) * eased;
    if (share === 1) this.#easeStart = Number.NEGATIVE_INFINITY;
    return share < 1;
  }
}
