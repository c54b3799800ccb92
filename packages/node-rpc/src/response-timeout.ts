/**
 * The timeout is counted in this many timer ticks, so that a blocked process counts as one tick
 * only.
 */
const TICKS = 10;
/** Bytes that must arrive within the timeout, unless the response ends. Limits slow responses. */
export const MIN_BYTES = 2 ** 18;

/** Calls `onTimeout` if too little of a response arrives while the caller is reading. */
export class ResponseTimeout {
  readonly #timer: NodeJS.Timeout;
  #ticks = 0;
  #bytes = 0;
  #reading = true;

  constructor(timeoutMs: number, onTimeout: () => void) {
    this.#timer = setInterval(() => {
      if (!this.#reading) return;
      this.#ticks += 1;
      if (this.#ticks > TICKS) onTimeout();
    }, timeoutMs / TICKS).unref();
  }

  /** False while the caller processes data: the timeout is paused. */
  set reading(reading: boolean) {
    this.#reading = reading;
  }

  onHeaders(): void {
    this.#ticks = 0;
  }

  onData(bytes: number): void {
    this.#bytes += bytes;
    if (this.#bytes < MIN_BYTES) return;
    this.#bytes = 0;
    this.#ticks = 0;
  }

  stop(): void {
    clearInterval(this.#timer);
  }
}
