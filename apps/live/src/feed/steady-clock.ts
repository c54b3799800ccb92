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
 * Unix time by the monotonic clock and its distance from the wall clock. It follows corrections in passing, and tells of
 * a step: the clock was set, the machine slept, or it goes on from a saved state.
 */
export class SteadyClock {
  readonly #clocks: MachineClocks;
  readonly #onStep: (seconds: number) => void;
  readonly #firstOffset: number;
  #offset: number;

  /** @param onStep told by how many seconds time went on (less than zero: back), while `now` is being asked for. */
  constructor(clocks: MachineClocks, onStep: (seconds: number) => void) {
    this.#clocks = clocks;
    this.#onStep = onStep;
    this.#firstOffset = this.#offset = clocks.wall() - clocks.monotonic();
  }

  /** Unix seconds. */
  now(): number {
    this.#look();
    return this.#clocks.monotonic() + this.#offset;
  }

  /** Unix seconds as if the clock had never been set since the start: for what only compares times. */
  steady(): number {
    return this.#clocks.monotonic() + this.#firstOffset;
  }

  /** The Unix time, as it is known now, of a moment that was noted by {@link steady}. */
  unix(steady: number): number {
    this.#look();
    return steady + (this.#offset - this.#firstOffset);
  }

  #look(): void {
    const { wall, monotonic } = this.#clocks;
    const before = monotonic();
    const time = wall();
    if (monotonic() - before > READING_SECONDS) return;
    const change = time - before - this.#offset;
    this.#offset += change;
    if (Math.abs(change) > STEP_SECONDS) this.#onStep(change);
  }
}
