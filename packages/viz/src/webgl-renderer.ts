import type { Rect } from "./layout.ts";
import type { PointRenderer, Scene } from "./scene.ts";
import type { Rgb } from "./theme.ts";
import { WebglPoints } from "./webgl-points.ts";
import { WebglProgram } from "./webgl-program.ts";
import { CLOUD_FRAGMENT, CLOUD_VERTEX, DRIFT_FRAGMENT, DRIFT_VERTEX } from "./webgl-shaders.ts";

interface Resources {
  readonly gl: WebGL2RenderingContext;
  readonly cloud: WebglProgram;
  readonly drift: WebglProgram;
  readonly cloudPoints: WebglPoints;
  readonly driftPoints: WebglPoints;
  readonly pointSizeMax: number;
}

/**
 * Draws all points with WebGL2 into a canvas of its own that is then copied to the visible one: that one keeps its 2D
 * context for lines and text, for saving and for the other renderer to take over when the graphics context is lost.
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
   * @param fastOnly whether a WebGL2 without a graphics card behind it is refused: it is slower than the canvas.
   * @param onRestored called when a lost context came back: the picture should be drawn again.
   * @returns null where there is no (fast) WebGL2.
   */
  static create(fastOnly: boolean, onRestored: () => void): WebglRenderer | null {
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
      // Extensions that block WebGL throw, or leave out methods.
      return null;
    }
  }

  draw(target: CanvasRenderingContext2D, scene: Scene): boolean {
    const resources = this.#resources;
    if (resources === null || resources.gl.isContextLost()) return false;
    const { gl, cloud, drift } = resources;
    const { plotDevice, priceLow, priceHigh } = scene;
    // A point whose centre is outside of the view is not drawn at all, so the view reaches beyond the plot by a radius.
    const margin = Math.ceil(Math.max(scene.drift.radiusNearDevice + 1, scene.cloud.dotSizeDevice));
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

    const { cloudPoints, driftPoints } = resources;
    const dots = scene.cloud;
    cloudPoints.sync(dots.points);
    if (dots.points.length > 0) {
      use(cloud, cloudPoints, local(dots.panelDevice), dots.color, dots.opacity);
      gl.uniform2f(cloud.uniform("time"), dots.timeStart - cloudPoints.timeBase, 1 / (dots.timeEnd - dots.timeStart));
      gl.uniform1f(cloud.uniform("size"), dots.dotSizeDevice);
      gl.drawArrays(gl.POINTS, dots.points.start, dots.points.length);
    }
    const discs = scene.drift;
    driftPoints.sync(discs.points);
    if (discs.points.length > 0) {
      const panel = local(discs.panelDevice);
      use(drift, driftPoints, panel, discs.color, discs.opacity);
      const { compression, scaleSeconds } = discs.axis;
      gl.uniform3f(drift.uniform("age"), discs.now - driftPoints.timeBase, compression * panel.width, scaleSeconds);
      gl.uniform2f(drift.uniform("radii"), discs.radiusNearDevice, discs.radiusFarDevice);
      gl.drawArrays(gl.POINTS, discs.points.start, discs.points.length);
    }
    // A context can be lost between two commands; what was drawn is then not there.
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
    resources.cloudPoints.destroy();
    resources.driftPoints.destroy();
    resources.cloud.destroy();
    resources.drift.destroy();
    // Browsers allow some sixteen contexts at a time and collect them late: it is given back at once.
    resources.gl.getExtension("WEBGL_lose_context")?.loseContext();
  }

  readonly #lost = (event: Event): void => {
    // Without this it would never be restored.
    event.preventDefault();
    this.#resources = null;
  };

  readonly #restored = (): void => {
    const gl = this.#canvas.getContext("webgl2");
    this.#resources = gl === null ? null : makeResources(gl);
    this.#onRestored();
  };
}

/** Whether the processor draws, not a graphics card. Browsers give such a context even to those who refuse it. */
function isSoftware(gl: WebGL2RenderingContext): boolean {
  let name = String(gl.getParameter(gl.RENDERER));
  // Chromium and WebKit hide the name here; Firefox tells it, and complains when asked for the other.
  const hidden = /webkit/i.test(name) ? gl.getExtension("WEBGL_debug_renderer_info") : null;
  if (hidden !== null) name = String(gl.getParameter(hidden.UNMASKED_RENDERER_WEBGL));
  return /swiftshader|llvmpipe|softpipe|software|basic render/i.test(name);
}

/** Null when the context was lost in the meantime. */
function makeResources(gl: WebGL2RenderingContext): Resources | null {
  const cloud = WebglProgram.link(gl, CLOUD_VERTEX, CLOUD_FRAGMENT);
  const drift = WebglProgram.link(gl, DRIFT_VERTEX, DRIFT_FRAGMENT);
  if (cloud === null || drift === null) return null;
  const sizes = gl.getParameter(gl.ALIASED_POINT_SIZE_RANGE) as Float32Array | null;
  return {
    gl,
    cloud,
    drift,
    cloudPoints: new WebglPoints(gl),
    driftPoints: new WebglPoints(gl),
    pointSizeMax: sizes?.[1] ?? 1,
  };
}
