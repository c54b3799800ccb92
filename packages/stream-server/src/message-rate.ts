const SECOND_MS = 1000;

/** Sliding-window rate limit of one client: at most `maxPerSecond` frames in any second. */
export class MessageRate {
  readonly #times: Float64Array;
  #next = 0;

  constructor(maxPerSecond: number) {
    this.#times = new Float64Array(maxPerSecond).fill(Number.NEGATIVE_INFINITY);
  }

  /** @returns whether a frame at `nowMs` is within the limit */
  allows(nowMs: number): boolean {
    const oldest = this.#times[this.#next] ?? Number.NEGATIVE_INFINITY;
    if (nowMs - oldest < SECOND_MS) return false;
    this.#times[this.#next] = nowMs;
    this.#next = (this.#next + 1) % this.#times.length;
    return true;
  }
}
