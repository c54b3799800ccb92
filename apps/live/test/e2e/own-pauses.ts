/** Period of reading the clock, ms. */
const SAMPLE_MS = 10;
/** A longer time between two readings is a pause of this process, ms. */
const PAUSE_MS = 50;
/** Older pauses are dropped, ms. */
const KEPT_MS = 60_000;

/**
 * Records pauses of the test process itself, without CPU or busy. Messages that waited in a pause
 * were not late because of the program under test.
 */
class OwnPauses {
  #sampledAtMs = performance.now();
  #pauses: { readonly fromMs: number; readonly untilMs: number }[] = [];

  constructor() {
    setInterval(() => this.#sample(), SAMPLE_MS).unref();
  }

  /** @returns the total length of pauses in the last `seconds`. */
  withinLast(seconds: number): number {
    this.#sample();
    const sinceMs = this.#sampledAtMs - seconds * 1000;
    return (
      this.#pauses.reduce((sum, { fromMs, untilMs }) => sum + Math.max(0, untilMs - Math.max(fromMs, sinceMs)), 0) /
      1000
    );
  }

  #sample(): void {
    const fromMs = this.#sampledAtMs;
    const untilMs = performance.now();
    this.#sampledAtMs = untilMs;
    if (untilMs - fromMs < PAUSE_MS) return;
    this.#pauses = this.#pauses.filter((pause) => pause.untilMs > untilMs - KEPT_MS);
    this.#pauses.push({ fromMs, untilMs });
  }
}

const ownPauses = new OwnPauses();

/** Milliseconds since a reading of `performance.now()`, minus the pauses of this process. */
export function elapsedMsSince(startMs: number): number {
  const elapsedMs = performance.now() - startMs;
  return elapsedMs - 1000 * ownPauses.withinLast(elapsedMs / 1000);
}

/** Age of a time in Unix seconds, minus the pauses of this process. */
export function ageSecondsOf(timestamp: number): number {
  const ageSeconds = Date.now() / 1000 - timestamp;
  return ageSeconds - ownPauses.withinLast(ageSeconds);
}
