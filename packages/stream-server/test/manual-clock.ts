import type { Clock } from "../src/clock.ts";

/** A clock that the test advances. */
export class ManualClock implements Clock {
  #nowMs = 0;
  readonly #timers = new Set<{ dueMs: number; task: () => void }>();

  now(): number {
    return this.#nowMs;
  }

  after(delayMs: number, task: () => void): () => void {
    const timer = { dueMs: this.#nowMs + delayMs, task };
    this.#timers.add(timer);
    return () => this.#timers.delete(timer);
  }

  afterIo(task: () => void): () => void {
    const immediate = setImmediate(task);
    return () => clearImmediate(immediate);
  }

  /** Pending timers. */
  get pending(): number {
    return this.#timers.size;
  }

  /** Advances the time and runs due timers in order. */
  advance(ms: number): void {
    const untilMs = this.#nowMs + ms;
    for (;;) {
      let next: { dueMs: number; task: () => void } | undefined;
      for (const timer of this.#timers)
        if (timer.dueMs <= untilMs && (next === undefined || timer.dueMs < next.dueMs)) next = timer;
      if (next === undefined) break;
      this.#timers.delete(next);
      this.#nowMs = Math.max(this.#nowMs, next.dueMs);
      next.task();
    }
    this.#nowMs = untilMs;
  }
}
