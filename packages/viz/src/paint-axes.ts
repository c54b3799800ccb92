import { offsetOfAge } from "./age-axis.ts";
import { clockTicks, roundTicks } from "./axis-ticks.ts";
import { CONFIRMED_HOURS } from "./chart-model.ts";
import { filled } from "./labels.ts";
import { toDevice } from "./layout.ts";
import { type Picture, shortenedToFit, strokeDevice, useText } from "./picture.ts";
import { type Scene, xOfTime, yOfPrice } from "./scene.ts";
import { formatAxisPrice, isoTime } from "./text-format.ts";

/** Marks of the age axis, most important first: later ones are left out if there is no room. */
const AGE_MARKS: readonly (readonly [seconds: number, text: string | null])[] = [
  [0, null],
  [15, "15s"],
  [60, "1m"],
  [3, "3s"],
  [180, "3m"],
];
const AGE_MARKS_APART_CSS = 5;

/** The frame and the line between the panels. */
export function paintFrame(picture: Picture): void {
  const { layout, ratio, theme } = picture;
  const plot = toDevice(layout.plotCss, ratio);
  const thin = Math.max(1, Math.floor(ratio));
  const { left, top, width, height } = plot;
  strokeDevice(picture, theme.frame, left - thin, top - thin, width + 2 * thin, 0);
  strokeDevice(picture, theme.frame, left - thin, top + height, width + 2 * thin, 0);
  strokeDevice(picture, theme.frame, left - thin, top - thin, 0, height + 2 * thin);
  strokeDevice(picture, theme.frame, left + width, top - thin, 0, height + 2 * thin);
  picture.context.globalAlpha = 0.3;
  strokeDevice(picture, theme.frame, toDevice(layout.mempoolCss, ratio).left, top, 0, height);
  picture.context.globalAlpha = 1;
}

/** Titles of the two panels. */
export function paintPanelTitles(picture: Picture): void {
  const { layout, theme, labels, model, context } = picture;
  const y = layout.plotCss.top - layout.fontSizeCss;
  const hours = model.chain?.window?.hours || CONFIRMED_HOURS;
  const withHours = (label: string): string => filled(label, { hours: String(Math.round(hours * 10) / 10) });
  const size = layout.compact ? 1.15 : 1.35;
  for (const [panel, color, long, short] of [
    [layout.confirmedCss, theme.confirmed, withHours(labels.confirmed), withHours(labels.confirmedShort)],
    [layout.mempoolCss, theme.mempool, labels.mempool, labels.mempool],
  ] as const) {
    if (panel.width === 0) continue;
    const text = shortenedToFit(picture, long, short, panel.width - 4, color, size, "center");
    context.fillText(text, panel.left + panel.width / 2, y);
  }
}

/** Labels and ticks of the price axis on both sides. Leaves out labels at `occupied` heights. */
export function paintPriceAxis(picture: Picture, scene: Scene, occupied: { left: number[]; right: number[] }): void {
  const { layout, ratio, theme, context } = picture;
  const { plotCss, fontSizeCss } = layout;
  const { values, step } = roundTicks(
    scene.priceLow,
    scene.priceHigh,
    Math.min(14, plotCss.height / (fontSizeCss * 2.2)),
  );
  const tick = Math.round(5 * ratio);
  const plot = scene.plotDevice;
  for (const value of values) {
    const yDevice = yOfPrice(value, scene);
    const yCss = yDevice / ratio;
    const text = formatAxisPrice(value, step);
    const free = (taken: number[]): boolean => taken.every((y) => Math.abs(y - yCss) > fontSizeCss * 1.4);
    strokeDevice(picture, theme.frame, plot.left - tick, Math.round(yDevice), tick, 0);
    strokeDevice(picture, theme.frame, plot.left + plot.width, Math.round(yDevice), tick, 0);
    useText(picture, theme.text, 1, "right");
    if (free(occupied.left)) context.fillText(text, plotCss.left - 9, yCss);
    context.textAlign = "left";
    if (free(occupied.right)) context.fillText(text, plotCss.left + plotCss.width + 9, yCss);
  }
}

