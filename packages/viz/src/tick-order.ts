/** How a tick relates to the ticks before it. */
export type TickVerdict = "apply" | "duplicate" | "reordered" | "gap";

/**
 * Decides which `mempool_update` of a stream can be applied. A snapshot resets. A delta must be the
 * last tick + 1 of the same epoch. After a gap only a snapshot helps, so later deltas are a `gap`
 * too.
 */
export class TickOrder {
  #epoch: string | null = null;
  #seq = -1;
  #awaitsSnapshot = true;

  /** Whether only a snapshot can be applied: at the start, after {@link restart}, after a gap. */
  get awaitsSnapshot(): boolean {
    return this.#awaitsSnapshot;
  }

  /** Number of the last tick applied, null before the first. */
  get seq(): number | null {
    return this.#epoch === null ? null : this.#seq;
  }

  /** The server's epoch of the last tick, null before the first. */
  get epoch(): string | null {
    return this.#epoch;
  }

  /**
   * Call it on a new connection and after a snapshot request: the next snapshot applies whatever
   * its number.
   */
  restart(): void {
    this.#awaitsSnapshot = true;
  }

  /** Judges a tick. One to be applied becomes the last tick. */
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
