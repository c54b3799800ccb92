import { CanvasRenderer } from "./canvas-renderer.ts";
import type { PointRenderer, Scene } from "./scene.ts";
import type { WebglFactory } from "./webgl-renderer.ts";

/** `auto`: WebGL2 for many points if it is hardware-accelerated, otherwise canvas. */
export type RendererChoice = "auto" | "canvas" | "webgl";

/** At this many points WebGL2 is worth its overhead. */
const WEBGL_POINTS_MIN = 40_000;
/**
 * Below this many points the canvas takes over again. The gap to WEBGL_POINTS_MIN prevents
 * flapping.
 */
const CANVAS_POINTS_MAX = 25_000;

/** A WebGL2 frame slower than this means software rendering, whatever the driver reports. */
const SLOW_MS = 8;
/**
 * Slow frames in a row before WebGL2 is dropped. The first frames upload points and compile
 * shaders, and do not count.
 */
const SLOW_FRAMES = 4;
const FIRST_FRAMES = 3;

/** Chooses the renderer for each frame. Both draw the same picture, so a switch is invisible. */
export class AdaptiveRenderer {
  readonly #choice: RendererChoice;
  readonly #redraw: () => void;
  readonly #canvas = new CanvasRenderer();
  readonly #makeWebgl: WebglFactory | null;
  #webgl: PointRenderer | null = null;
  #webglRefused = false;
  #last: PointRenderer["kind"] = "canvas";
  #webglFrames = 0;
  #slowFrames = 0;

  /**
   * @param redraw called when the picture must be drawn again although no data changed.
   * @param makeWebgl null: always the canvas.
   */
  constructor(choice: RendererChoice, redraw: () => void, makeWebgl: WebglFactory | null) {
    this.#makeWebgl = makeWebgl;
    this.#choice = choice;
    this.#redraw = redraw;
  }

  /** The renderer of the last frame. */
  get kind(): PointRenderer["kind"] {
    return this.#last;
  }

  draw(target: CanvasRenderingContext2D, scene: Scene): void {
    const count = scene.confirmed.points.length + scene.mempool.points.length;
    const many = count >= (this.#last === "webgl" ? CANVAS_POINTS_MAX : WEBGL_POINTS_MIN);
    if (this.#choice === "webgl" || (this.#choice === "auto" && many)) {
      if (this.#webgl === null && !this.#webglRefused) {
        this.#webgl = this.#makeWebgl?.(this.#choice === "auto", this.#redraw) ?? null;
        this.#webglRefused = this.#webgl === null;
      }
      const start = performance.now();
      if (this.#drawByWebgl(target, scene)) {
        this.#last = "webgl";
        if (this.#choice === "auto") this.#judge(performance.now() - start);
        return;
      }
    }
    this.#last = "canvas";
    this.#canvas.draw(target, scene);
  }

  /** Falls back to the canvas if a driver or an extension breaks WebGL2. */
  #drawByWebgl(target: CanvasRenderingContext2D, scene: Scene): boolean {
    try {
      return this.#webgl?.draw(target, scene) ?? false;
    } catch {
      this.#webglRefused = true;
      this.#webgl = null;
      return false;
    }
  }

  /** Drops WebGL2 for good once it proves slow. */
  #judge(frameMs: number): void {
    this.#slowFrames = ++this.#webglFrames > FIRST_FRAMES && frameMs > SLOW_MS ? this.#slowFrames + 1 : 0;
    if (this.#slowFrames < SLOW_FRAMES) return;
    this.#webgl?.destroy();
    this.#webgl = null;
    this.#webglRefused = true;
  }

  destroy(): void {
    this.#canvas.destroy();
    this.#webgl?.destroy();
    this.#webgl = null;
  }
}
