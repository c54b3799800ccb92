/** The two clocks of a machine, both in seconds. */
export interface MachineClocks {
  /** Unix time, which may be set at any moment. */
  readonly wall: () => number;
  /** Never set; whether it goes on while the machine sleeps is the system's affair. */
  readonly monotonic: () => number;
}

export const machineClocks: MachineClocks = {
  wall: () => Date.now() / 1000,
  monotonic: () => performance.now() / 1000,
};

/** The clocks of a machine whose time is never set, from now on. */
export function unsetClocks({ wall, monotonic }: MachineClocks = machineClocks): MachineClocks {
  const offset = wall() - monotonic();
  return { wall: () => offset + monotonic(), monotonic };
}

/** More than this is no correction in passing but another time. */
const STEP_SECONDS = 5;
/** Longer between two readings that belong together, and the program did not run in between. */
const READING_SECONDS = 0.1;

/**
 * Unix time: the monotonic clock plus its distance from the wall clock, as of the last {@link checkStep}. That follows
 * small corrections of the wall clock and reports a step: the clock was set, the machine slept or was restored.
 */
export class SteadyClock {
  readonly #clocks: MachineClocks;
  readonly #onStep: (seconds: number) => void;
  readonly #firstOffset: number;
  #offset: number;

  /** @param onStep called by `checkStep` with the seconds by which the wall clock was set ahead (less than 0: back). */
  constructor(clocks: MachineClocks, onStep: (seconds: number) => void) {
    this.#clocks = clocks;
    this.#onStep = onStep;
    this.#firstOffset = this.#offset = clocks.wall() - clocks.monotonic();
  }

  /** Unix seconds. */
  now(): number {
    return this.#clocks.monotonic() + this.#offset;
  }

  /** Unix seconds as if the clock had never been set since the start: for what only compares times. */
  steady(): number {
    return this.#clocks.monotonic() + this.#firstOffset;
  }

  /** The Unix time, as it is known now, of a moment that was noted by {@link steady}. */
  unix(steady: number): number {
    return steady + (this.#offset - this.#firstOffset);
  }

  /** Compares with the wall clock. Call it before times count, at least once a second. */
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
