/** Work takes at most this share of the time in the long run. */
const MOST_SHARE = 0.1;
/** Work that may be done at once after a rest, ms. */
const BURST_MS = 3000;

/** Paces work that may be asked for without end: what goes beyond a burst takes a tenth of the time. */
export class RestAfterWork {
  readonly #now: () => number;
  /** Work done and not yet rested for, ms, as of a time. */
  #debtMs = 0;
  #asOf: number;

  /** @param now milliseconds of a clock that is never set */
  constructor(now: () => number) {
    this.#now = now;
    this.#asOf = now();
  }

  /** Whether the next piece may begin. */
  get isOver(): boolean {
    this.#rest();
    return this.#debtMs < BURST_MS;
  }

  /** Does a piece of work. */
  run(work: () => void): void {
    const start = this.#now();
    work();
    this.#rest();
    this.#debtMs += this.#now() - start;
  }

  #rest(): void {
    const now = this.#now();
    this.#debtMs = Math.max(0, this.#debtMs - (now - this.#asOf) * MOST_SHARE);
    this.#asOf = now;
  }
}
