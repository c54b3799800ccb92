const SECOND_MS = 1000;
const NONE: readonly number[] = [];

/**
 * Sliding-window rate limit of one client: at most `maxPerSecond` frames in any second. Most
 * clients only send a pong now and then: they cost an array of one number.
 */
export class MessageRate {
  readonly #maxPerSecond: number;
  /** Times of the frames of the last second, oldest first. */
  #times = NONE as number[];

  constructor(maxPerSecond: number) {
    this.#maxPerSecond = maxPerSecond;
  }

  /** @returns whether a frame at `nowMs` is within the limit */
  allows(nowMs: number): boolean {
    const times = this.#times;
    const isPast = (time: number | undefined): boolean => time === undefined || nowMs - time >= SECOND_MS;
    if (isPast(times.at(-1))) {
      this.#times = [nowMs];
      return true;
    }
    while (isPast(times[0])) times.shift();
    if (times.length >= this.#maxPerSecond) return false;
    times.push(nowMs);
    return true;
  }
}
