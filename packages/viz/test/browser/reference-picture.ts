import { AGE_AXIS } from "../../src/age-axis.ts";
import type { Rgb } from "../../src/theme.ts";
import type { SceneSpec } from "./scene-spec.ts";

/**
 * The reference picture for both renderers, in the simplest possible form: every point over every
 * pixel in real numbers. A dot covers whole pixels. A disc's coverage of a pixel is the distance of
 * its edge beyond the pixel's center, between 0 and 1.
 * @returns red, green, blue per pixel, 0…255, not rounded.
 */
export function referencePicture(spec: SceneSpec): Float64Array {
  const { width, height, split } = spec;
  const picture = new Float64Array(width * height * 3);
  for (let i = 0; i < picture.length; i++) picture[i] = spec.background[i % 3] as number;
  const lay = (x: number, y: number, color: Rgb, alpha: number): void => {
    for (let c = 0; c < 3; c++) {
      const at = 3 * (y * width + x) + c;
      picture[at] = (picture[at] as number) * (1 - alpha) + (color[c] as number) * alpha;
    }
  };
  const yOf = (price: number): number => height * (1 - (price - spec.priceLow) / (spec.priceHigh - spec.priceLow));

  for (const [time, price] of spec.confirmed) {
    const x0 = Math.floor((split * (time - spec.timeStart)) / (spec.timeEnd - spec.timeStart) - spec.dotSize / 2 + 0.5);
    const y0 = Math.floor(yOf(price) - spec.dotSize / 2 + 0.5);
    for (let y = y0; y < y0 + spec.dotSize; y++)
      for (let x = x0; x < x0 + spec.dotSize; x++)
        if (x >= 0 && x < split && y >= 0 && y < height) lay(x, y, spec.confirmedColor, spec.confirmedOpacity);
  }
  const panel = width - split;
  for (const [time, price] of spec.mempool) {
    const age = Math.max(0, spec.now - time);
    const offset = AGE_AXIS.compression * panel * Math.log(1 + age / AGE_AXIS.scaleSeconds);
    const radius = spec.radiusNear + (spec.radiusFar - spec.radiusNear) * (offset / panel);
    const [cx, cy] = [width - offset, yOf(price)];
    const reach = Math.ceil(Math.abs(radius)) + 1;
    for (let y = Math.max(0, Math.floor(cy) - reach); y < Math.min(height, cy + reach); y++)
      for (let x = Math.max(split, Math.floor(cx) - reach); x < Math.min(width, cx + reach); x++) {
        const coverage = Math.min(1, Math.max(0, radius + 0.5 - Math.hypot(x + 0.5 - cx, y + 0.5 - cy)));
        lay(x, y, spec.mempoolColor, coverage * spec.mempoolOpacity);
      }
  }
  return picture;
}

/** Share of pixels that differ by more than `tolerance` in a channel. */
export function shareOff(found: Uint8Array, expected: Float64Array, tolerance: number): number {
  let off = 0;
  for (let pixel = 0; pixel < expected.length / 3; pixel++) {
    let worst = 0;
    for (let c = 0; c < 3; c++)
      worst = Math.max(worst, Math.abs((found[4 * pixel + c] as number) - (expected[3 * pixel + c] as number)));
    if (worst > tolerance) off++;
  }
  return off / (expected.length / 3);
}
