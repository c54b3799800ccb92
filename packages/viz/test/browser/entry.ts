// What the browser tests call in the page: package internals, and scenes built from plain numbers.
import { AdaptiveRenderer } from "../../src/adaptive-renderer.ts";
import { AGE_AXIS } from "../../src/age-axis.ts";
import { CanvasRenderer } from "../../src/canvas-renderer.ts";
import * as viz from "../../src/index.ts";
import { PointColumns } from "../../src/point-columns.ts";
import type { PointRenderer, Scene } from "../../src/scene.ts";
import { WebglRenderer, webglRenderer } from "../../src/webgl-renderer.ts";
import type { SceneSpec } from "./scene-spec.ts";

function columns(points: SceneSpec["confirmed"], position: (time: number) => number = (t) => t): PointColumns {
  const store = new PointColumns(1_000_000);
  for (const [timestamp, price] of points) store.push({ timestamp, price }, position(timestamp));
  return store;
}

/** Builds the scene of a specification. */
export function sceneOf(spec: SceneSpec): Scene {
  const { width, height, split } = spec;
  return {
    plotDevice: { left: 0, top: 0, width, height },
    background: spec.background,
    priceLow: spec.priceLow,
    priceHigh: spec.priceHigh,
    confirmed: {
      points: columns(spec.confirmed),
      panelDevice: { left: 0, top: 0, width: split, height },
      timeStart: spec.timeStart,
      timeEnd: spec.timeEnd,
      dotSizeDevice: spec.dotSize,
      color: spec.confirmedColor,
      opacity: spec.confirmedOpacity,
    },
    mempool: {
      points: columns(spec.mempool),
      panelDevice: { left: split, top: 0, width: width - split, height },
      now: spec.now,
      axis: AGE_AXIS,
      radiusNearDevice: spec.radiusNear,
      radiusFarDevice: spec.radiusFar,
      color: spec.mempoolColor,
      opacity: spec.mempoolOpacity,
    },
  };
}

function context(width: number, height: number): CanvasRenderingContext2D {
  const canvas = document.createElement("canvas");
  canvas.width = width;
  canvas.height = height;
  return canvas.getContext("2d", { alpha: false, willReadFrequently: true }) as CanvasRenderingContext2D;
}

function makeRenderer(kind: "canvas" | "webgl"): PointRenderer {
  const renderer = kind === "canvas" ? new CanvasRenderer() : WebglRenderer.create(false, () => {});
  if (renderer === null) throw new Error("no WebGL2");
  return renderer;
}

/** The pixels of a canvas (red, green, blue, alpha) as base64. */
function pixels(target: CanvasRenderingContext2D): string {
  const { data } = target.getImageData(0, 0, target.canvas.width, target.canvas.height);
  let binary = "";
  for (let i = 0; i < data.length; i += 8192) binary += String.fromCharCode(...data.subarray(i, i + 8192));
  return btoa(binary);
}

/**
 * Draws a scene. With `pieces` > 1 its mempool points arrive in as many ticks, each with a frame.
 */
function draw(kind: "canvas" | "webgl", spec: SceneSpec, pieces = 1): string {
  const target = context(spec.width, spec.height);
  const renderer = makeRenderer(kind);
  const scene = sceneOf({ ...spec, mempool: [] });
  const size = Math.ceil(spec.mempool.length / pieces);
  for (let piece = 0; piece < pieces; piece++) {
    for (const [timestamp, price] of spec.mempool.slice(piece * size, (piece + 1) * size))
      scene.mempool.points.push({ timestamp, price });
    if (!renderer.draw(target, scene)) throw new Error("not drawn");
  }
  const result = pixels(target);
  renderer.destroy();
  return result;
}

/** The renderer of a chart that may use WebGL2. */
class ChartRenderer extends AdaptiveRenderer {
  constructor(choice: viz.RendererChoice, redraw: () => void) {
    super(choice, redraw, webglRenderer);
  }
}

Object.assign(globalThis, {
  viz,
  inner: { AdaptiveRenderer: ChartRenderer, context, draw, makeRenderer, pixels, sceneOf },
});
