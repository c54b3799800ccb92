import type { AgeAxis } from "./age-axis.ts";
import type { Rect } from "./layout.ts";
import type { PointColumns } from "./point-columns.ts";
import type { Rgb } from "./theme.ts";

/** The confirmed side's points: square dots on whole device pixels, by time from left to right. */
export interface CloudScene {
  readonly points: PointColumns;
  readonly panelDevice: Rect;
  /** Unix seconds at the panel's left and right edge. */
  readonly timeStart: number;
  readonly timeEnd: number;
  /** Side of a dot, whole device pixels. */
  readonly dotSizeDevice: number;
  readonly color: Rgb;
  /** 0…1; lets the eye see where dots are dense. */
  readonly opacity: number;
}

/** The mempool's points: smooth discs on the compressed age axis, shrinking as they drift left. */
export interface DriftScene {
  readonly points: PointColumns;
  readonly panelDevice: Rect;
  /** The stream's time that the picture shows, Unix seconds. */
  readonly now: number;
  readonly axis: AgeAxis;
  /** Radius at the right and the left edge. */
  readonly radiusNearDevice: number;
  readonly radiusFarDevice: number;
  readonly color: Rgb;
  readonly opacity: number;
}

/** All that a renderer draws. Both renderers make the same picture of it. */
export interface Scene {
  /** The frame's inside, both panels; whole device pixels. */
  readonly plotDevice: Rect;
  readonly background: Rgb;
  /** US dollars per bitcoin at the plot's lower and upper edge. */
  readonly priceLow: number;
  readonly priceHigh: number;
  readonly cloud: CloudScene;
  readonly drift: DriftScene;
}

/** Draws points. Text and lines are drawn above by someone else. */
export interface PointRenderer {
  readonly kind: "canvas" | "webgl";
  /** Fills the plot with background and points. Returns false when it cannot (lost context): nothing was drawn then. */
  draw(target: CanvasRenderingContext2D, scene: Scene): boolean;
  destroy(): void;
}

/** y of a price in device pixels. */
export function yOfPrice(price: number, scene: Pick<Scene, "plotDevice" | "priceLow" | "priceHigh">): number {
  const { top, height } = scene.plotDevice;
  return top + height * (1 - (price - scene.priceLow) / (scene.priceHigh - scene.priceLow));
}

/** x of a time on the confirmed side in device pixels. */
export function xOfTime(time: number, cloud: Pick<CloudScene, "panelDevice" | "timeStart" | "timeEnd">): number {
  const { left, width } = cloud.panelDevice;
  return left + (width * (time - cloud.timeStart)) / (cloud.timeEnd - cloud.timeStart);
}

/** Radius of a disc in device pixels at this offset from the right edge. */
export function radiusAt(offsetDevice: number, drift: DriftScene): number {
  const share = offsetDevice / drift.panelDevice.width;
  return drift.radiusNearDevice + (drift.radiusFarDevice - drift.radiusNearDevice) * share;
}
