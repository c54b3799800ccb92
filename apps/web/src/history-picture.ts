import { VizError } from "@utxoracle/viz";

/** Texts of a picture of the history. */
export interface HistoryCaption {
  readonly title: string;
  /** Price, range and time of the last row. */
  readonly line: string;
  readonly colors: { readonly background: string; readonly text: string; readonly muted: string };
}

const FONT = "system-ui, sans-serif";
/** Height of the caption, CSS pixels. */
const CAPTION_CSS = 56;
const TIMEOUT_MS = 15_000;

/**
 * The visible history chart under a caption, as PNG.
 * @throws VizError `no_2d_context`; `png_blocked` if the browser does not allow reading canvases;
 * `png_timeout`.
 */
export async function historyPicture(shown: HTMLCanvasElement, caption: HistoryCaption): Promise<Blob> {
  const ratio = shown.width / Math.max(1, shown.clientWidth);
  const top = Math.round(CAPTION_CSS * ratio);
  const canvas = document.createElement("canvas");
  canvas.width = shown.width;
  canvas.height = shown.height + top;
  const context = canvas.getContext("2d");
  if (context === null) throw new VizError("no_2d_context", "no 2D context");
  const { background, text, muted } = caption.colors;
  context.fillStyle = background;
  context.fillRect(0, 0, canvas.width, canvas.height);
  context.drawImage(shown, 0, top);
  for (const [words, color, weight, y] of [
    [caption.title, text, 600, 22],
    [caption.line, muted, 400, 44],
  ] as const) {
    context.fillStyle = color;
    context.font = `${weight} ${15 * ratio}px ${FONT}`;
    context.fillText(words, 16 * ratio, y * ratio, canvas.width - 32 * ratio);
  }
  let timer: ReturnType<typeof setTimeout> | undefined;
  const timeout = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new VizError("png_timeout", "the browser did not encode the PNG")), TIMEOUT_MS);
  });
  try {
    return await Promise.race([readablePng(canvas, background), timeout]);
  } finally {
    clearTimeout(timer);
  }
}

/**
 * Browsers that protect against fingerprinting return noise without an error, so the PNG is
 * decoded.
 */
async function readablePng(canvas: HTMLCanvasElement, background: string): Promise<Blob> {
  let cause: unknown;
  try {
    const png = await new Promise<Blob | null>((resolve) => canvas.toBlob(resolve));
    if (png !== null && hasBackground(await createImageBitmap(png), background)) return png;
  } catch (error) {
    cause = error;
  }
  throw new VizError("png_blocked", "the browser returns other pixels than those that were drawn", { cause });
}

/** Whether the corner without text has the background's color. */
function hasBackground(image: ImageBitmap, background: string): boolean {
  const corner = document.createElement("canvas");
  corner.width = 8;
  corner.height = 4;
  const context = corner.getContext("2d");
  if (context === null) return false;
  context.drawImage(image, 0, 0);
  const expected = [1, 3, 5].map((at) => Number.parseInt(background.slice(at, at + 2), 16));
  return context
    .getImageData(0, 0, corner.width, corner.height)
    .data.every((level, i) => Math.abs(level - (expected[i % 4] ?? 255)) < 24);
}
