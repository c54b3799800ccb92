/** Initial capacity: the amounts of a busy minute. */
const MOST_WAITING = 16_384;

/** Adds (1) or removes (-1) the votes of an amount. */
type CountVotes = (valueSats: number, sign: 1 | -1) => void;

/**
 * Amounts whose votes are added when an estimate needs them, so that votes of amounts that expired
 * before are never added. Votes are sums of integers, so the time of adding does not matter.
 */
export class PendingAmounts {
  readonly #count: CountVotes;
  /** Satoshis, negative for a removed amount. */
  #waiting: number[] = [];

  constructor(count: CountVotes) {
    this.#count = count;
  }

  push(valueSats: number, sign: 1 | -1): void {
    if (this.#waiting.push(sign * valueSats) >= MOST_WAITING) this.settle();
  }

  /** Adds the pending votes. */
  settle(): void {
    for (const change of this.#waiting) this.#count(Math.abs(change), change > 0 ? 1 : -1);
    this.#waiting = [];
  }
}
