import { AdaptiveRenderer } from "./adaptive-renderer.ts";
import { type CanvasSurface, contextOf } from "./canvas-surface.ts";
import type { ChartView, Moment, Surface } from "./chart-view.ts";
import { checkedPng } from "./checked-png.ts";
import type { FrameSource } from "./frame-loop.ts";
import { paintPicture } from "./paint-picture.ts";
import type { StreamView } from "./stream-state.ts";
import { drawError, VizError } from "./viz-error.ts";

/** Input of {@link chartPng}. */
export interface ChartPngOptions {
  readonly chart: ChartView;
  /** The visible canvas: the picture has its size on the page. */
  readonly surface: Pick<CanvasSurface, "canvas" | "widthCss" | "heightCss">;
  /** Device pixels per CSS pixel. */
  readonly ratio: number;
  readonly moment: Moment;
  readonly view: StreamView;
  readonly frames: Pick<FrameSource, "setTimer" | "clearTimer">;
  /** Time limit for the browser's encoder. */
  readonly timeoutMs: number;
}

/**
 * Draws one frame with caption on a new canvas and encodes it.
 * @throws VizError `no_2d_context`, `draw_failed`, `png_blocked`, `png_timeout`
 */
export async function chartPng(options: ChartPngOptions): Promise<Blob> {
  const { chart, surface: shown, ratio, moment, view, frames, timeoutMs } = options;
  const { widthCss, heightCss } = shown;
  const canvas = shown.canvas.ownerDocument.createElement("canvas");
  canvas.width = Math.round(widthCss * ratio);
  canvas.height = Math.round(heightCss * ratio);
  const context = contextOf(canvas);
  if (context instanceof VizError) throw context;
  const surface: Surface = { context, widthCss, heightCss, ratio };
  const renderer = new AdaptiveRenderer("canvas", () => {}, null);
  try {
    paintPicture(chart.picture(surface, true, chart.scene(surface, true, moment), view, moment, null), renderer);
  } catch (error) {
    throw drawError(error);
  } finally {
    renderer.destroy();
  }
  let timer: unknown;
  const timeout = new Promise<never>((_, reject) => {
    const error = new VizError("png_timeout", `toPng: the browser did not encode the PNG within ${timeoutMs / 1000} s`);
    timer = frames.setTimer(() => reject(error), timeoutMs);
  });
  try {
    return await Promise.race([checkedPng(context, chart.layout(surface, true), chart.theme, ratio), timeout]);
  } finally {
    frames.clearTimer(timer);
    // Frees the memory now, even if the browser holds the canvas for a PNG that never comes.
    canvas.width = canvas.height = 0;
  }
}
