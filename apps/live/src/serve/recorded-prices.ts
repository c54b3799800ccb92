import { setImmediate as nextTurn } from "node:timers/promises";
import { RecordedMoments } from "./recorded-moments.ts";

/** How long the moments of one stretch may keep clients and signals waiting, ms. */
const TURN_MS = 10;

/**
 * Has the price of a replay noted at fixed moments of recorded time. Between two records there may be hours of it, and
 * thousands of moments: they are worked off in turns with everything else.
 */
export class RecordedPrices {
  readonly #moments: RecordedMoments;
  readonly #note: (moment: number) => void;
  /** The moment reached while a stretch is worked off. */
  #reached: number | null = null;

  /** @param note notes the price at a moment, Unix seconds. */
  constructor(windowSeconds: number, note: (moment: number) => void) {
    this.#moments = new RecordedMoments(windowSeconds);
    this.#note = note;
  }

  /** Notes all moments before a record's time. To be awaited before the record counts. */
  async passTime(time: number, signal: AbortSignal): Promise<void> {
    let began = performance.now();
    for (const moment of this.#moments.before(time)) {
      this.#note(moment);
      if (performance.now() - began < TURN_MS) continue;
      this.#reached = moment;
      await nextTurn();
      if (signal.aborted) break;
      began = performance.now();
    }
    this.#reached = null;
  }

  /** A record with that time counts now. */
  message(time: number): void {
    this.#moments.message(time);
  }

  /** The time of a tick: that of the replay's clock, or the moment reached. Notes the moments up to it. */
  tickTime(clock: number): number {
    if (this.#reached !== null) return this.#reached;
    for (const moment of this.#moments.before(clock)) this.#note(moment);
    return clock;
  }
}
