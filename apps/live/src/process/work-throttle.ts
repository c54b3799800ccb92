/** Maximum share of time spent on the work in the long run. */
const MAX_SHARE = 0.1;
/** Work allowed at once after a pause, ms. */
const BURST_MS = 3000;

/** Limits repeated work to a burst, and beyond it to a tenth of the time. */
export class WorkThrottle {
  readonly #now: () => number;
  /** Work above the allowed share, ms, as of {@link #asOf}. */
  #debtMs = 0;
  #asOf: number;

  /** @param now monotonic clock, milliseconds. */
  constructor(now: () => number) {
    this.#now = now;
    this.#asOf = now();
  }

  /** Whether the pause is over, so that the next piece of work may start. */
  get isReady(): boolean {
    this.#payDebt();
    return this.#debtMs < BURST_MS;
  }

  /** Runs a piece of work and measures it. */
  run(work: () => void): void {
    const start = this.#now();
    work();
    this.#payDebt();
    this.#debtMs += this.#now() - start;
  }

  #payDebt(): void {
    const now = this.#now();
    this.#debtMs = Math.max(0, this.#debtMs - (now - this.#asOf) * MAX_SHARE);
    this.#asOf = now;
  }
}
