/** Time is counted in so many steps: a pause of this process counts as one of them, not as the peer's silence. */
const STEPS = 10;
/** Least that has to arrive within the time allowed, unless it is the end: an answer that trickles would never end. */
export const LEAST_BYTES = 2 ** 18;

/** Watches over the arrival of an answer: gives up when too little comes while somebody waits for it. */
export class Patience {
  readonly #timer: NodeJS.Timeout;
  #steps = 0;
  #bytes = 0;
  #waits = true;

  constructor(timeoutMs: number, giveUp: () => void) {
    this.#timer = setInterval(() => {
      if (!this.#waits) return;
      this.#steps += 1;
      if (this.#steps > STEPS) giveUp();
    }, timeoutMs / STEPS).unref();
  }

  /** While the reader is busy with what has come, nothing is expected. */
  set waits(waits: boolean) {
    this.#waits = waits;
  }

  /** The head of the answer is there. */
  begun(): void {
    this.#steps = 0;
  }

  arrived(bytes: number): void {
    this.#bytes += bytes;
    if (this.#bytes < LEAST_BYTES) return;
    this.#bytes = 0;
    this.#steps = 0;
  }

  end(): void {
    clearInterval(this.#timer);
  }
}
