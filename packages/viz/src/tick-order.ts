/** What a tick is to a reader that has seen the ticks before it. */
export type TickVerdict = "apply" | "duplicate" | "reordered" | "gap";

/**
 * Decides which `mempool_update` of a stream may be applied: a snapshot resets, a delta applies
 * only at the last tick + 1 of the same epoch. After a jump nothing but a snapshot helps, so every further delta is a
 * `gap` too.
 */
export class TickOrder {
  #epoch: string | null = null;
  #seq = -1;
  #awaitsSnapshot = true;

  /** Whether only a snapshot can be applied: at the start, after {@link restart} and after a gap. */
  get awaitsSnapshot(): boolean {
    return this.#awaitsSnapshot;
  }

  /** Number of the last tick applied, null before the first. */
  get seq(): number | null {
    return this.#epoch === null ? null : this.#seq;
  }

  /** Name of the server's run that the last tick came from, null before the first. */
  get epoch(): string | null {
    return this.#epoch;
  }

  /** To be called at a new connection, and when a snapshot was asked for: the next snapshot applies whatever its number. */
  restart(): void {
    this.#awaitsSnapshot = true;
  }

  /** Judges a tick and, when it is to be applied, takes it as the last one. */
  judge(tick: { readonly epoch: string; readonly seq: number; readonly snapshot: boolean }): TickVerdict {
    const sameRun = tick.epoch === this.#epoch;
    if (tick.snapshot) {
      if (sameRun && !this.#awaitsSnapshot && tick.seq <= this.#seq)
        return tick.seq === this.#seq ? "duplicate" : "reordered";
      this.#epoch = tick.epoch;
      this.#seq = tick.seq;
      this.#awaitsSnapshot = false;
      return "apply";
    }
    if (sameRun && tick.seq <= this.#seq) return tick.seq === this.#seq ? "duplicate" : "reordered";
    if (this.#awaitsSnapshot || !sameRun || tick.seq !== this.#seq + 1) {
      this.#awaitsSnapshot = true;
      return "gap";
    }
    this.#seq = tick.seq;
    return "apply";
  }
}
