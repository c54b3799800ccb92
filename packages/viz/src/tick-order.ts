/** How a tick relates to the ticks before it. */
export type TickVerdict = "apply" | "duplicate" | "reordered" | "gap";

/** The fields of a tick that decide. Deltas name no epoch. */
export interface OrderedTick {
  readonly epoch?: string | undefined;
  readonly seq: number;
  readonly snapshot: boolean;
  readonly since?: number | undefined;
}

/**
 * Decides which `mempool_update` of a stream can be applied. A snapshot resets, and names the epoch
 * of the deltas after it. A delta must continue the last tick: `seq` - 1, or the tick that it names
 * as `since`. After a gap only a snapshot helps, so later deltas are a `gap` too.
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

  /** Call it after a snapshot request: the next snapshot applies whatever its number. */
  restart(): void {
    this.#awaitsSnapshot = true;
  }

  /** Judges a tick. One to be applied becomes the last tick. */
  judge(tick: OrderedTick): TickVerdict {
    const epoch = tick.epoch ?? this.#epoch;
    const sameRun = epoch === this.#epoch;
    if (tick.snapshot) {
      if (sameRun && !this.#awaitsSnapshot && tick.seq <= this.#seq)
        return tick.seq === this.#seq ? "duplicate" : "reordered";
      this.#epoch = epoch;
      this.#seq = tick.seq;
      this.#awaitsSnapshot = false;
      return "apply";
    }
    if (sameRun && tick.seq <= this.#seq) return tick.seq === this.#seq ? "duplicate" : "reordered";
    if (this.#awaitsSnapshot || !sameRun || (tick.since ?? tick.seq - 1) !== this.#seq) {
      this.#awaitsSnapshot = true;
      return "gap";
    }
    this.#seq = tick.seq;
    return "apply";
  }
}
