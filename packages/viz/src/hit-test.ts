import { offsetOfAge } from "./age-axis.ts";
import { radiusAt, type Scene, xOfTime, yOfPrice } from "./scene.ts";

/** The panel of a point. */
export type Side = "confirmed" | "mempool";

/** A point's place on the canvas. */
export interface Place {
  readonly xDevice: number;
  readonly yDevice: number;
  readonly radiusDevice: number;
}

/** Position of a point. It may be outside its panel: see {@link isVisible}. */
export function placeOf(scene: Scene, side: Side, index: number): Place {
  if (side === "confirmed") {
    const { points, dotSizeDevice } = scene.confirmed;
    return {
      xDevice: xOfTime(points.positions[index] as number, scene.confirmed),
      yDevice: yOfPrice(points.prices[index] as number, scene),
      radiusDevice: dotSizeDevice / 2,
    };
  }
  const { mempool } = scene;
  const { left, width } = mempool.panelDevice;
  const offset = offsetOfAge(mempool.now - (mempool.points.positions[index] as number), width, mempool.axis);
  return {
    xDevice: left + width - offset,
    yDevice: yOfPrice(mempool.points.prices[index] as number, scene),
    radiusDevice: radiusAt(offset, mempool),
  };
}

/** Whether a place is inside the panel of `side`. */
export function isVisible(scene: Scene, side: Side, place: Place): boolean {
  const { left, top, width, height } = side === "confirmed" ? scene.confirmed.panelDevice : scene.mempool.panelDevice;
  const { xDevice, yDevice } = place;
  return xDevice >= left && xDevice <= left + width && yDevice >= top && yDevice <= top + height;
}

/**
 * The point whose edge is nearest, within `reachDevice`. Later points are drawn on top and win
 * ties.
 */
export function pointAt(
  scene: Scene,
  xDevice: number,
  yDevice: number,
  reachDevice: number,
): { side: Side; index: number } | null {
  const side: Side = xDevice < scene.mempool.panelDevice.left ? "confirmed" : "mempool";
  const { points } = side === "confirmed" ? scene.confirmed : scene.mempool;
  let best = reachDevice;
  let found = -1;
  for (let i = points.start; i < points.end; i++) {
    const y = yOfPrice(points.prices[i] as number, scene);
    // Cheap test first: most points are at another height.
    if (Math.abs(y - yDevice) > best + scene.mempool.radiusNearDevice) continue;
    const place = placeOf(scene, side, i);
    const distance = Math.hypot(place.xDevice - xDevice, y - yDevice) - place.radiusDevice;
    if (distance <= best && isVisible(scene, side, place)) {
      best = distance;
      found = i;
    }
  }
  return found < 0 ? null : { side, index: found };
}
