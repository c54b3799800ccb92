import { setImmediate as nextTurn } from "node:timers/promises";
import { RecordedMoments } from "./recorded-moments.ts";

/** Maximum time without yielding to the event loop, ms. */
const TURN_MS = 10;

/**
 * Records the price of a replay at fixed moments of recorded time. A gap between two records may
 * have thousands of moments; the computation then yields to clients and signals.
 */
export class RecordedPrices {
  readonly #moments: RecordedMoments;
  readonly #record: (moment: number) => void;
  /** Current moment while {@link passTime} runs. */
  #reached: number | null = null;

  /** @param record records the price at a moment, Unix seconds. */
  constructor(windowSeconds: number, record: (moment: number) => void) {
    this.#moments = new RecordedMoments(windowSeconds);
    this.#record = record;
  }

  /**
   * Records the price at all moments before `time`. Await it before handling the message of that
   * time.
   */
  async passTime(time: number, signal: AbortSignal): Promise<void> {
    let began = performance.now();
    for (const moment of this.#moments.before(time)) {
      this.#record(moment);
      if (performance.now() - began < TURN_MS) continue;
      this.#reached = moment;
      await nextTurn();
      if (signal.aborted) break;
      began = performance.now();
    }
    this.#reached = null;
  }

  /** Records the time of a message. */
  onMessage(time: number): void {
    this.#moments.onMessage(time);
  }

  /**
   * @returns the time of a tick: the current moment, or else the replay's clock, after recording
   * the moments before it.
   */
  tickTime(clock: number): number {
    if (this.#reached !== null) return this.#reached;
    for (const moment of this.#moments.before(clock)) this.#record(moment);
    return clock;
  }
}
