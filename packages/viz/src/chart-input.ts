/** What the reader does with the chart. */
export interface ChartInputHandlers {
  /** The pointer is at this place on the canvas; null: nowhere on it. */
  onPointer(place: { readonly xCss: number; readonly yCss: number } | null): void;
  /** A key went down. Returns whether it was used: the page then does nothing else with it. */
  onKey(key: string, shift: boolean): boolean;
  /** The canvas is no longer the element that keys go to. */
  onBlur(): void;
}

/** Pointer and keys on the canvas, in its own CSS pixels. */
export class ChartInput {
  readonly #canvas: HTMLCanvasElement;
  readonly #handlers: ChartInputHandlers;

  constructor(canvas: HTMLCanvasElement, handlers: ChartInputHandlers) {
    this.#canvas = canvas;
    this.#handlers = handlers;
    canvas.addEventListener("pointermove", this.#move);
    canvas.addEventListener("pointerdown", this.#move);
    canvas.addEventListener("pointerleave", this.#leave);
    canvas.addEventListener("keydown", this.#key);
    canvas.addEventListener("blur", this.#blur);
  }

  destroy(): void {
    const canvas = this.#canvas;
    canvas.removeEventListener("pointermove", this.#move);
    canvas.removeEventListener("pointerdown", this.#move);
    canvas.removeEventListener("pointerleave", this.#leave);
    canvas.removeEventListener("keydown", this.#key);
    canvas.removeEventListener("blur", this.#blur);
  }

  readonly #move = (event: PointerEvent): void => {
    const canvas = this.#canvas;
    const box = canvas.getBoundingClientRect();
    if (box.width === 0 || box.height === 0) return;
    // The page may show the canvas scaled (a transform): its box tells by how much.
    this.#handlers.onPointer({
      xCss: ((event.clientX - box.left) * canvas.clientWidth) / box.width - canvas.clientLeft,
      yCss: ((event.clientY - box.top) * canvas.clientHeight) / box.height - canvas.clientTop,
    });
  };

  readonly #leave = (event: PointerEvent): void => {
    // A lifted finger leaves, but its point stays: there is no other way to read it without holding.
    if (event.pointerType !== "touch") this.#handlers.onPointer(null);
  };

  readonly #key = (event: KeyboardEvent): void => {
    if (event.altKey || event.ctrlKey || event.metaKey) return;
    if (this.#handlers.onKey(event.key, event.shiftKey)) event.preventDefault();
  };

  readonly #blur = (): void => this.#handlers.onBlur();
}
