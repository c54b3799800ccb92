import { promisify } from "node:util";
import { crc32, deflate } from "node:zlib";
import type { Stroke } from "./stroke-font.ts";

/** Red, green and blue, 0…255. */
export type Rgb = readonly [red: number, green: number, blue: number];

const SIGNATURE = Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a);
const compress = promisify(deflate);

/** A picture in memory, black at first, with the few shapes that the preview image needs. */
export class Raster {
  readonly width: number;
  readonly height: number;
  readonly #pixels: Uint8Array;

  constructor(width: number, height: number) {
    this.width = width;
    this.height = height;
    this.#pixels = new Uint8Array(3 * width * height);
  }

  fillRect(left: number, top: number, width: number, height: number, color: Rgb, opacity = 1): void {
    for (let y = Math.max(0, top); y < Math.min(this.height, top + height); y++)
      for (let x = Math.max(0, left); x < Math.min(this.width, left + width); x++) this.#blend(x, y, color, opacity);
  }

  /** Draws lines with round ends, anti-aliased. Where they overlap they are not darker. */
  drawStrokes(strokes: readonly Stroke[], lineWidth: number, color: Rgb, opacity = 1): void {
    const reach = lineWidth / 2 + 0.5;
    const [left, top, right, bottom] = this.#boundsOf(strokes, reach);
    const width = right - left + 1;
    if (width <= 0 || bottom < top) return;
    const coverage = new Uint8Array(width * (bottom - top + 1));
    for (const stroke of strokes) {
      const { x1, y1, x2, y2 } = stroke;
      const fromY = Math.max(top, Math.floor(Math.min(y1, y2) - reach));
      const toY = Math.min(bottom, Math.ceil(Math.max(y1, y2) + reach));
      const fromX = Math.max(left, Math.floor(Math.min(x1, x2) - reach));
      const toX = Math.min(right, Math.ceil(Math.max(x1, x2) + reach));
      for (let y = fromY; y <= toY; y++)
        for (let x = fromX; x <= toX; x++) {
          const squared = squaredDistance(x + 0.5, y + 0.5, stroke);
          if (squared >= reach * reach) continue;
          const covered = 255 * Math.min(1, reach - Math.sqrt(squared));
          const at = (y - top) * width + x - left;
          if (covered > (coverage[at] as number)) coverage[at] = covered;
        }
    }
    for (let y = top; y <= bottom; y++)
      for (let x = left; x <= right; x++) {
        const covered = coverage[(y - top) * width + x - left] as number;
        if (covered > 0) this.#blend(x, y, color, (opacity * covered) / 255);
      }
  }

  /** The color of a pixel. */
  at(x: number, y: number): Rgb {
    const at = 3 * (y * this.width + x);
    const [red = 0, green = 0, blue = 0] = this.#pixels.subarray(at, at + 3);
    return [red, green, blue];
  }

  /** The picture as a PNG file. */
  async toPng(): Promise<Uint8Array> {
    const lineBytes = 3 * this.width;
    // Each line begins with its filter: 0, none.
    const lines = new Uint8Array((lineBytes + 1) * this.height);
    for (let y = 0; y < this.height; y++)
      lines.set(this.#pixels.subarray(y * lineBytes, (y + 1) * lineBytes), y * (lineBytes + 1) + 1);
    const header = new DataView(new ArrayBuffer(13));
    header.setUint32(0, this.width);
    header.setUint32(4, this.height);
    // Eight bits, red, green and blue.
    header.setUint8(8, 8);
    header.setUint8(9, 2);
    return Buffer.concat([
      SIGNATURE,
      pngChunk("IHDR", new Uint8Array(header.buffer)),
      pngChunk("IDAT", await compress(lines)),
      pngChunk("IEND", new Uint8Array(0)),
    ]);
  }

  #boundsOf(strokes: readonly Stroke[], reach: number): [left: number, top: number, right: number, bottom: number] {
    let [left, top, right, bottom] = [this.width, this.height, -1, -1];
    for (const { x1, y1, x2, y2 } of strokes) {
      left = Math.min(left, Math.floor(Math.min(x1, x2) - reach));
      right = Math.max(right, Math.ceil(Math.max(x1, x2) + reach));
      top = Math.min(top, Math.floor(Math.min(y1, y2) - reach));
      bottom = Math.max(bottom, Math.ceil(Math.max(y1, y2) + reach));
    }
    return [Math.max(0, left), Math.max(0, top), Math.min(this.width - 1, right), Math.min(this.height - 1, bottom)];
  }

  #blend(x: number, y: number, color: Rgb, opacity: number): void {
    const at = 3 * (y * this.width + x);
    const pixels = this.#pixels;
    for (let channel = 0; channel < 3; channel++) {
      const before = pixels[at + channel] as number;
      pixels[at + channel] = before + ((color[channel] as number) - before) * opacity + 0.5;
    }
  }
}

/** Square of a point's distance from a stroke, pixels. */
function squaredDistance(x: number, y: number, { x1, y1, x2, y2 }: Stroke): number {
  const [dx, dy] = [x2 - x1, y2 - y1];
  const length2 = dx * dx + dy * dy;
  const along = length2 === 0 ? 0 : Math.min(1, Math.max(0, ((x - x1) * dx + (y - y1) * dy) / length2));
  return (x - x1 - along * dx) ** 2 + (y - y1 - along * dy) ** 2;
}

function pngChunk(type: string, data: Uint8Array): Uint8Array {
  const content = Buffer.concat([Buffer.from(type, "latin1"), data]);
  const chunk = Buffer.alloc(content.length + 8);
  chunk.writeUInt32BE(data.length, 0);
  chunk.set(content, 4);
  chunk.writeUInt32BE(crc32(content), content.length + 4);
  return chunk;
}
