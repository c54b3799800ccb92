import type { AgeAxis } from "./age-axis.ts";
import type { Rect } from "./layout.ts";
import type { PointColumns } from "./point-columns.ts";
import type { Rgb } from "./theme.ts";

/** Points of the confirmed side: square dots on whole device pixels, time from left to right. */
export interface ConfirmedScene {
  readonly points: PointColumns;
  readonly panelDevice: Rect;
  /** Unix seconds at the panel's left and right edge. */
  readonly timeStart: number;
  readonly timeEnd: number;
  /** Side of a dot, whole device pixels. */
  readonly dotSizeDevice: number;
  readonly color: Rgb;
  /** 0…1; translucent dots make dense areas visible. */
  readonly opacity: number;
}

/** Points of the mempool: anti-aliased discs on the age axis that shrink as they drift left. */
export interface MempoolScene {
  readonly points: PointColumns;
  readonly panelDevice: Rect;
  /** The stream's time in the picture, Unix seconds. */
  readonly now: number;
  readonly axis: AgeAxis;
  /** Radius at the right and the left edge. */
  readonly radiusNearDevice: number;
  readonly radiusFarDevice: number;
  readonly color: Rgb;
  readonly opacity: number;
}

/** A renderer's input. Both renderers draw the same picture from it. */
export interface Scene {
  /** Inside of the frame, both panels; whole device pixels. */
  readonly plotDevice: Rect;
  readonly background: Rgb;
  /** US dollars per bitcoin at the plot's lower and upper edge. */
  readonly priceLow: number;
  readonly priceHigh: number;
  readonly confirmed: ConfirmedScene;
  readonly mempool: MempoolScene;
}

/** Draws points. Text and lines are drawn later, on top. */
export interface PointRenderer {
  readonly kind: "canvas" | "webgl";
  /**
   * Fills the plot with background and points. Returns false, having drawn nothing, if the context
   * is lost.
   */
  draw(target: CanvasRenderingContext2D, scene: Scene): boolean;
  destroy(): void;
}

/** y of a price in device pixels. */
export function yOfPrice(price: number, scene: Pick<Scene, "plotDevice" | "priceLow" | "priceHigh">): number {
  const { top, height } = scene.plotDevice;
  return top + height * (1 - (price - scene.priceLow) / (scene.priceHigh - scene.priceLow));
}

/** x of a time on the confirmed side in device pixels. */
export function xOfTime(
  time: number,
  confirmed: Pick<ConfirmedScene, "panelDevice" | "timeStart" | "timeEnd">,
): number {
  const { left, width } = confirmed.panelDevice;
  return left + (width * (time - confirmed.timeStart)) / (confirmed.timeEnd - confirmed.timeStart);
}

/** Radius of a disc at an offset from the right edge, device pixels. */
export function radiusAt(offsetDevice: number, mempool: MempoolScene): number {
  const share = offsetDevice / mempool.panelDevice.width;
  return mempool.radiusNearDevice + (mempool.radiusFarDevice - mempool.radiusNearDevice) * share;
}
