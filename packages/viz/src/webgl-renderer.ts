import { ageAxisUniform } from "./age-axis.ts";
import type { Rect } from "./layout.ts";
import type { PointRenderer, Scene } from "./scene.ts";
import type { Rgb } from "./theme.ts";
import { WebglPoints } from "./webgl-points.ts";
import { WebglProgram } from "./webgl-program.ts";
import { CONFIRMED_FRAGMENT, CONFIRMED_VERTEX, MEMPOOL_FRAGMENT, MEMPOOL_VERTEX } from "./webgl-shaders.ts";

interface Resources {
  readonly gl: WebGL2RenderingContext;
  readonly confirmed: WebglProgram;
  readonly mempool: WebglProgram;
  readonly confirmedPoints: WebglPoints;
  readonly mempoolPoints: WebglPoints;
  readonly pointSizeMax: number;
}

/** Makes a renderer; null without (fast) WebGL2. */
export type WebglFactory = (fastOnly: boolean, onRestored: () => void) => PointRenderer | null;

/** The option `webgl` of `MempoolVisualizer`: draws very many points with WebGL2. */
export const webglRenderer: WebglFactory = (fastOnly, onRestored) => WebglRenderer.create(fastOnly, onRestored);

/**
 * Draws all points with WebGL2 on a hidden canvas and copies it to the visible one. The visible
 * canvas keeps its 2D context for text and PNG, and for the other renderer if WebGL2 is lost.
 */
export class WebglRenderer implements PointRenderer {
  readonly kind = "webgl";
  readonly #canvas: HTMLCanvasElement;
  readonly #onRestored: () => void;
  #resources: Resources | null;

