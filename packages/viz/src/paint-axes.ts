import { offsetOfAge } from "./age-axis.ts";
import { clockTicks, roundTicks } from "./axis-ticks.ts";
import { blockMarks } from "./block-marks.ts";
import { CONFIRMED_HOURS } from "./chart-model.ts";
import { filled } from "./labels.ts";
import { toDevice } from "./layout.ts";
import { type Picture, shortenedToFit, strokeDevice, useText } from "./picture.ts";
import { type Scene, xOfTime, yOfPrice } from "./scene.ts";
import { isLoading } from "./stream-state.ts";
import { formatAxisPrice, isoTime } from "./text-format.ts";

/** Marks of the age axis, most important first: later ones are left out if there is no room. */
const AGE_MARKS: readonly (readonly [seconds: number, text: string | null])[] = [
  [0, null],
  [15, "15s"],
  [60, "1m"],
  [600, "10m"],
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

/** Ticks of the price axis. */
function priceTicks({ layout }: Picture, scene: Scene): { values: number[]; step: number } {
  const { plotCss, fontSizeCss } = layout;
  return roundTicks(scene.priceLow, scene.priceHigh, Math.min(14, plotCss.height / (fontSizeCss * 2.2)));
}

/** A block or a clock time under the confirmed side. */
interface TimeMark {
  readonly xDevice: number;
  readonly height: number | null;
  /** Unix seconds. */
  readonly time: number;
}

/** Room of a label under the confirmed side. */
function labelRoomCss({ layout }: Picture): number {
  return layout.fontSizeCss * (layout.compact ? 5.2 : 6.4);
}

/** Round clock times with the height of the chain at that time, and the newest block. */
function timeMarks(picture: Picture, scene: Scene): TimeMark[] {
  const { model, ratio } = picture;
  const { confirmed } = scene;
  const { timeStart, timeEnd } = confirmed;
  const roomDevice = labelRoomCss(picture) * ratio;
  const blocks = blockMarks(model);
  const marks: TimeMark[] = [];
  const tip = isLoading(model) ? undefined : blocks.at(-1);
  const right = confirmed.panelDevice.left + confirmed.panelDevice.width;
  const tipX = tip === undefined ? Number.POSITIVE_INFINITY : xOfTime(tip.position, confirmed);
  if (tip !== undefined && tipX >= confirmed.panelDevice.left && tipX <= right)
    marks.push({ xDevice: tipX, height: tip.height, time: tip.timestamp });
  let block = blocks.length - 1;
  for (const time of clockTicks(timeStart, timeEnd, confirmed.panelDevice.width / roomDevice).reverse()) {
    const xDevice = xOfTime(time, confirmed);
    // The newest block has its own label.
    if (Math.abs(xDevice - tipX) < roomDevice || xDevice > right - roomDevice / 2) continue;
    while (block >= 0 && (blocks[block] as (typeof blocks)[number]).position > time) block--;
    marks.push({ xDevice, height: isLoading(model) ? null : (blocks[block]?.height ?? null), time });
  }
  return marks;
}

/** Faint lines at the ticks of both axes, under the price. */
export function paintGrid(picture: Picture, scene: Scene): void {
  const { context, theme } = picture;
  const { plotDevice, confirmed } = scene;
  context.globalAlpha = 0.13;
  for (const value of priceTicks(picture, scene).values)
    strokeDevice(picture, theme.frame, plotDevice.left, Math.round(yOfPrice(value, scene)), plotDevice.width, 0);
  for (const time of clockTicks(
    confirmed.timeStart,
    confirmed.timeEnd,
    confirmed.panelDevice.width / (labelRoomCss(picture) * picture.ratio),
  ))
    strokeDevice(picture, theme.frame, Math.round(xOfTime(time, confirmed)), plotDevice.top, 0, plotDevice.height);
  context.globalAlpha = 1;
}

/** Labels and ticks of the price axis on both sides. Leaves out labels at `occupied` heights. */
export function paintPriceAxis(picture: Picture, scene: Scene, occupied: { left: number[]; right: number[] }): void {
  const { layout, ratio, theme, context } = picture;
  const { plotCss, fontSizeCss } = layout;
  const { values, step } = priceTicks(picture, scene);
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

/**
 * Round UTC times and block heights under the confirmed side, and the newest block at its tick.
 * @returns the right end of the last label, CSS pixels
 */
export function paintTimeAxis(picture: Picture, scene: Scene): number {
  const { layout, ratio, theme, context } = picture;
  const { confirmedCss, fontSizeCss } = layout;
  const bottomCss = confirmedCss.top + confirmedCss.height;
  let rightCss = 0;
  const marks = timeMarks(picture, scene);
  for (const { xDevice, height, time } of marks) {
    const xCss = xDevice / ratio;
    const bottomDevice = scene.plotDevice.top + scene.plotDevice.height;
    strokeDevice(picture, theme.frame, Math.round(xDevice), bottomDevice, 0, Math.round(5 * ratio));
    useText(picture, theme.text, 0.9, "center");
    let y = bottomCss + fontSizeCss * 1.15;
    if (height !== null) {
      context.fillText(String(height), xCss, y);
      rightCss = Math.max(rightCss, xCss + context.measureText(String(height)).width / 2);
    }
    // All times are in one line, also that of a mark whose height is unknown.
    if (marks.some((mark) => mark.height !== null)) y += fontSizeCss * 1.2;
    context.fillStyle = theme.mutedText;
    const text = `${isoTime(time, false)}${layout.compact ? "" : " UTC"}`;
    context.fillText(text, xCss, y);
    rightCss = Math.max(rightCss, xCss + context.measureText(text).width / 2);
  }
  return rightCss;
}

/**
 * Marks of the age axis under the mempool side.
 * @param leftCss where the labels of the other side end
 */
export function paintAgeAxis(picture: Picture, scene: Scene, leftCss: number): void {
  const { layout, ratio, theme, context } = picture;
  const { mempoolCss, fontSizeCss } = layout;
  if (mempoolCss.width === 0) return;
  const bottomDevice = scene.plotDevice.top + scene.plotDevice.height;
  const { left, width } = scene.mempool.panelDevice;
  const taken: [left: number, right: number][] = [[Number.NEGATIVE_INFINITY, leftCss]];
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
