import type { Rgb } from "./theme.ts";

/** Byte order of the machine; decides how four channel bytes form one number. */
const LITTLE_ENDIAN = new Uint8Array(new Int32Array([1]).buffer)[0] === 1;
/** The alpha byte of an opaque pixel. Every pixel is opaque. */
const OPAQUE = LITTLE_ENDIAN ? 0xff000000 : 0x000000ff;

/** A color as the number that a pixel of `ImageData` holds. */
export function packed([red, green, blue]: Rgb): number {
  const rgb = LITTLE_ENDIAN ? (blue << 16) | (green << 8) | red : (red << 24) | (green << 16) | (blue << 8);
  return rgb | OPAQUE;
}

/**
 * Blends a color over an opaque pixel, two channels per multiplication, rounded.
 * @param alpha256 0…256.
 */
export function blended(under: number, over: number, alpha256: number): number {
  const keep = 256 - alpha256;
  const even = (Math.imul(over & 0x00ff00ff, alpha256) + Math.imul(under & 0x00ff00ff, keep) + 0x00800080) >>> 8;
  const odd = Math.imul((over >>> 8) & 0x00ff00ff, alpha256) + Math.imul((under >>> 8) & 0x00ff00ff, keep) + 0x00800080;
  return (even & 0x00ff00ff) | (odd & 0xff00ff00) | OPAQUE | 0;
}

/** Rows of opaque pixels and the part that may be drawn on. */
export interface PixelBlock {
  readonly pixels: Int32Array;
  readonly width: number;
  /** Bounds in whole pixels; right and bottom are exclusive. */
  readonly left: number;
  readonly right: number;
  readonly bottom: number;
}

/** Draws a square of whole pixels, clipped to the bounds. */
export function drawSquare(
  block: PixelBlock,
  x0: number,
  y0: number,
  size: number,
  color: number,
  alpha256: number,
): void {
  const { pixels, width } = block;
  const left = Math.max(block.left, x0);
  const right = Math.min(block.right, x0 + size);
  const bottom = Math.min(block.bottom, y0 + size);
  for (let y = Math.max(0, y0); y < bottom; y++)
    for (let i = y * width + left, end = y * width + right; i < end; i++)
      pixels[i] = blended(pixels[i] as number, color, alpha256);
}

/**
 * Draws a disc, clipped to the bounds. A pixel's coverage is the distance of the disc's edge beyond
 * its center, between 0 and 1.
 * @param alpha256 0…256, for a fully covered pixel.
 */
export function drawDisc(
  block: PixelBlock,
  x: number,
  y: number,
  radius: number,
  color: number,
  alpha256: number,
): void {
  const { pixels, width } = block;
  const outer = radius + 0.5;
  const outerSquared = outer * outer;
  // Within this distance a pixel is fully covered. A disc smaller than a pixel covers none fully.
  const innerSquared = radius > 0.5 ? (radius - 0.5) * (radius - 0.5) : -1;
  const solid = alpha256 === 256;
  // Pixel centers are at halves.
  const cx = x - 0.5;
  const cy = y - 0.5;
  let left = Math.ceil(cx - outer);
  if (left < block.left) left = block.left;
  let right = Math.floor(cx + outer);
  if (right >= block.right) right = block.right - 1;
  let row = Math.ceil(cy - outer);
  if (row < 0) row = 0;
  let bottom = Math.floor(cy + outer);
  if (bottom >= block.bottom) bottom = block.bottom - 1;
  for (; row <= bottom; row++) {
    const dySquared = (row - cy) * (row - cy);
    const base = row * width;
    for (let column = left; column <= right; column++) {
      const under = pixels[base + column] as number;
      // In crowded areas most pixels already have the color.
      if (under === color) continue;
      const dx = column - cx;
      const distanceSquared = dx * dx + dySquared;
      if (distanceSquared >= outerSquared) continue;
      if (solid && distanceSquared <= innerSquared) pixels[base + column] = color;
      else {
        const coverage = outer - Math.sqrt(distanceSquared);
        const alpha = coverage >= 1 ? alpha256 : (coverage * alpha256 + 0.5) | 0;
        pixels[base + column] = blended(under, color, alpha);
      }
    }
  }
}
