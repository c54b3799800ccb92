import { ageAxisUniform, ageOfOffset, offsetOfAge, speedAtAge } from "./age-axis.ts";
import type { Rect } from "./layout.ts";
import { drawDisc, drawSquare, type PixelBlock, packed } from "./pixel-block.ts";
import type { ConfirmedScene, MempoolScene, PointRenderer, Scene } from "./scene.ts";

/** From this many mempool points on, slow-moving points are not redrawn in every frame. */
const CROWD = 5_000;
/** Points older than this are settled: they move less than a pixel per second. */
const SETTLED_SECONDS = 40;
/** A settled point may be this far off before all of them are redrawn. Device pixels. */
const SETTLED_SHIFT_DEVICE = 0.1;

/**
 * Draws all points into one pixel buffer and copies it to the canvas at once. A path per point
 * would be ten to a thousand times slower. The confirmed side is cached as a layer, and so are the
 * old mempool points when there are many.
 */
export class CanvasRenderer implements PointRenderer {
  readonly kind = "canvas";
  #image: ImageData | null = null;
  #pixels = new Int32Array(0);
  #confirmedPixels = new Int32Array(0);
  #confirmedKey = "";
  #settledPixels: Int32Array | null = null;
  #settledKey = "";
  #settledAt = 0;
  /** Stable number of the first point that is not settled. */
  #settledTo = 0;

  draw(target: CanvasRenderingContext2D, scene: Scene): boolean {
    const { width, height, left, top } = scene.plotDevice;
    if (this.#image?.width !== width || this.#image.height !== height) {
      this.#image = target.createImageData(width, height);
      this.#pixels = new Int32Array(this.#image.data.buffer);
      this.#confirmedPixels = new Int32Array(width * height);
      this.#settledPixels = null;
      this.#confirmedKey = "";
    }
    this.#keepCloud(scene);
    const { mempool } = scene;
    const { points } = mempool;
    if (points.length < CROWD) {
      this.#pixels.set(this.#confirmedPixels);
      this.#settledPixels = null;
      drawMempool(blockOf(this.#pixels, scene.plotDevice, mempool.panelDevice), scene, points.start, points.end);
    } else {
      this.#pixels.set(this.#keepSettled(scene));
      const from = Math.max(points.start, this.#settledTo - points.origin);
      drawMempool(blockOf(this.#pixels, scene.plotDevice, mempool.panelDevice), scene, from, points.end);
    }
    target.putImageData(this.#image, left, top);
    return true;
  }

  destroy(): void {
    this.#image = null;
    this.#settledPixels = null;
    this.#pixels = this.#confirmedPixels = new Int32Array(0);
  }

  #keepCloud(scene: Scene): void {
    const { points, panelDevice, timeStart, timeEnd, dotSizeDevice, color, opacity } = scene.confirmed;
    const axes = [scene.background, scene.priceLow, scene.priceHigh, panelDevice.left, panelDevice.width];
    const key = [points.revision, timeStart, timeEnd, dotSizeDevice, color, opacity, axes].join();
    if (key === this.#confirmedKey) return;
    this.#confirmedKey = key;
    this.#confirmedPixels.fill(packed(scene.background));
    drawCloud(blockOf(this.#confirmedPixels, scene.plotDevice, panelDevice), scene, scene.confirmed);
  }

  #keepSettled(scene: Scene): Int32Array {
    const { points, now, axis, panelDevice, radiusNearDevice, radiusFarDevice, color, opacity } = scene.mempool;
    const look = [panelDevice.left, panelDevice.width, radiusNearDevice, radiusFarDevice, color, opacity];
    const key = [
      this.#confirmedKey,
      points.origin + points.start,
      ageAxisUniform(panelDevice.width, axis),
      look,
    ].join();
    const shift = (now - this.#settledAt) * speedAtAge(SETTLED_SECONDS, panelDevice.width, axis);
    const layer = this.#settledPixels ?? new Int32Array(this.#confirmedPixels.length);
    if (layer === this.#settledPixels && key === this.#settledKey && shift >= 0 && shift < SETTLED_SHIFT_DEVICE)
      return layer;
    this.#settledPixels = layer;
    this.#settledKey = key;
    this.#settledAt = now;
    let to = points.end;
    while (to > points.start && (points.positions[to - 1] as number) > now - SETTLED_SECONDS) to--;
    this.#settledTo = points.origin + to;
    layer.set(this.#confirmedPixels);
    drawMempool(blockOf(layer, scene.plotDevice, panelDevice), scene, points.start, to);
    return layer;
  }
}

/** The part of the plot's pixels that belongs to a panel. */
function blockOf(pixels: Int32Array, plot: Rect, panel: Rect): PixelBlock {
  const left = panel.left - plot.left;
  const right = Math.min(plot.width, left + panel.width);
  return { pixels, width: plot.width, left: Math.max(0, left), right, bottom: plot.height };
}

function drawCloud(block: PixelBlock, scene: Scene, confirmed: ConfirmedScene): void {
  const { dotSizeDevice: size, timeStart, timeEnd, panelDevice } = confirmed;
  const { positions, prices, start, end } = confirmed.points;
  const { height } = scene.plotDevice;
  const color = packed(confirmed.color);
  const alpha256 = Math.round(256 * confirmed.opacity);
  const perSecond = panelDevice.width / (timeEnd - timeStart);
  const perDollar = height / (scene.priceHigh - scene.priceLow);
  for (let i = start; i < end; i++) {
    const x = block.left + ((positions[i] as number) - timeStart) * perSecond;
    const y = (scene.priceHigh - (prices[i] as number)) * perDollar;
    drawSquare(block, Math.round(x - size / 2), Math.round(y - size / 2), size, color, alpha256);
  }
}

/** Draws the mempool points with indices in [from, to). */
function drawMempool(block: PixelBlock, scene: Scene, from: number, to: number): void {
  const mempool: MempoolScene = scene.mempool;
  const { now, axis, radiusNearDevice, radiusFarDevice } = mempool;
  const { positions, prices } = mempool.points;
  const { width } = mempool.panelDevice;
  const { height } = scene.plotDevice;
  const color = packed(mempool.color);
  const alpha256 = Math.round(256 * mempool.opacity);
  const perDollar = height / (scene.priceHigh - scene.priceLow);
  const reach = Math.max(radiusNearDevice, radiusFarDevice) + 0.5;
  // A disc older than this lies wholly beyond the left edge.
  const oldest = now - ageOfOffset(width + reach, width, axis);
  const shrink = (radiusFarDevice - radiusNearDevice) / width;
  for (let i = from; i < to; i++) {
    const time = positions[i] as number;
    if (time < oldest) continue;
    const y = (scene.priceHigh - (prices[i] as number)) * perDollar;
    if (y < -reach || y > height + reach) continue;
    const offset = offsetOfAge(now - time, width, axis);
    drawDisc(block, block.right - offset, y, radiusNearDevice + shrink * offset, color, alpha256);
  }
}
