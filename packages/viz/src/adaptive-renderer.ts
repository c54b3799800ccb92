import { CanvasRenderer } from "./canvas-renderer.ts";
import type { PointRenderer, Scene } from "./scene.ts";
import { WebglRenderer } from "./webgl-renderer.ts";

/** `auto`: WebGL2 where there is a fast one and many points, else canvas. */
export type RendererChoice = "auto" | "canvas" | "webgl";

/** From this many points on the graphics card is worth its overhead. */
const MANY = 40_000;
/** Below this many it is left again; the distance keeps the choice from swinging. */
const FEW = 25_000;

/** WebGL2 that takes longer than this for a frame has no graphics card behind it, whatever it calls itself. */
const SLOW_MS = 8;
/** So many slow frames in a row are no hiccup; the first ones, which send the points and make the programs, do not count. */
const SLOW_FRAMES = 4;
const FIRST_FRAMES = 3;

/** Chooses the renderer frame by frame. Both draw the same picture, so nothing is seen of a change. */
export class AdaptiveRenderer {
  readonly #choice: RendererChoice;
  readonly #redraw: () => void;
  readonly #canvas = new CanvasRenderer();
  #webgl: WebglRenderer | null = null;
  #webglRefused = false;
  #last: PointRenderer["kind"] = "canvas";
  #webglFrames = 0;
  #slowFrames = 0;

  /** @param redraw called when the picture should be drawn again although nothing changed. */
  constructor(choice: RendererChoice, redraw: () => void) {
    this.#choice = choice;
    this.#redraw = redraw;
  }

  /** Which renderer drew the last frame. */
  get kind(): PointRenderer["kind"] {
    return this.#last;
  }

  draw(target: CanvasRenderingContext2D, scene: Scene): void {
    const count = scene.cloud.points.length + scene.drift.points.length;
    const many = count >= (this.#last === "webgl" ? FEW : MANY);
    if (this.#choice === "webgl" || (this.#choice === "auto" && many)) {
      if (this.#webgl === null && !this.#webglRefused) {
        this.#webgl = WebglRenderer.create(this.#choice === "auto", this.#redraw);
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

  /** A driver or an extension may break WebGL2 in any way: the canvas draws the same picture. */
  #drawByWebgl(target: CanvasRenderingContext2D, scene: Scene): boolean {
    try {
      return this.#webgl?.draw(target, scene) ?? false;
    } catch {
      this.#webglRefused = true;
      this.#webgl = null;
      return false;
    }
  }

  /** Leaves WebGL2 for good when it proves slow. */
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