/** Block heights and UTC times under the confirmed side; only times if no block is known. */
export function paintTimeAxis(picture: Picture, scene: Scene): void {
  const { layout, ratio, theme, model, context } = picture;
  const { confirmedCss, fontSizeCss } = layout;
  const bottomCss = confirmedCss.top + confirmedCss.height;
  const apartCss = fontSizeCss * (layout.compact ? 5.2 : 6.4);
  const right = confirmedCss.left + confirmedCss.width;
  const { timeStart, timeEnd } = scene.confirmed;
  const marks =
    model.confirmed.blocks.length > 0
      ? model.confirmed.blocks
      : clockTicks(timeStart, timeEnd, confirmedCss.width / apartCss)
          // A clock time near the edge may be left out, the newest block below may not.
          .filter((time) => xOfTime(time, scene.confirmed) / ratio < right - apartCss * 0.45)
          .map((time) => ({ position: time, timestamp: time, height: null }));
  let lastCss = Number.POSITIVE_INFINITY;
  // From the right, because the newest block must have a label.
  for (let i = marks.length - 1; i >= 0; i--) {
    const mark = marks[i] as (typeof marks)[number];
    const xDevice = xOfTime(mark.position, scene.confirmed);
    const xCss = xDevice / ratio;
    // Keep the last label clear of the clock under the other panel, and the first one on the
    // canvas.
    const centerCss = Math.min(xCss, right - apartCss * 0.45);
    if (xCss < confirmedCss.left || xCss > right || lastCss - centerCss < apartCss) continue;
    lastCss = centerCss;
    strokeDevice(
      picture,
      theme.frame,
      Math.round(xDevice),
      scene.plotDevice.top + scene.plotDevice.height,
      0,
      Math.round(5 * ratio),
    );
    useText(picture, theme.text, 0.9, "center");
    let y = bottomCss + fontSizeCss * 1.15;
    if (mark.height !== null) {
      context.fillText(String(mark.height), centerCss, y);
      y += fontSizeCss * 1.2;
    }
    context.fillStyle = theme.mutedText;
    context.fillText(`${isoTime(mark.timestamp, false)}${layout.compact ? "" : " UTC"}`, centerCss, y);
  }
}

/** Marks of the age axis under the mempool side. */
export function paintAgeAxis(picture: Picture, scene: Scene): void {
  const { layout, ratio, theme, context } = picture;
  const { mempoolCss, fontSizeCss } = layout;
  if (mempoolCss.width === 0) return;
  const bottomDevice = scene.plotDevice.top + scene.plotDevice.height;
  const { left, width } = scene.mempool.panelDevice;
  const taken: [left: number, right: number][] = [];
  for (const [seconds, mark] of AGE_MARKS) {
    const text = mark ?? picture.labels.now;
    const xDevice = left + width - offsetOfAge(seconds, width, scene.mempool.axis);
    if (xDevice < left) continue;
    const align = seconds === 0 ? "right" : "center";
    useText(picture, theme.mempool, layout.compact ? 0.85 : 0.8, align);
    const xCss = xDevice / ratio;
    const textWidth = context.measureText(text).width;
    const leftCss = xCss - (align === "right" ? textWidth : textWidth / 2);
    // Labels must not overlap each other or the newest block's label under the other panel.
    const isFree =
      leftCss >= mempoolCss.left &&
      taken.every(
        ([from, to]) => leftCss > to + AGE_MARKS_APART_CSS || leftCss + textWidth + AGE_MARKS_APART_CSS < from,
      );
    if (!isFree) continue;
    taken.push([leftCss, leftCss + textWidth]);
    context.fillText(text, xCss, mempoolCss.top + mempoolCss.height + fontSizeCss);
    strokeDevice(picture, theme.mempool, Math.round(xDevice), bottomDevice, 0, Math.round(4 * ratio));
  }
}