  private constructor(canvas: HTMLCanvasElement, gl: WebGL2RenderingContext, onRestored: () => void) {
    this.#canvas = canvas;
    this.#onRestored = onRestored;
    this.#resources = makeResources(gl);
    canvas.addEventListener("webglcontextlost", this.#lost);
    canvas.addEventListener("webglcontextrestored", this.#restored);
  }

  /**
   * @param fastOnly whether to refuse software rendering, which is slower than the canvas.
   * @param onRestored called when a lost context is restored: the picture must be drawn again.
   * @returns null without (fast) WebGL2.
   */
  static create(fastOnly: boolean, onRestored: () => void): WebglRenderer | null {
    if (typeof document === "undefined") return null;
    const canvas = document.createElement("canvas");
    try {
      const gl = canvas.getContext("webgl2", {
        alpha: false,
        antialias: false,
        depth: false,
        failIfMajorPerformanceCaveat: fastOnly,
        powerPreference: "low-power",
      });
      if (gl === null || gl.isContextLost()) return null;
      if (fastOnly && isSoftware(gl)) {
        gl.getExtension("WEBGL_lose_context")?.loseContext();
        return null;
      }
      return new WebglRenderer(canvas, gl, onRestored);
    } catch {
      // Extensions that block WebGL throw or omit methods.
      return null;
    }
  }

  draw(target: CanvasRenderingContext2D, scene: Scene): boolean {
    const resources = this.#resources;
    if (resources === null || resources.gl.isContextLost()) return false;
    const { gl, confirmed, mempool } = resources;
    const { plotDevice, priceLow, priceHigh } = scene;
    // WebGL drops a point whose center is outside the view, so the view is a radius larger than the
    // plot.
    const margin = Math.ceil(Math.max(scene.mempool.radiusNearDevice + 1, scene.confirmed.dotSizeDevice));
    if (2 * margin + 1 > resources.pointSizeMax) return false;
    const width = plotDevice.width + 2 * margin;
    const height = plotDevice.height + 2 * margin;
    if (this.#canvas.width !== width || this.#canvas.height !== height) {
      this.#canvas.width = width;
      this.#canvas.height = height;
    }
    const local = (panel: Rect): Rect => ({
      left: panel.left - plotDevice.left + margin,
      top: panel.top - plotDevice.top + margin,
      width: panel.width,
      height: panel.height,
    });
    gl.viewport(0, 0, width, height);
    gl.disable(gl.SCISSOR_TEST);
    gl.clearColor(scene.background[0] / 255, scene.background[1] / 255, scene.background[2] / 255, 1);
    gl.clear(gl.COLOR_BUFFER_BIT);
    gl.enable(gl.SCISSOR_TEST);
    gl.enable(gl.BLEND);
    gl.blendFunc(gl.ONE, gl.ONE_MINUS_SRC_ALPHA);

    const use = (program: WebglProgram, points: WebglPoints, panel: Rect, color: Rgb, opacity: number) => {
      program.use();
      gl.enableVertexAttribArray(0);
      gl.vertexAttribPointer(0, 2, gl.FLOAT, false, 0, 0);
      gl.scissor(panel.left, height - panel.top - panel.height, panel.width, panel.height);
      gl.uniform2f(program.uniform("view"), width, height);
      gl.uniform4f(program.uniform("plot"), panel.left, panel.top, panel.width, panel.height);
      gl.uniform2f(program.uniform("price"), priceLow - points.priceBase, 1 / (priceHigh - priceLow));
      gl.uniform4f(program.uniform("color"), color[0] / 255, color[1] / 255, color[2] / 255, opacity);
    };

    const { confirmedPoints, mempoolPoints } = resources;
    const dots = scene.confirmed;
    confirmedPoints.sync(dots.points);
    if (dots.points.length > 0) {
      use(confirmed, confirmedPoints, local(dots.panelDevice), dots.color, dots.opacity);
      gl.uniform2f(
        confirmed.uniform("time"),
        dots.timeStart - confirmedPoints.timeBase,
        1 / (dots.timeEnd - dots.timeStart),
      );
      gl.uniform1f(confirmed.uniform("size"), dots.dotSizeDevice);
      gl.drawArrays(gl.POINTS, dots.points.start, dots.points.length);
    }
    const discs = scene.mempool;
    mempoolPoints.sync(discs.points);
    if (discs.points.length > 0) {
      const panel = local(discs.panelDevice);
      use(mempool, mempoolPoints, panel, discs.color, discs.opacity);
      gl.uniform1f(mempool.uniform("now"), discs.now - mempoolPoints.timeBase);
      gl.uniform2f(mempool.uniform("ageAxis"), ...ageAxisUniform(panel.width, discs.axis));
      gl.uniform2f(mempool.uniform("radii"), discs.radiusNearDevice, discs.radiusFarDevice);
      gl.drawArrays(gl.POINTS, discs.points.start, discs.points.length);
    }
    // The context may be lost between two commands: the picture is incomplete then.
    if (gl.isContextLost()) return false;
    target.setTransform(1, 0, 0, 1, 0, 0);
    const { left, top } = plotDevice;
    const { width: w, height: h } = plotDevice;
    target.drawImage(this.#canvas, margin, margin, w, h, left, top, w, h);
    return true;
  }

  destroy(): void {
    this.#canvas.removeEventListener("webglcontextlost", this.#lost);
    this.#canvas.removeEventListener("webglcontextrestored", this.#restored);
    const resources = this.#resources;
    this.#resources = null;
    if (resources === null) return;
    resources.confirmedPoints.destroy();
    resources.mempoolPoints.destroy();
    resources.confirmed.destroy();
    resources.mempool.destroy();
    // Browsers allow about sixteen contexts and collect them late, so release it now.
    resources.gl.getExtension("WEBGL_lose_context")?.loseContext();
  }

  readonly #lost = (event: Event): void => {
    // Required: otherwise the context is never restored.
    event.preventDefault();
    this.#resources = null;
  };

  readonly #restored = (): void => {
    const gl = this.#canvas.getContext("webgl2");
    this.#resources = gl === null ? null : makeResources(gl);
    this.#onRestored();
  };
}

/** Whether WebGL runs in software. Browsers create such a context even if it is refused. */
function isSoftware(gl: WebGL2RenderingContext): boolean {
  let name = String(gl.getParameter(gl.RENDERER));
  // Chromium and WebKit hide the name here. Firefox reports it, and warns about the other
  // parameter.
  const hidden = /webkit/i.test(name) ? gl.getExtension("WEBGL_debug_renderer_info") : null;
  if (hidden !== null) name = String(gl.getParameter(hidden.UNMASKED_RENDERER_WEBGL));
  return /swiftshader|llvmpipe|softpipe|software|basic render/i.test(name);
}

/** Null if the context was lost. */
function makeResources(gl: WebGL2RenderingContext): Resources | null {
  const confirmed = WebglProgram.link(gl, CONFIRMED_VERTEX, CONFIRMED_FRAGMENT);
  const mempool = WebglProgram.link(gl, MEMPOOL_VERTEX, MEMPOOL_FRAGMENT);
  if (confirmed === null || mempool === null) return null;
  const sizes = gl.getParameter(gl.ALIASED_POINT_SIZE_RANGE) as Float32Array | null;
  return {
    gl,
    confirmed,
    mempool,
    confirmedPoints: new WebglPoints(gl),
    mempoolPoints: new WebglPoints(gl),
    pointSizeMax: sizes?.[1] ?? 1,
  };
}
