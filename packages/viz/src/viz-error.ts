/**
 * Codes of {@link VizError}.
 * - `canvas_not_found`: there is no such canvas.
 * - `no_2d_context`: the browser blocks canvases, or the canvas has a context of another type.
 * - `context_lost`: the browser lost the context; it is redrawn when restored. To `onPicture` only.
 * - `draw_failed`: drawing threw; see `cause`. To `onPicture` and from `toPng`.
 * - `png_blocked`: fingerprinting protection: the browser returned no PNG, or one with other
 *   pixels.
 * - `png_timeout`: the browser did not encode the PNG in time.
 * - `bad_color`: a color of the theme is not `#rrggbb`.
 * - `destroyed`: the chart was destroyed.
 */
export type VizErrorCode =
  | "canvas_not_found"
  | "no_2d_context"
  | "context_lost"
  | "draw_failed"
  | "png_blocked"
  | "png_timeout"
  | "bad_color"
  | "destroyed";

/** The chart cannot do what was requested. */
export class VizError extends Error {
  override readonly name = "VizError";
  readonly code: VizErrorCode;
  constructor(code: VizErrorCode, message: string, options?: { readonly cause: unknown }) {
    super(message, options);
    this.code = code;
  }
}

/**
 * Wraps an error of a painter: an extension replaced the canvas, no memory, or a bug in this
 * package.
 */
export function drawError(cause: unknown): VizError {
  return new VizError("draw_failed", `the picture could not be drawn: ${cause}`, { cause });
}
