import type { ChartModel } from "./chart-model.ts";
import type { Place } from "./hit-test.ts";
import type { Labels } from "./labels.ts";
import type { Layout } from "./layout.ts";
import type { Scene } from "./scene.ts";
import type { StreamView } from "./stream-state.ts";
import type { HexColor, Theme } from "./theme.ts";

/** Input of the painters of lines and text for one frame. */
export interface Picture {
  readonly context: CanvasRenderingContext2D;
  /** Device pixels per CSS pixel. */
  readonly ratio: number;
  readonly layout: Layout;
  readonly theme: Theme;
  readonly labels: Labels;
  readonly model: ChartModel;
  readonly view: StreamView;
  /** Null before the first price: there is no price axis. */
  readonly scene: Scene | null;
  /** The stream's time in the picture, Unix seconds; null before the first tick. */
  readonly streamSeconds: number | null;
  /** The user's clock, Unix seconds. */
  readonly wallSeconds: number;
  /** The focused point. */
  readonly focus: Place | null;
}

/** System fonts: no font is loaded. */
export const FONT_FAMILY = 'system-ui, -apple-system, "Segoe UI", Roboto, "DejaVu Sans", sans-serif';

/** Sets up the context for text in CSS pixels. */
export function useText(
  { context, layout, ratio }: Picture,
  color: HexColor,
  sizeShare: number,
  align: CanvasTextAlign,
  baseline: CanvasTextBaseline = "middle",
  weight = 400,
): void {
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  context.font = `${weight} ${Math.round(2 * layout.fontSizeCss * sizeShare) / 2}px ${FONT_FAMILY}`;
  context.fillStyle = color;
  context.textAlign = align;
  context.textBaseline = baseline;
}

/** Like {@link useText}, with a smaller font if `text` is wider than `roomCss`. */
export function useFittingText(
  picture: Picture,
  text: string,
  roomCss: number,
  color: HexColor,
  sizeShare: number,
  align: CanvasTextAlign,
  weight = 400,
): void {
  useText(picture, color, sizeShare, align, "middle", weight);
  const fit = roomCss / picture.context.measureText(text).width;
  if (fit < 1) useText(picture, color, sizeShare * fit, align, "middle", weight);
}

/** Text is shortened before it shrinks below this share of its size. */
const SHRINK_MIN = 0.8;

/**
 * Sets up the context for `long`, or for `short` if there is little room. Returns the one chosen.
 */
export function shortenedToFit(
  picture: Picture,
  long: string,
  short: string,
  roomCss: number,
  color: HexColor,
  sizeShare: number,
  align: CanvasTextAlign,
): string {
  useText(picture, color, sizeShare, align);
  const text = picture.context.measureText(long).width * SHRINK_MIN > roomCss ? short : long;
  useFittingText(picture, text, roomCss, color, sizeShare, align);
  return text;
}

/** Text with a dark outline, to stay readable over points without hiding them. */
export function fillOutlinedText(picture: Picture, text: string, xCss: number, yCss: number): void {
  const { context, layout } = picture;
  context.strokeStyle = picture.theme.background;
  context.lineWidth = layout.fontSizeCss / 3;
  context.lineJoin = "round";
  context.strokeText(text, xCss, yCss);
  context.fillText(text, xCss, yCss);
}

/** A straight line on whole device pixels, sharp at every density. */
export function strokeDevice(
  { context, ratio }: Picture,
  color: HexColor,
  leftDevice: number,
  topDevice: number,
  widthDevice: number,
  heightDevice: number,
): void {
  context.setTransform(1, 0, 0, 1, 0, 0);
  context.fillStyle = color;
  const thin = Math.max(1, Math.floor(ratio));
  context.fillRect(leftDevice, topDevice, widthDevice || thin, heightDevice || thin);
}
