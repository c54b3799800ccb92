/** Half-height of the axis as a share of the price (about ±5 %). */
const HALF_SHARE = 0.05;
const HALF_SHARE_MAX = 0.2;
/** The axis stays while the price is within this share of its half-height from the middle. */
const HOLD_SHARE = 0.4;
const EASE_SECONDS = 1.2;

/**
 * The price axis: ±5 % around the price, wider when the confirmed price would not be on it. It stays where it is while
 * the price moves near its middle, and glides when it must follow; it never jumps, but for the very first price.
 */
export class PriceRange {
  #centre = Number.NaN;
  #half = HALF_SHARE;
  #easeFrom = { centre: Number.NaN, half: HALF_SHARE };
  #easeTo = { centre: Number.NaN, half: HALF_SHARE };
  #easeStart = Number.NEGATIVE_INFINITY;

  /** US dollars per bitcoin at the lower edge; NaN before the first price. */
  get low(): number {
    return this.#centre * (1 - this.#half);
  }

  /** US dollars per bitcoin at the upper edge; NaN before the first price. */
  get high(): number {
    return this.#centre * (1 + this.#half);
  }

  /**
   * Names the price to follow.
   * @param price the live price, or the confirmed one when there is no other.
   * @param companion a second price to keep on the axis, if it is not too far away.
   * @param now local monotonic time in seconds.
   * @param glide false: go there at once (reduced motion).
   */
  follow(price: number, companion: number | null, now: number, glide = true): void {
    const distance = companion === null ? 0 : Math.abs(companion / price - 1);
    const wanted = distance * 1.25 > HALF_SHARE_MAX ? HALF_SHARE : Math.max(HALF_SHARE, distance * 1.25);
    if (Number.isNaN(this.#centre)) {
      this.#centre = price;
      this.#half = wanted;
      this.#easeTo = { centre: price, half: wanted };
      return;
    }
    const goal = this.#easeTo;
    const centred = Math.abs(price / goal.centre - 1) <= HOLD_SHARE * goal.half;
    // Wider at once, narrower only when much is left empty: else a companion that wavers would make the axis breathe.
    const fits = wanted <= goal.half * 1.001 && (goal.half === HALF_SHARE || wanted > goal.half * 0.7);
    if (centred && fits) return;
    this.step(now);
    this.#easeFrom = { centre: this.#centre, half: this.#half };
    this.#easeTo = { centre: centred ? goal.centre : price, half: fits ? goal.half : wanted };
    this.#easeStart = glide ? now : Number.NEGATIVE_INFINITY;
    if (!glide) {
      this.#centre = this.#easeTo.centre;
      this.#half = this.#easeTo.half;
    }
  }

  /** Moves the axis to where it is at `now` (seconds); returns whether it still moves. */
  step(now: number): boolean {
    if (this.#easeStart === Number.NEGATIVE_INFINITY) return false;
    const share = Math.min(1, Math.max(0, (now - this.#easeStart) / EASE_SECONDS));
    const eased = share * share * (3 - 2 * share);
    const { centre, half } = this.#easeFrom;
    // Even steps of the logarithm: a fall by half looks as a rise to the double does.
    this.#centre = share === 1 ? this.#easeTo.centre : centre * (this.#easeTo.centre / centre) ** eased;
    this.#half = half + (this.#easeTo.half - half) * eased;
    if (share === 1) this.#easeStart = Number.NEGATIVE_INFINITY;
    return share < 1;
  }
}
