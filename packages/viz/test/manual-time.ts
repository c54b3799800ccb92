/** A clock and timers that the test advances. */
export class ManualTime {
  nowMs = 0;
  #timers: { at: number; run: () => void; id: number }[] = [];
  #nextId = 1;

  readonly now = (): number => this.nowMs;

  readonly setTimer = (run: () => void, delayMs: number): number => {
    const id = this.#nextId++;
    this.#timers.push({ at: this.nowMs + delayMs, run, id });
    return id;
  };

  readonly clearTimer = (id: unknown): void => {
    this.#timers = this.#timers.filter((timer) => timer.id !== id);
  };

  get pending(): number {
    return this.#timers.length;
  }

  /** Advances by `ms`; timers run in order. */
  pass(ms: number): void {
    const end = this.nowMs + ms;
    for (;;) {
      const due = this.#timers.filter((timer) => timer.at <= end).sort((a, b) => a.at - b.at || a.id - b.id)[0];
      if (due === undefined) break;
      this.clearTimer(due.id);
      this.nowMs = Math.max(this.nowMs, due.at);
      due.run();
    }
    this.nowMs = end;
  }
}
