/** User input on the chart. */
export interface ChartInputHandlers {
  /** The pointer is at this place on the canvas; null: it left the canvas. */
  onPointer(place: { readonly xCss: number; readonly yCss: number } | null): void;
  /** The place of the last {@link onPointer} was clicked. */
  onClick(): void;
  /** A key was pressed. Returns whether the chart used it, which prevents the browser's default. */
  onKey(key: string, shift: boolean): boolean;
  /** The canvas lost the keyboard focus. */
  onBlur(): void;
}

/** Pointer and keyboard events on the canvas, in its CSS pixels. */
export class ChartInput {
  readonly #canvas: HTMLCanvasElement;
  readonly #handlers: ChartInputHandlers;

  constructor(canvas: HTMLCanvasElement, handlers: ChartInputHandlers) {
    this.#canvas = canvas;
    this.#handlers = handlers;
    canvas.addEventListener("pointermove", this.#move);
    canvas.addEventListener("pointerdown", this.#move);
    canvas.addEventListener("click", this.#click);
    canvas.addEventListener("pointerleave", this.#leave);
    canvas.addEventListener("keydown", this.#key);
    canvas.addEventListener("blur", this.#blur);
  }

  destroy(): void {
    const canvas = this.#canvas;
    canvas.removeEventListener("pointermove", this.#move);
    canvas.removeEventListener("pointerdown", this.#move);
    canvas.removeEventListener("click", this.#click);
    canvas.removeEventListener("pointerleave", this.#leave);
    canvas.removeEventListener("keydown", this.#key);
    canvas.removeEventListener("blur", this.#blur);
  }

  readonly #move = (event: PointerEvent): void => {
    const canvas = this.#canvas;
    const box = canvas.getBoundingClientRect();
    if (box.width === 0 || box.height === 0) return;
    // The page may scale the canvas with a transform: the bounding box gives the factor.
    this.#handlers.onPointer({
      xCss: ((event.clientX - box.left) * canvas.clientWidth) / box.width - canvas.clientLeft,
      yCss: ((event.clientY - box.top) * canvas.clientHeight) / box.height - canvas.clientTop,
    });
  };

  readonly #click = (): void => this.#handlers.onClick();

  readonly #leave = (event: PointerEvent): void => {
    // Keep the point when a finger is lifted: otherwise it could be read only while touching.
    if (event.pointerType !== "touch") this.#handlers.onPointer(null);
  };

  readonly #key = (event: KeyboardEvent): void => {
    if (event.altKey || event.ctrlKey || event.metaKey) return;
    if (this.#handlers.onKey(event.key, event.shiftKey)) event.preventDefault();
  };

  readonly #blur = (): void => this.#handlers.onBlur();
}
