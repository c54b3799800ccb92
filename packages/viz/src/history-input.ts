/** User input on a history chart. */
export interface HistoryInputHandlers {
  /** The pointer is at this x; null: it left. */
  onPointer(xCss: number | null): void;
  /** @param factor below 1: in. */
  onZoom(factor: number, xCss: number): void;
  onPan(dxCss: number): void;
  onReset(): void;
  /** A key was pressed. Returns whether the chart used it. */
  onKey(key: string, shift: boolean): boolean;
}

/** Zoom per pixel of the wheel, as a natural logarithm. */
const WHEEL_RATE = 0.0015;
const LINE_PX = 16;

/** Wheel, drag, pinch and keys on a canvas. */
export class HistoryInput {
  readonly #canvas: HTMLCanvasElement;
  readonly #handlers: HistoryInputHandlers;
  readonly #stop = new AbortController();
  /** Positions of the pressed pointers by id. */
  readonly #pressed = new Map<number, number>();

  constructor(canvas: HTMLCanvasElement, handlers: HistoryInputHandlers) {
    this.#canvas = canvas;
    this.#handlers = handlers;
    const { signal } = this.#stop;
    canvas.addEventListener("wheel", this.#wheel, { signal, passive: false });
    canvas.addEventListener("pointerdown", this.#down, { signal });
    canvas.addEventListener("pointermove", this.#move, { signal });
    for (const end of ["pointerup", "pointercancel"] as const) canvas.addEventListener(end, this.#up, { signal });
    canvas.addEventListener("pointerleave", (event) => event.pointerType !== "touch" && handlers.onPointer(null), {
      signal,
    });
    canvas.addEventListener("dblclick", () => handlers.onReset(), { signal });
    canvas.addEventListener("keydown", this.#key, { signal });
    canvas.addEventListener("blur", () => handlers.onPointer(null), { signal });
  }

  destroy(): void {
    this.#stop.abort();
  }

  #xOf({ clientX }: MouseEvent): number {
    return clientX - this.#canvas.getBoundingClientRect().left;
  }

  readonly #wheel = (event: WheelEvent): void => {
    event.preventDefault();
    const unit = event.deltaMode === 1 ? LINE_PX : 1;
    if (Math.abs(event.deltaX) > Math.abs(event.deltaY)) this.#handlers.onPan(-event.deltaX * unit);
    else this.#handlers.onZoom(Math.exp(event.deltaY * unit * WHEEL_RATE), this.#xOf(event));
  };

  readonly #down = (event: PointerEvent): void => {
    this.#pressed.set(event.pointerId, this.#xOf(event));
    this.#handlers.onPointer(this.#xOf(event));
  };

  readonly #move = (event: PointerEvent): void => {
    const x = this.#xOf(event);
    const before = this.#pressed.get(event.pointerId);
    if (before === undefined) {
      this.#handlers.onPointer(x);
      return;
    }
    const other = [...this.#pressed].find(([id]) => id !== event.pointerId)?.[1];
    if (other === undefined) this.#handlers.onPan(x - before);
    else {
      const [from, to] = [Math.abs(before - other), Math.abs(x - other)];
      if (from > 1 && to > 1) this.#handlers.onZoom(from / to, (x + other) / 2);
      this.#handlers.onPan((x - before) / 2);
    }
    this.#pressed.set(event.pointerId, x);
    this.#handlers.onPointer(x);
    // A drag that leaves the canvas continues; a mere press does not capture the pointer.
    if (this.#canvas.isConnected && !this.#canvas.hasPointerCapture(event.pointerId))
      this.#canvas.setPointerCapture(event.pointerId);
  };

  readonly #up = (event: PointerEvent): void => {
    this.#pressed.delete(event.pointerId);
  };

  readonly #key = (event: KeyboardEvent): void => {
    if (event.altKey || event.ctrlKey || event.metaKey) return;
    if (this.#handlers.onKey(event.key, event.shiftKey)) event.preventDefault();
  };
}
