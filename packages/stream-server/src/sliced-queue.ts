import type { Clock } from "./clock.ts";

/**
 * Work that may come in a rush, done in the order of its coming, in slices: after each one, input and output have their
 * turn. Nothing in it is ever lost; who puts work in bounds how much of it there can be.
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
      // At least one each time, however short the slice: the rush comes to its end.
      do {
        const task = this.#tasks[this.#next];
        this.#next += 1;
        task?.();
      } while (this.#next < this.#tasks.length && this.#clock.now() - startedAtMs < this.#sliceMs);
    } finally {
      // What is done is removed at every slice: a rush that never ends must not be remembered. Also where a task threw:
      // the others have their turn.
      this.#tasks.splice(0, this.#next);
      this.#next = 0;
      if (this.#tasks.length > 0) this.#schedule();
    }
  }
}
