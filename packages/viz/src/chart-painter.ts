import { AdaptiveRenderer } from "./adaptive-renderer.ts";
import type { CanvasSurface } from "./canvas-surface.ts";
import type { ChartView, Moment, Surface } from "./chart-view.ts";
import type { Place } from "./hit-test.ts";
import { MovingLayer } from "./moving-layer.ts";
import { paintPicture } from "./paint-picture.ts";
import type { Scene } from "./scene.ts";
import type { StreamView } from "./stream-state.ts";
import type { VisualizerOptions } from "./visualizer-options.ts";
import { drawError, type VizError } from "./viz-error.ts";

/**
 * The moving layer draws for at most this share of the time: the pause is as many times a frame.
 * Without a graphics card the browser takes several times as long to show what was drawn.
 */
const DRAWING_SHARE = 0.0045;
const PAUSE_MS_MIN = 45;
const PAUSE_MS_MAX = 110;

/** Draws frames of a chart on its canvas, and on the moving layer over it. */
export class ChartPainter {
  readonly #chart: ChartView;
  readonly #surface: CanvasSurface;
  readonly #caption: boolean;
  readonly #onPicture: VisualizerOptions["onPicture"];
  readonly #renderer: AdaptiveRenderer;
  readonly #layer: MovingLayer | null;
  #problem: VizError | null = null;

  /** @param redraw called when the picture must be drawn again although no data changed. */
  constructor(chart: ChartView, surface: CanvasSurface, options: VisualizerOptions, redraw: () => void) {
    this.#chart = chart;
    this.#surface = surface;
    this.#caption = options.caption ?? true;
    this.#onPicture = options.onPicture;
    const { renderer: choice = "auto", webgl = null } = options;
    this.#renderer = new AdaptiveRenderer(choice, redraw, webgl);
    const hasLayer = options.movingLayer === true && surface.problem === null;
    this.#layer = hasLayer ? MovingLayer.create(surface.canvas, choice, redraw, webgl) : null;
  }

  /** The renderer of the last frame. */
  get rendererKind(): "canvas" | "webgl" {
    return this.#renderer.kind;
  }

  /** Pause until the next frame of the moving layer; null without one. */
  get pauseMs(): number | null {
    if (this.#layer === null) return null;
    return Math.min(PAUSE_MS_MAX, Math.max(PAUSE_MS_MIN, this.#layer.frameMs / DRAWING_SHARE));
  }

  /** What a frame of this moment shows; null before the first price. */
  scene(moment: Moment): Scene | null {
    this.#chart.step(moment.now);
    return this.#chart.scene(this.#surface, this.#caption, moment);
  }

  /** Draws if possible. Texts and numbers around the picture do not depend on it. */
  paint(scene: Scene | null, moment: Moment, view: StreamView, focus: Place | null): void {
    const { problem } = this.#surface;
    const surface = this.#target();
    if (surface === null || problem !== null) {
      this.#report(problem);
      return;
    }
    try {
      paintPicture(this.#chart.picture(surface, this.#caption, scene, view, moment, focus), this.#renderer);
    } catch (cause) {
      if (this.#onPicture === undefined) throw cause;
      this.#report(drawError(cause));
      return;
    }
    this.#report(null);
  }

  /**
   * Draws the moving layer. It is hidden over a picture that could not be drawn.
   * @param isWhole whether more than the dots may have changed.
   */
  paintLayer(scene: Scene, moment: Moment, view: StreamView, isWhole: boolean): void {
    const surface = this.#target();
    if (this.#layer === null || surface === null) return;
    const hasPicture = this.#surface.problem === null && this.#problem === null;
    if (!hasPicture || scene.mempool.panelDevice.width <= 1) this.#layer.hide();
    else this.#layer.draw(this.#chart.picture(surface, this.#caption, scene, view, moment, null), scene, isWhole);
  }

  hideLayer(): void {
    this.#layer?.hide();
  }

  destroy(): void {
    this.#renderer.destroy();
    this.#layer?.destroy();
  }

  #target(): Surface | null {
    const { context, widthCss, heightCss, ratio } = this.#surface;
    return context === null ? null : { context, widthCss, heightCss, ratio };
  }

  #report(problem: VizError | null): void {
    if (problem?.code === this.#problem?.code) return;
    this.#problem = problem;
    this.#onPicture?.(problem);
  }
}
