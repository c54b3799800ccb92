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

/** A visible page that gets no frame for this long is drawn without one. */
const FRAME_WAIT_MS = 1000;

interface WindowFrame {
  frame: number;
  watch: ReturnType<typeof setInterval> | null;
  readonly show: () => void;
}

function cancelWindowFrame({ frame, watch, show }: WindowFrame): void {
  cancelAnimationFrame(frame);
  if (watch !== null) clearInterval(watch);
  document.removeEventListener("visibilitychange", show);
}

/** Frames and timers of the window. A hidden tab draws nothing and needs no timer. */
export const windowFrames: FrameSource = {
  requestFrame: (callback) => {
    const run = (): void => {
      cancelWindowFrame(requested);
      callback();
    };
    const start = (): void => {
      requested.frame = requestAnimationFrame(run);
      requested.watch = setInterval(() => {
        if (document.visibilityState === "visible") run();
      }, FRAME_WAIT_MS);
    };
    const requested: WindowFrame = {
      frame: 0,
      watch: null,
      show: () => {
        if (document.visibilityState !== "visible") return;
        cancelWindowFrame(requested);
        start();
      },
    };
    if (document.visibilityState === "hidden") document.addEventListener("visibilitychange", requested.show);
    else start();
    return requested;
  },
  cancelFrame: (frame) => cancelWindowFrame(frame as WindowFrame),
  setTimer: (callback, delayMs) => setTimeout(callback, delayMs),
  clearTimer: (timer) => clearTimeout(timer as number),
};

/** Shorter delays use an animation frame. */
const WAIT_MS_MIN = 20;

/**
 * Draws only on request, and at most once per frame. Slow-moving pictures schedule their next
 * frame later.
 */
export class FrameLoop {
  readonly #source: FrameSource;
  readonly #draw: () => number | null;
  #frame: unknown = null;
  #timer: unknown = null;

  /**
   * @param draw draws and returns the milliseconds until the picture changes; null: never by
   *   itself.
   */
  constructor(source: FrameSource, draw: () => number | null) {
    this.#source = source;
    this.#draw = draw;
  }

  /** Requests a draw in the next frame. */
  request(): void {
    this.#clearTimer();
    if (this.#frame !== null) return;
    this.#frame = this.#source.requestFrame(() => {
      this.#frame = null;
      this.drawNow();
    });
  }

  /** Draws immediately and schedules the next frame. */
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
