import { offsetOfAge } from "./age-axis.ts";
import { radiusAt, type Scene, xOfTime, yOfPrice } from "./scene.ts";

/** Which panel a point is on. */
export type Side = "confirmed" | "mempool";

/** A point's place on the canvas. */
export interface Place {
  readonly xDevice: number;
  readonly yDevice: number;
  readonly radiusDevice: number;
}

/** Where a point is drawn. It may be outside its panel: see {@link isVisible}. */
export function placeOf(scene: Scene, side: Side, index: number): Place {
  if (side === "confirmed") {
    const { points, dotSizeDevice } = scene.cloud;
    return {
      xDevice: xOfTime(points.positions[index] as number, scene.cloud),
      yDevice: yOfPrice(points.prices[index] as number, scene),
      radiusDevice: dotSizeDevice / 2,
    };
  }
  const { drift } = scene;
  const { left, width } = drift.panelDevice;
  const offset = offsetOfAge(drift.now - (drift.points.positions[index] as number), width, drift.axis);
  return {
    xDevice: left + width - offset,
    yDevice: yOfPrice(drift.points.prices[index] as number, scene),
    radiusDevice: radiusAt(offset, drift),
  };
}

/** Whether a place is inside its side's panel. */
export function isVisible(scene: Scene, side: Side, place: Place): boolean {
  const { left, top, width, height } = side === "confirmed" ? scene.cloud.panelDevice : scene.drift.panelDevice;
  const { xDevice, yDevice } = place;
  return xDevice >= left && xDevice <= left + width && yDevice >= top && yDevice <= top + height;
}

/**
 * The point whose edge is nearest to a place, if it is not further than `reachDevice` away. Later points are drawn above
 * earlier ones and win a tie.
 */
export function pointAt(
  scene: Scene,
  xDevice: number,
  yDevice: number,
  reachDevice: number,
): { side: Side; index: number } | null {
  const side: Side = xDevice < scene.drift.panelDevice.left ? "confirmed" : "mempool";
  const { points } = side === "confirmed" ? scene.cloud : scene.drift;
  let best = reachDevice;
  let found = -1;
  for (let i = points.start; i < points.end; i++) {
    const y = yOfPrice(points.prices[i] as number, scene);
    // The cheap test first: most points are at another height.
    if (Math.abs(y - yDevice) > best + scene.drift.radiusNearDevice) continue;
    const place = placeOf(scene, side, i);
    const distance = Math.hypot(place.xDevice - xDevice, y - yDevice) - place.radiusDevice;
    if (distance <= best && isVisible(scene, side, place)) {
      best = distance;
      found = i;
    }
  }
  return found < 0 ? null : { side, index: found };
}
