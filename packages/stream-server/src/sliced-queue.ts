import type { Clock } from "./clock.ts";

/**
 * Runs tasks in order, in time slices: pending I/O runs between slices. Unbounded: the caller
 * limits the number of tasks.
 */
export class SlicedQueue {
  readonly #clock: Clock;
  readonly #sliceMs: number;
  readonly #tasks: (() => void)[] = [];
  #next = 0;
  #scheduled = false;

  constructor(clock: Clock, sliceMs: number) {
    this.#clock = clock;
    this.#sliceMs = sliceMs;
  }

  push(task: () => void): void {
    this.#tasks.push(task);
    this.#schedule();
  }

  #schedule(): void {
    if (this.#scheduled) return;
    this.#scheduled = true;
    this.#clock.afterIo(() => this.#slice());
  }

  #slice(): void {
    this.#scheduled = false;
    const startedAtMs = this.#clock.now();
    try {
      // At least one task per slice, so that the queue makes progress.
      do {
        const task = this.#tasks[this.#next];
        this.#next += 1;
        task?.();
      } while (this.#next < this.#tasks.length && this.#clock.now() - startedAtMs < this.#sliceMs);
    } finally {
      // Remove finished tasks after every slice, so that memory stays bounded under constant load.
      // In `finally`, so that the remaining tasks run even if one throws.
      this.#tasks.splice(0, this.#next);
      this.#next = 0;
      if (this.#tasks.length > 0) this.#schedule();
    }
  }
}
