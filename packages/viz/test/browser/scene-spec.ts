import type { Rgb } from "../../src/theme.ts";

/**
 * A scene in plain numbers, passed from a test to the page. Points are pairs of time and price, in
 * drawing order.
 */
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
  readonly confirmedColor: Rgb;
  readonly confirmedOpacity: number;
  readonly confirmed: readonly (readonly [time: number, price: number])[];
  readonly now: number;
  readonly radiusNear: number;
  readonly radiusFar: number;
  readonly mempoolColor: Rgb;
  readonly mempoolOpacity: number;
  readonly mempool: readonly (readonly [time: number, price: number])[];
}

/** A seeded random generator of numbers in [0, 1): mulberry32. */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** A random scene with points on both sides, some beyond every edge. */
export function randomScene(seed: number, confirmedCount: number, mempoolCount: number, scale = 1): SceneSpec {
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
    confirmedColor: [0, 229, 255],
    confirmedOpacity: 0.8,
    confirmed: Array.from({ length: confirmedCount }, () => [now - random() * 11_000 + 60, priceOf()] as const),
    now,
    radiusNear: 7 * scale,
    radiusFar: 1.8 * scale,
    mempoolColor: [255, 159, 10],
    mempoolOpacity: 0.9,
    // Ages spread over the axis, some ahead of the picture's time.
    mempool: Array.from(
      { length: mempoolCount },
      (_, i) => [now - 260 * (1 - i / mempoolCount) ** 3 + 0.3, priceOf()] as const,
    ),
  };
}
