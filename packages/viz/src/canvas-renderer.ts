import { ageOfOffset } from "./age-axis.ts";
import type { Rect } from "./layout.ts";
import { layDisc, laySquare, type PixelBlock, packed } from "./pixel-block.ts";
import type { CloudScene, DriftScene, PointRenderer, Scene } from "./scene.ts";

/** From this many points on the mempool side on, those that hardly move are not drawn at every frame. */
const CROWD = 5_000;
/** Points older than this are settled: they move less than a pixel in a second. */
const SETTLED_SECONDS = 40;
/** How far a settled point may be from its place before all of them are drawn anew; device pixels. */
const SETTLED_SHIFT_DEVICE = 0.1;

/**
 * Draws all points into one block of pixels that is put on the canvas in one go: a path per point would take ten to a
 * thousand times as long. What seldom changes is kept in layers and copied: the confirmed side, and above it, when points
 * crowd, the old ones of the mempool side.
 */
export class CanvasRenderer implements PointRenderer {
  readonly kind = "canvas";
  #image: ImageData | null = null;
  #pixels = new Int32Array(0);
  #cloudPixels = new Int32Array(0);
  #cloudKey = "";
  #settledPixels: Int32Array | null = null;
  #settledKey = "";
  #settledAt = 0;
  /** Lasting number of the first point that is not settled. */
  #settledTo = 0;

  draw(target: CanvasRenderingContext2D, scene: Scene): boolean {
    const { width, height, left, top } = scene.plotDevice;
    if (this.#image?.width !== width || this.#image.height !== height) {
      this.#image = target.createImageData(width, height);
      this.#pixels = new Int32Array(this.#image.data.buffer);
      this.#cloudPixels = new Int32Array(width * height);
      this.#settledPixels = null;
      this.#cloudKey = "";
    }
    this.#keepCloud(scene);
    const { drift } = scene;
    const { points } = drift;
    if (points.length < CROWD) {
      this.#pixels.set(this.#cloudPixels);
      this.#settledPixels = null;
      drawDrift(blockOf(this.#pixels, scene.plotDevice, drift.panelDevice), scene, points.start, points.end);
    } else {
      this.#pixels.set(this.#keepSettled(scene));
      const from = Math.max(points.start, this.#settledTo - points.origin);
      drawDrift(blockOf(this.#pixels, scene.plotDevice, drift.panelDevice), scene, from, points.end);
    }
    target.putImageData(this.#image, left, top);
    return true;
  }

  destroy(): void {
    this.#image = null;
    this.#settledPixels = null;
    this.#pixels = this.#cloudPixels = new Int32Array(0);
  }

  #keepCloud(scene: Scene): void {
    const { points, panelDevice, timeStart, timeEnd, dotSizeDevice, color, opacity } = scene.cloud;
    const axes = [scene.background, scene.priceLow, scene.priceHigh, panelDevice.left, panelDevice.width];
    const key = [points.revision, timeStart, timeEnd, dotSizeDevice, color, opacity, axes].join();
    if (key === this.#cloudKey) return;
    this.#cloudKey = key;
    this.#cloudPixels.fill(packed(scene.background));
    drawCloud(blockOf(this.#cloudPixels, scene.plotDevice, panelDevice), scene, scene.cloud);
  }

  #keepSettled(scene: Scene): Int32Array {
    const { points, now, axis, panelDevice, radiusNearDevice, radiusFarDevice, color, opacity } = scene.drift;
    const look = [panelDevice.left, panelDevice.width, radiusNearDevice, radiusFarDevice, color, opacity];
    const key = [this.#cloudKey, points.origin + points.start, axis.compression, axis.scaleSeconds, look].join();
    const shift =
      (axis.compression * panelDevice.width * (now - this.#settledAt)) / (axis.scaleSeconds + SETTLED_SECONDS);
    const layer = this.#settledPixels ?? new Int32Array(this.#cloudPixels.length);
    if (layer === this.#settledPixels && key === this.#settledKey && shift >= 0 && shift < SETTLED_SHIFT_DEVICE)
      return layer;
    this.#settledPixels = layer;
    this.#settledKey = key;
    this.#settledAt = now;
    let to = points.end;
    while (to > points.start && (points.positions[to - 1] as number) > now - SETTLED_SECONDS) to--;
    this.#settledTo = points.origin + to;
    layer.set(this.#cloudPixels);
    drawDrift(blockOf(layer, scene.plotDevice, panelDevice), scene, points.start, to);
    return layer;
  }
}

/** The panel's part of the plot's pixels. */
function blockOf(pixels: Int32Array, plot: Rect, panel: Rect): PixelBlock {
  const left = panel.left - plot.left;
  return { pixels, width: plot.width, left, right: Math.min(plot.width, left + panel.width), bottom: plot.height };
}

function drawCloud(block: PixelBlock, scene: Scene, cloud: CloudScene): void {
  const { dotSizeDevice: size, timeStart, timeEnd, panelDevice } = cloud;
  const { positions, prices, start, end } = cloud.points;
  const { height } = scene.plotDevice;
  const color = packed(cloud.color);
  const alpha256 = Math.round(256 * cloud.opacity);
  const perSecond = panelDevice.width / (timeEnd - timeStart);
  const perDollar = height / (scene.priceHigh - scene.priceLow);
  for (let i = start; i < end; i++) {
    const x = block.left + ((positions[i] as number) - timeStart) * perSecond;
    const y = (scene.priceHigh - (prices[i] as number)) * perDollar;
    laySquare(block, Math.round(x - size / 2), Math.round(y - size / 2), size, color, alpha256);
  }
}

/** Draws the mempool side's points from index `from` to before `to`. */
function drawDrift(block: PixelBlock, scene: Scene, from: number, to: number): void {
  const drift: DriftScene = scene.drift;
  const { now, axis, radiusNearDevice, radiusFarDevice } = drift;
  const { positions, prices } = drift.points;
  const { width } = drift.panelDevice;
  const { height } = scene.plotDevice;
  const color = packed(drift.color);
  const alpha256 = Math.round(256 * drift.opacity);
  const perDollar = height / (scene.priceHigh - scene.priceLow);
  const reach = Math.max(radiusNearDevice, radiusFarDevice) + 0.5;
  // Older than this, a disc is beyond the left edge with all of its radius.
  const oldest = now - ageOfOffset(width + reach, width, axis);
  const compressed = axis.compression * width;
  const perScale = 1 / axis.scaleSeconds;
  const shrink = (radiusFarDevice - radiusNearDevice) / width;
  for (let i = from; i < to; i++) {
    const time = positions[i] as number;
    if (time < oldest) continue;
    const y = (scene.priceHigh - (prices[i] as number)) * perDollar;
    if (y < -reach || y > height + reach) continue;
    const offset = time < now ? compressed * Math.log(1 + (now - time) * perScale) : 0;
    layDisc(block, block.right - offset, y, radiusNearDevice + shrink * offset, color, alpha256);
  }
}
