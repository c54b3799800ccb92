import type { Rgb } from "../../src/theme.ts";

/** A scene in plain numbers, as a test hands it to the page. Points are pairs of time and price, in drawing order. */
export interface SceneSpec {
  readonly width: number;
  readonly height: number;
  /** x of the line between the sides. */
  readonly split: number;
  readonly background: Rgb;
  readonly priceLow: number;
  readonly priceHigh: number;
  readonly timeStart: number;
  readonly timeEnd: number;
  readonly dotSize: number;
  readonly cloudColor: Rgb;
  readonly cloudOpacity: number;
  readonly cloud: readonly (readonly [time: number, price: number])[];
  readonly now: number;
  readonly radiusNear: number;
  readonly radiusFar: number;
  readonly driftColor: Rgb;
  readonly driftOpacity: number;
  readonly drift: readonly (readonly [time: number, price: number])[];
}

/** Numbers in [0, 1) that are the same for the same seed: mulberry32. */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** A scene of this many points on each side, some beyond every edge. */
export function randomScene(seed: number, cloudCount: number, driftCount: number, scale = 1): SceneSpec {
  const random = seededRandom(seed);
  const now = 1_757_535_586.25;
  const priceOf = (): number => 113_600 * (1 + (random() - 0.5) * 0.11);
  return {
    width: 420 * scale,
    height: 240 * scale,
    split: 290 * scale,
    background: [0, 0, 0],
    priceLow: 113_600 * 0.95,
    priceHigh: 113_600 * 1.05,
    timeStart: now - 10_800,
    timeEnd: now,
    dotSize: 2 * scale,
    cloudColor: [0, 229, 255],
    cloudOpacity: 0.8,
    cloud: Array.from({ length: cloudCount }, () => [now - random() * 11_000 + 60, priceOf()] as const),
    now,
    radiusNear: 7 * scale,
    radiusFar: 1.8 * scale,
    driftColor: [255, 159, 10],
    driftOpacity: 0.9,
    // Ages spread over the axis as on the picture, a few ahead of its time.
    drift: Array.from(
      { length: driftCount },
      (_, i) => [now - 260 * (1 - i / driftCount) ** 3 + 0.3, priceOf()] as const,
    ),
  };
}
