import { contextOf } from "./canvas-surface.ts";
import { type Layout, toDevice } from "./layout.ts";
import { parseColor, type Rgb, type Theme } from "./theme.ts";
import { VizError } from "./viz-error.ts";

/** Places whose color does not depend on the data. Device pixels. */
interface KnownColor {
  readonly color: Rgb;
  readonly places: readonly (readonly [x: number, y: number])[];
}

/** Some browsers alter pixels by a few invisible levels; others replace them by noise. */
const LEVELS_MAX = 24;
/** Minimum share of matching places: labels may cover a few. */
const SHARE_MIN = 0.6;
const PLOT_DEVICE_MIN = 20;
const SHARES: readonly number[] = [0.1, 0.25, 0.4, 0.6, 0.75, 0.9];

/** Background along the canvas edges, and the plot's frame. See `paintPicture` and `paintFrame`. */
function knownColors(layout: Layout, theme: Theme, ratio: number, width: number, height: number): KnownColor[] {
  const plot = toDevice(layout.plotCss, ratio);
  const edge = 1;
  const known: KnownColor[] = [
    {
      color: parseColor(theme.background),
      places: SHARES.flatMap((share) => [
        [Math.floor(share * width), edge] as const,
        [Math.floor(share * width), height - 1 - edge] as const,
        [edge, Math.floor(share * height)] as const,
        [width - 1 - edge, Math.floor(share * height)] as const,
      ]),
    },
  ];
  // On a very small canvas the labels cover the plot's frame.
  if (Math.min(plot.width, plot.height) >= PLOT_DEVICE_MIN)
    known.push({
      color: parseColor(theme.frame),
      places: SHARES.flatMap((share) => [
        [Math.floor(plot.left + share * plot.width), plot.top - 1] as const,
        [Math.floor(plot.left + share * plot.width), plot.top + plot.height] as const,
        [plot.left - 1, Math.floor(plot.top + share * plot.height)] as const,
        [plot.left + plot.width, Math.floor(plot.top + share * plot.height)] as const,
      ]),
    });
  return known;
}

/** Red, green, blue and alpha of an image at these places. */
function pixelsOf(image: ImageBitmap, places: KnownColor["places"], document: Document): Uint8ClampedArray {
  const row = document.createElement("canvas");
  row.width = places.length;
  row.height = 1;
  const context = contextOf(row);
  if (context instanceof VizError) throw context;
  // No theme uses this color: it marks places without image data.
  context.fillStyle = "#ff00ff";
  context.fillRect(0, 0, places.length, 1);
  for (const [i, [x, y]] of places.entries()) context.drawImage(image, x, y, 1, 1, i, 0, 1, 1);
  return context.getImageData(0, 0, places.length, 1).data;
}

/**
 * Encodes a canvas as PNG. Browsers that protect against fingerprinting return noise without an
 * error, so the PNG is decoded and its known pixels are compared.
 * @throws VizError `png_blocked` if the browser returns no PNG or other pixels.
 */
export async function checkedPng(
  context: CanvasRenderingContext2D,
  layout: Layout,
  theme: Theme,
  ratio: number,
): Promise<Blob> {
  const { canvas } = context;
  const { width, height } = canvas;
  const blocked = (what: string, cause?: unknown): VizError =>
    new VizError("png_blocked", `toPng: ${what}. Fingerprinting protection is the usual cause`, { cause });
  try {
    const blob = await new Promise<Blob | null>((resolve) => {
      canvas.toBlob(resolve);
    });
    if (blob === null) throw blocked("the browser returned no PNG");
    const image = await createImageBitmap(blob);
    const isThere = ({ color, places }: KnownColor): boolean => {
      const levels = pixelsOf(image, places, canvas.ownerDocument);
      const found = places.filter((_, i) =>
        color.every((level, channel) => Math.abs(level - (levels[4 * i + channel] ?? -256)) <= LEVELS_MAX),
      );
      return found.length >= SHARE_MIN * places.length;
    };
    if (!knownColors(layout, theme, ratio, width, height).every(isThere))
      throw blocked("the browser returned other pixels than those of the canvas");
    return blob;
  } catch (error) {
    if (error instanceof VizError) throw error;
    throw blocked("the browser does not allow reading the canvas", error);
  }
}
