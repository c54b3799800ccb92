import { isVisible, type Place, placeOf, pointAt, type Side } from "./hit-test.ts";
import type { ChartPoint, PointColumns } from "./point-columns.ts";
import type { Scene } from "./scene.ts";

/** The point selected by pointer or keyboard, with its position on the page. */
export interface FocusedPoint extends ChartPoint {
  readonly side: Side;
  /** Identifies the point on its side as long as it is held. */
  readonly number: number;
  /** Position on the canvas, CSS pixels. */
  readonly xCss: number;
  readonly yCss: number;
  /** Whether the keyboard selected it. */
  readonly byKey: boolean;
}

/**
 * Selection radius. A finger covers more than a pointer, and both may miss a small dot slightly.
 */
const REACH_CSS = 12;
const STRIDE = 10;

/**
 * The selected point. Points drift and leave, so it is held by its stable number, not its place.
 */
export class PointFocus {
  #side: Side | null = null;
  #number = 0;
  #byKey = false;

  /** Position of the selected point in this scene; null without one or after it left. */
  find(scene: Scene, ratio: number): { readonly point: FocusedPoint; readonly place: Place } | null {
    if (this.#side === null) return null;
    const points = columnsOf(scene, this.#side);
    const index = this.#number - points.origin;
    const point = points.at(index);
    if (point === null) return null;
    const place = placeOf(scene, this.#side, index);
    if (!isVisible(scene, this.#side, place)) return null;
    const { xDevice, yDevice } = place;
    return {
      point: {
        ...point,
        side: this.#side,
        number: this.#number,
        xCss: xDevice / ratio,
        yCss: yDevice / ratio,
        byKey: this.#byKey,
      },
      place,
    };
  }

  clear(): void {
    this.#side = null;
  }

  /** Selects the point under the pointer, if any. */
  point(scene: Scene, xCss: number, yCss: number, ratio: number): void {
    const hit = pointAt(scene, xCss * ratio, yCss * ratio, REACH_CSS * ratio);
    this.#side = hit?.side ?? null;
    this.#byKey = false;
    if (hit !== null) this.#number = columnsOf(scene, hit.side).origin + hit.index;
  }

  /**
   * Moves the selection: left and right in time (ten at a time with shift), up and down by price on
   * the same side, Home and End to the oldest and newest point, Page Up and Page Down to the other
   * side.
   * @returns whether the key is one of these.
   */
  key(scene: Scene, key: string, shift: boolean): boolean {
    if (key === "Escape") {
      this.clear();
      return true;
    }
    const here = this.#here(scene);
    let next: { side: Side; index: number } | null;
    const steps = shift ? STRIDE : 1;
    if (key === "Home") next = first(scene, "confirmed") ?? first(scene, "mempool");
    else if (key === "End") next = last(scene, "mempool") ?? last(scene, "confirmed");
    else if (key === "PageUp" || key === "PageDown")
      next = last(scene, here?.side === "mempool" ? "confirmed" : "mempool");
    else if (key === "ArrowLeft" || key === "ArrowRight")
      next =
        here === null
          ? (last(scene, "mempool") ?? last(scene, "confirmed"))
          : this.#step(scene, here, key === "ArrowLeft" ? -steps : steps);
    else if (key === "ArrowUp" || key === "ArrowDown")
      next =
        here === null
          ? (last(scene, "mempool") ?? last(scene, "confirmed"))
          : byPrice(scene, here, key === "ArrowUp" ? 1 : -1);
    else return false;
    if (next !== null) {
      this.#side = next.side;
      this.#number = columnsOf(scene, next.side).origin + next.index;
      this.#byKey = true;
    }
    return true;
  }

  #here(scene: Scene): { side: Side; index: number } | null {
    if (this.#side === null) return null;
    const points = columnsOf(scene, this.#side);
    const index = this.#number - points.origin;
    return index >= points.start && index < points.end ? { side: this.#side, index } : null;
  }

  /** Moves by `steps` visible points, continuing on the other side. */
  #step(scene: Scene, from: { side: Side; index: number }, steps: number): { side: Side; index: number } {
    let { side, index } = from;
    let left = Math.abs(steps);
    const direction = Math.sign(steps);
    let best = from;
    while (left > 0) {
      index += direction;
      const points = columnsOf(scene, side);
      if (index < points.start || index >= points.end) {
        const over =
          direction > 0
            ? side === "confirmed"
              ? first(scene, "mempool")
              : null
            : side === "mempool"
              ? last(scene, "confirmed")
              : null;
        if (over === null) break;
        ({ side, index } = over);
      }
      if (!isVisible(scene, side, placeOf(scene, side, index))) continue;
      best = { side, index };
      left--;
    }
    return best;
  }
}

function columnsOf(scene: Scene, side: Side): PointColumns {
  return side === "confirmed" ? scene.confirmed.points : scene.mempool.points;
}

function seek(scene: Scene, side: Side, from: number, direction: 1 | -1): { side: Side; index: number } | null {
  const points = columnsOf(scene, side);
  for (let index = from; index >= points.start && index < points.end; index += direction)
    if (isVisible(scene, side, placeOf(scene, side, index))) return { side, index };
  return null;
}

/** The oldest visible point of a side. */
function first(scene: Scene, side: Side): { side: Side; index: number } | null {
  return seek(scene, side, columnsOf(scene, side).start, 1);
}

/** The newest visible point of a side. */
function last(scene: Scene, side: Side): { side: Side; index: number } | null {
  return seek(scene, side, columnsOf(scene, side).end - 1, -1);
}

/**
 * The visible point of the same side with the next price in `direction`; of equals, the next index.
 */
function byPrice(scene: Scene, here: { side: Side; index: number }, direction: 1 | -1): { side: Side; index: number } {
  const points = columnsOf(scene, here.side);
  const price = points.prices[here.index] as number;
  let best = here;
  let bestStep = Number.POSITIVE_INFINITY;
  for (let index = points.start; index < points.end; index++) {
    const step = ((points.prices[index] as number) - price) * direction;
    const beyond = step > 0 || (step === 0 && (index - here.index) * direction > 0);
    if (!beyond || step >= bestStep || !isVisible(scene, here.side, placeOf(scene, here.side, index))) continue;
    best = { side: here.side, index };
    bestStep = step;
  }
  return best;
}
