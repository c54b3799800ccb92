/**
 * Admits the first event of a kind in each period and counts the others, so that a flood of events
 * makes few log lines.
 */
export class RepeatFilter {
  readonly #periodMs: number;
  readonly #now: () => number;
  readonly #kinds = new Map<string, { untilMs: number; suppressed: number }>();

  /** @param now monotonic clock, milliseconds. */
  constructor(periodMs: number, now: () => number) {
    this.#periodMs = periodMs;
    this.#now = now;
  }

  /**
   * @param kind one of a few fixed kinds, never external input: kinds are not deleted.
   * @returns null if the event is suppressed, else the number of suppressed events since the last
   * admitted one.
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
