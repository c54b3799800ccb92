import type { CanvasSurface } from "./canvas-surface.ts";
import { ChartInput } from "./chart-input.ts";
import type { Place } from "./hit-test.ts";
import { type FocusedPoint, PointFocus } from "./point-focus.ts";
import type { Scene } from "./scene.ts";
import type { VisualizerOptions } from "./visualizer-options.ts";

/** What a {@link PointSelection} needs of its chart. */
export interface SelectionHandlers extends Pick<VisualizerOptions, "onPoint" | "onPin"> {
  /**
   * The scene of now. Not of the last frame: input may come before the newest data was drawn.
   */
  scene(): Scene | null;
  /** The selection may have changed: draw it. */
  redraw(): void;
}

/** The user's selection of a point by pointer or keyboard. */
export class PointSelection {
  readonly #surface: CanvasSurface;
  readonly #handlers: SelectionHandlers;
  readonly #input: ChartInput;
  readonly #focus = new PointFocus();
  #pointer: { readonly xCss: number; readonly yCss: number } | null = null;
  #shown: FocusedPoint | null = null;

  constructor(surface: CanvasSurface, handlers: SelectionHandlers) {
    this.#surface = surface;
    this.#handlers = handlers;
    this.#input = new ChartInput(surface.canvas, {
      onPointer: (place) => {
        this.#pointer = place;
        const scene = place === null ? null : handlers.scene();
        if (place === null || scene === null) this.#focus.clear();
        else this.#focus.point(scene, place.xCss, place.yCss, surface.ratio);
        handlers.redraw();
      },
      onClick: () => handlers.onPin?.(this.#shown),
      onKey: (key, shift) => this.#onKey(key, shift),
      onBlur: () => {
        this.#focus.clear();
        handlers.redraw();
      },
    });
  }

  /** The point of the last {@link show}. */
  get shown(): FocusedPoint | null {
    return this.#shown;
  }

  /** The selected point in this scene, also one that drifted under a resting pointer. */
  find(scene: Scene): { readonly point: FocusedPoint; readonly place: Place } | null {
    return this.#focus.find(scene, this.#surface.ratio) ?? this.underPointer(scene);
  }

  /** Selects the point that is now under the resting pointer. */
  underPointer(scene: Scene): { readonly point: FocusedPoint; readonly place: Place } | null {
    const { ratio } = this.#surface;
    if (this.#pointer === null) return null;
    this.#focus.point(scene, this.#pointer.xCss, this.#pointer.yCss, ratio);
    return this.#focus.find(scene, ratio);
  }

  /** The point that the frame shows as selected; reports another one. */
  show(point: FocusedPoint | null): void {
    const before = this.#shown;
    this.#shown = point;
    if (before?.number !== point?.number || before?.side !== point?.side) this.#handlers.onPoint?.(point);
  }

  destroy(): void {
    this.#input.destroy();
  }

  #onKey(key: string, shift: boolean): boolean {
    const { onPin, redraw } = this.#handlers;
    if (key === "Enter" && onPin !== undefined && this.#shown !== null) {
      onPin(this.#shown);
      return true;
    }
    const scene = this.#handlers.scene();
    if (scene === null || !this.#focus.key(scene, key, shift)) return false;
    this.#pointer = null;
    redraw();
    return true;
  }
}
