/** As many as a busy minute brings; more wait only where no one asks. */
const MOST_WAITING = 16_384;

/** Counts the votes of an amount that came (1) or left (-1). */
export type CountVotes = (valueSats: number, sign: 1 | -1) => void;

/**
 * Amounts whose votes are counted when somebody asks: of what has grown too old no one does, and its votes are never counted
 * at all. Votes are sums of integers, so when they are counted changes nothing.
 */
export class PendingAmounts {
  readonly #count: CountVotes;
  /** Satoshis, negative for an amount that left. */
  #waiting: number[] = [];

  constructor(count: CountVotes) {
    this.#count = count;
  }

  push(valueSats: number, sign: 1 | -1): void {
    this.#waiting.push(sign * valueSats);
    if (this.#waiting.length >= MOST_WAITING) this.settle();
  }

  /** Counts what waits. */
  settle(): void {
    if (this.#waiting.length === 0) return;
    for (const change of this.#waiting) this.#count(Math.abs(change), change > 0 ? 1 : -1);
    this.#waiting = [];
  }
}
