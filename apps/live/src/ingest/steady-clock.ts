/** The two clocks of a machine, both in seconds. */
export interface MachineClocks {
  /** Unix time; it can be set at any moment. */
  readonly wall: () => number;
  /** Cannot be set. Whether it runs while the machine sleeps depends on the system. */
  readonly monotonic: () => number;
}

export const machineClocks: MachineClocks = {
  wall: () => Date.now() / 1000,
  monotonic: () => performance.now() / 1000,
};

/** Clocks of a machine whose wall clock is not set from now on. */
export function unsetClocks({ wall, monotonic }: MachineClocks = machineClocks): MachineClocks {
  const offset = wall() - monotonic();
  return { wall: () => offset + monotonic(), monotonic };
}

/** A larger change of the wall clock is a step; a smaller one is a correction. */
const STEP_SECONDS = 5;
/**
 * If reading both clocks takes longer, the process was paused in between and the readings do not
 * match.
 */
const READING_SECONDS = 0.1;

/**
 * Unix time: the monotonic clock plus its offset to the wall clock at the last {@link checkStep}.
 * It follows small corrections of the wall clock and reports steps: the clock was set, or the
 * machine slept or was restored.
 */
export class SteadyClock {
  readonly #clocks: MachineClocks;
  readonly #onStep: (seconds: number) => void;
  readonly #firstOffset: number;
  #offset: number;

  /**
   * @param onStep called by `checkStep` with the seconds by which the wall clock was set ahead
   * (negative: back).
   */
  constructor(clocks: MachineClocks, onStep: (seconds: number) => void) {
    this.#clocks = clocks;
    this.#onStep = onStep;
    this.#firstOffset = this.#offset = clocks.wall() - clocks.monotonic();
  }

  /** Unix seconds. */
  now(): number {
    return this.#clocks.monotonic() + this.#offset;
  }

  /**
   * Unix seconds as if the clock had not been set since the start. Use it only to compare times.
   */
  steady(): number {
    return this.#clocks.monotonic() + this.#firstOffset;
  }

  /** Converts a time from {@link steady} to Unix seconds by the current clock. */
  unix(steady: number): number {
    return steady + (this.#offset - this.#firstOffset);
  }

  /** Compares with the wall clock. Call it before using times, at least once a second. */
  checkStep(): void {
    const { wall, monotonic } = this.#clocks;
    const before = monotonic();
    const time = wall();
    if (monotonic() - before > READING_SECONDS) return;
    const change = time - before - this.#offset;
    this.#offset += change;
    if (Math.abs(change) > STEP_SECONDS) this.#onStep(change);
  }
}
