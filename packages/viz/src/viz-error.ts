/** Codes of {@link VizError}. */
export type VizErrorCode = "canvas_not_found" | "no_2d_context" | "bad_color" | "destroyed";

/** The chart cannot do what was asked of it. */
export class VizError extends Error {
  override readonly name = "VizError";
  readonly code: VizErrorCode;
  constructor(code: VizErrorCode, message: string) {
    super(message);
    this.code = code;
  }
}
