/** The browser's frames and timers, replaceable in tests. */
export interface FrameSource {
  /** As `requestAnimationFrame`. */
  requestFrame(callback: () => void): unknown;
  /** As `cancelAnimationFrame`. */
  cancelFrame(frame: unknown): void;
  /** As `setTimeout`. */
  setTimer(callback: () => void, delayMs: number): unknown;
  /** As `clearTimeout`. */
  clearTimer(timer: unknown): void;
}

/** A page that is seen and gets no frame for this long is drawn without one. */
const FRAME_WAIT_MS = 1000;

interface WindowFrame {
  readonly frame: number;
  readonly watch: ReturnType<typeof setInterval>;
}

function cancelWindowFrame({ frame, watch }: WindowFrame): void {
  cancelAnimationFrame(frame);
  clearInterval(watch);
}

/** The frames and timers of the window. Nothing is drawn while the tab is hidden. */
export const windowFrames: FrameSource = {
  requestFrame: (callback) => {
    const run = (): void => {
      cancelWindowFrame(requested);
      callback();
    };
    const requested: WindowFrame = {
      frame: requestAnimationFrame(run),
      watch: setInterval(() => {
        if (document.visibilityState === "visible") run();
      }, FRAME_WAIT_MS),
    };
    return requested;
  },
  cancelFrame: (frame) => cancelWindowFrame(frame as WindowFrame),
  setTimer: (callback, delayMs) => setTimeout(callback, delayMs),
  clearTimer: (timer) => clearTimeout(timer as number),
};

/** Shorter waits than this are left to the frames themselves. */
const WAIT_MS_MIN = 20;

/**
 * Draws when there is something to draw and never twice per frame: any number of requests between two frames is one draw.
 * What moves slowly asks for its next frame later.
 */
export class FrameLoop {
  readonly #source: FrameSource;
  readonly #draw: () => number | null;
  #frame: unknown = null;
  #timer: unknown = null;

  /** @param draw draws, and returns after how many milliseconds the picture will differ; null: not by itself. */
  constructor(source: FrameSource, draw: () => number | null) {
    this.#source = source;
    this.#draw = draw;
  }

  /** Asks for a draw at the next frame. */
  request(): void {
    this.#clearTimer();
    if (this.#frame !== null) return;
    this.#frame = this.#source.requestFrame(() => {
      this.#frame = null;
      this.drawNow();
    });
  }

  /** Draws at once, and plans the next frame. */
  drawNow(): void {
    const nextMs = this.#draw();
    this.#clearTimer();
    if (nextMs === null) return;
    if (nextMs < WAIT_MS_MIN) this.request();
    else
      this.#timer = this.#source.setTimer(() => {
        this.#timer = null;
        this.request();
      }, nextMs);
  }

  stop(): void {
    if (this.#frame !== null) this.#source.cancelFrame(this.#frame);
    this.#frame = null;
    this.#clearTimer();
  }

  #clearTimer(): void {
    if (this.#timer !== null) this.#source.clearTimer(this.#timer);
    this.#timer = null;
  }
}
