import { offsetOfAge } from "./age-axis.ts";
import type { Rect } from "./layout.ts";
import { type Picture, strokeDevice } from "./picture.ts";
import type { PriceHistory } from "./price-history.ts";
import { type Scene, xOfTime, yOfPrice } from "./scene.ts";
import type { HexColor } from "./theme.ts";

const BAND_OPACITY = 0.22;

/** The confirmed average and its 90 % band over the confirmed side. */
export function paintConfirmedAverage(picture: Picture, scene: Scene): void {
  const { theme, model, context } = picture;
  const { price, interval } = model.chain ?? {};
  const panel = scene.cloud.panelDevice;
  if (interval != null) paintBand(picture, scene, panel, interval.low, interval.high, theme.confirmed);
  if (price == null) return;
  const y = Math.round(yOfPrice(price, scene));
  if (y < panel.top || y > panel.top + panel.height) return;
  const thin = Math.max(1, Math.floor(picture.ratio));
  // A dark rim sets the line off from the points of the same colour.
  context.globalAlpha = 0.6;
  strokeDevice(picture, theme.background, panel.left, y - thin, panel.width, 3 * thin);
  context.globalAlpha = 0.9;
  strokeDevice(picture, theme.confirmed, panel.left, y, panel.width, 0);
  context.globalAlpha = 1;
}

function paintBand({ context }: Picture, scene: Scene, panel: Rect, low: number, high: number, color: HexColor): void {
  const top = Math.max(panel.top, yOfPrice(high, scene));
  const bottom = Math.min(panel.top + panel.height, yOfPrice(low, scene));
  if (bottom <= top) return;
  context.setTransform(1, 0, 0, 1, 0, 0);
  context.globalAlpha = BAND_OPACITY;
  context.fillStyle = color;
  context.fillRect(panel.left, top, panel.width, bottom - top);
  context.globalAlpha = 1;
}

/** The session's line of the live price with its 90 % ribbon: over the clouds of both panels. */
export function paintPriceLine(picture: Picture, scene: Scene): void {
  const { model } = picture;
  const { drift, cloud } = scene;
  const edge = drift.panelDevice.left + drift.panelDevice.width;
  paintHistory(picture, scene, model.history, cloud.panelDevice, (time) => xOfTime(time, cloud), cloud.timeEnd);
  paintHistory(
    picture,
    scene,
    model.history,
    drift.panelDevice,
    (time) => edge - offsetOfAge(drift.now - time, drift.panelDevice.width, drift.axis),
    drift.now,
  );
}

function paintHistory(
  picture: Picture,
  scene: Scene,
  history: PriceHistory,
  panel: Rect,
  xOf: (time: number) => number,
  timeEnd: number,
): void {
  const { context, ratio, theme } = picture;
  context.setTransform(1, 0, 0, 1, 0, 0);
  context.save();
  context.beginPath();
  context.rect(panel.left, panel.top, panel.width, panel.height);
  context.clip();
  for (let from = 0; from < history.length; ) {
    if (Number.isNaN(history.prices[from])) {
      from++;
      continue;
    }
    let to = from;
    while (to + 1 < history.length && !Number.isNaN(history.prices[to + 1])) to++;
    const xs: number[] = [];
    const entries: number[] = [];
    let lastX = Number.NEGATIVE_INFINITY;
    for (let i = from; i <= to; i++) {
      const time = Math.min(history.times[i] as number, timeEnd);
      const x = xOf(time);
      const nextX = i < to ? xOf(history.times[i + 1] as number) : Number.POSITIVE_INFINITY;
      // Left of the panel only the last entry matters; within half a pixel only one.
      if (nextX < panel.left || (i > from && i < to && x - lastX < 0.5)) continue;
      lastX = x;
      xs.push(x);
      entries.push(i);
    }
    paintRibbon(picture, scene, history, xs, entries);
    context.beginPath();
    entries.forEach((entry, k) => {
      context.lineTo(xs[k] as number, yOfPrice(history.prices[entry] as number, scene));
    });
    context.lineWidth = 1.5 * ratio;
    context.lineJoin = "round";
    context.strokeStyle = theme.background;
    context.lineWidth = 3.5 * ratio;
    context.stroke();
    context.strokeStyle = theme.mempool;
    context.lineWidth = 1.5 * ratio;
    context.stroke();
    from = to + 1;
  }
  context.restore();
}

function paintRibbon(
  { context, theme }: Picture,
  scene: Scene,
  history: PriceHistory,
  xs: number[],
  entries: number[],
): void {
  const known = entries.map((entry) => !Number.isNaN(history.lows[entry]));
  context.fillStyle = theme.mempool;
  context.globalAlpha = BAND_OPACITY;
  for (let from = 0; from < entries.length; from++) {
    if (!known[from]) continue;
    let to = from;
    while (to + 1 < entries.length && known[to + 1]) to++;
    context.beginPath();
    for (let k = from; k <= to; k++)
      context.lineTo(xs[k] as number, yOfPrice(history.highs[entries[k] as number] as number, scene));
    for (let k = to; k >= from; k--)
      context.lineTo(xs[k] as number, yOfPrice(history.lows[entries[k] as number] as number, scene));
    context.fill();
    from = to;
  }
  context.globalAlpha = 1;
}
