/** Between two looks at the clock, ms. */
const LOOK_MS = 10;
/** Longer between two looks, and this process did not run, ms. */
const PAUSE_MS = 50;
/** What is older interests nobody, ms. */
const KEPT_MS = 60_000;

/**
 * When the process of the tests itself stood still: kept from the processor, or busy. What lay ready for it meanwhile was
 * not late by anybody else's fault.
 */
class OwnPauses {
  #lookedAtMs = performance.now();
  #pauses: { readonly fromMs: number; readonly untilMs: number }[] = [];

  constructor() {
    setInterval(() => this.#look(), LOOK_MS).unref();
  }

  /** Seconds of the last so many in which it stood still. */
  withinLast(seconds: number): number {
    this.#look();
    const sinceMs = this.#lookedAtMs - seconds * 1000;
    return (
      this.#pauses.reduce((sum, { fromMs, untilMs }) => sum + Math.max(0, untilMs - Math.max(fromMs, sinceMs)), 0) /
      1000
    );
  }

  #look(): void {
    const fromMs = this.#lookedAtMs;
    const untilMs = performance.now();
    this.#lookedAtMs = untilMs;
    if (untilMs - fromMs < PAUSE_MS) return;
    this.#pauses = this.#pauses.filter((pause) => pause.untilMs > untilMs - KEPT_MS);
    this.#pauses.push({ fromMs, untilMs });
  }
}

const ownPauses = new OwnPauses();

/** How old something is that was made at a time, Unix seconds, but for the time in which this process could not look at it. */
export function ageSecondsOf(timestamp: number): number {
  const ageSeconds = Date.now() / 1000 - timestamp;
  return ageSeconds - ownPauses.withinLast(ageSeconds);
}
