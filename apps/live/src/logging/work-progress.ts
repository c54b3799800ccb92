/** Progress of a long piece of work. */
export interface WorkState {
  readonly done: number;
  readonly total: number;
  /** Null until the speed is known. */
  readonly seconds_left: number | null;
}

/** Below this time the speed is not known, ms. */
const MEASURED_MS = 2_000;

/** Estimates the time left from the speed so far. */
export class WorkProgress {
  readonly #now: () => number;
  #start: { readonly done: number; readonly atMs: number } | null = null;

  /** @param now milliseconds. */
  constructor(now: () => number) {
    this.#now = now;
  }

  /** @param done amount done so far; the first call is the start of the measurement. */
  at(done: number, total: number): WorkState {
    const atMs = this.#now();
    this.#start ??= { done, atMs };
    const elapsedMs = atMs - this.#start.atMs;
    const gained = done - this.#start.done;
    const isKnown = elapsedMs >= MEASURED_MS && gained > 0;
    return { done, total, seconds_left: isKnown ? Math.ceil((elapsedMs / gained / 1000) * (total - done)) : null };
  }
}

/** For example "about 5 min left". */
export function timeLeftText(seconds: number): string {
  if (seconds < 90) return `about ${Math.max(1, Math.round(seconds))} s left`;
  if (seconds < 5_400) return `about ${Math.round(seconds / 60)} min left`;
  return `about ${Math.round(seconds / 3_600)} h left`;
}
