import { setImmediate as nextTurn } from "node:timers/promises";

/** Messages are processed for this long before timers and clients get a turn. */
const TURN_MS = 10;

/** Lets timers and I/O run while a long queue is processed. */
export class Turn {
  #began = performance.now();

  /** Await before each message. */
  async next(): Promise<void> {
    if (performance.now() - this.#began < TURN_MS) return;
    await nextTurn();
    this.#began = performance.now();
  }
}
