/** Codes of {@link VizError}. */
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
