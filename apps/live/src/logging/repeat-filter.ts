/**
 * Lets the first event of a kind through and counts those that follow within the period, so that a flood makes two log
 * lines and not a million.
 */
export class RepeatFilter {
  readonly #periodMs: number;
  readonly #now: () => number;
  readonly #kinds = new Map<string, { untilMs: number; suppressed: number }>();

  /** @param now milliseconds of a clock that never goes back. */
  constructor(periodMs: number, now: () => number) {
    this.#periodMs = periodMs;
    this.#now = now;
  }

  /**
   * @param kind one of few kinds; never made from what comes from outside.
   * @returns null when the event is to be passed over, else how many of its kind were since the last one let through.
   */
  admit(kind: string): number | null {
    const now = this.#now();
    const held = this.#kinds.get(kind);
    if (held !== undefined && now < held.untilMs) {
      held.suppressed += 1;
      return null;
    }
    this.#kinds.set(kind, { untilMs: now + this.#periodMs, suppressed: 0 });
    return held?.suppressed ?? 0;
  }
}
