import { clockTicks, roundTicks } from "./axis-ticks.ts";
import { type HistoryColumns, indexAt, ROW_KIND } from "./history-columns.ts";
import type { TimeRange } from "./history-range.ts";
import type { Rect } from "./layout.ts";
import { FONT_FAMILY } from "./picture.ts";
import { formatAxisPrice, formatUtcDate, isoTime } from "./text-format.ts";
import type { HexColor, Theme } from "./theme.ts";

/** One frame of the history chart. */
export interface HistoryPicture {
  readonly context: CanvasRenderingContext2D;
  readonly ratio: number;
  readonly widthCss: number;
  readonly heightCss: number;
  readonly theme: Theme;
  readonly rows: HistoryColumns;
  readonly range: TimeRange;
  /** Index of the row under the crosshair. */
  readonly cursor: number | null;
  readonly watermark: string | null;
}

const BAND_OPACITY = 0.22;
const WEAK_BAND_OPACITY = 0.1;
const GAP_OPACITY = 0.1;
const GRID_OPACITY = 0.13;
/** Empty part above and below the line, as a share of its height. */
const PADDING_SHARE = 0.08;
/** The axis shows at least this share of the price. */
const SPAN_SHARE_MIN = 0.002;
const DAY = 86_400;

/** Inside of the frame, CSS pixels. */
export function historyPlot(widthCss: number, heightCss: number): Rect & { readonly fontCss: number } {
  const fontCss = widthCss < 600 ? 12 : Math.round(Math.min(18, Math.max(13, 8 + widthCss / 200)));
  const right = Math.round(fontCss * 4.6);
  const top = Math.round(fontCss * 0.8);
  const left = Math.round(fontCss);
  return {
    left,
    top,
    width: Math.max(1, widthCss - left - right),
    height: Math.max(1, heightCss - top - Math.round(fontCss * 2.4)),
    fontCss,
  };
}

/**
 * The price axis: all prices and intervals of the visible rows. Null without a price among them.
 */
export function priceSpan(rows: HistoryColumns, { start, end }: TimeRange): { low: number; high: number } | null {
  const { times, prices, lows, highs } = rows;
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  for (let i = indexAt(times, times.length, start); i < times.length && (times[i] as number) <= end; i++) {
    const price = prices[i] as number;
    if (Number.isNaN(price)) continue;
    low = Math.min(low, Number.isNaN(lows[i]) ? price : (lows[i] as number));
    high = Math.max(high, Number.isNaN(highs[i]) ? price : (highs[i] as number));
  }
  if (low > high) return null;
  const middle = (low + high) / 2;
  const half = Math.max(((high - low) / 2) * (1 + 2 * PADDING_SHARE), (middle * SPAN_SHARE_MIN) / 2);
  return { low: middle - half, high: middle + half };
}

/** An unbroken part of the line, thinned out to about two entries per pixel. */
interface Stretch {
  readonly kind: number;
  readonly xs: number[];
  readonly ys: number[];
  readonly lowYs: number[];
  readonly highYs: number[];
}

/** Draws one frame. */
export function paintHistoryChart(picture: HistoryPicture): void {
  const { context, ratio, widthCss, heightCss, theme, rows, range } = picture;
  const plot = historyPlot(widthCss, heightCss);
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  context.globalAlpha = 1;
  context.fillStyle = theme.background;
  context.fillRect(0, 0, widthCss + 1, heightCss + 1);
  const span = priceSpan(rows, range);
  const xOf = (time: number): number => plot.left + (plot.width * (time - range.start)) / (range.end - range.start);
  const yOf = (price: number): number =>
    span === null ? plot.top : plot.top + (plot.height * (span.high - price)) / (span.high - span.low);
  context.font = `400 ${plot.fontCss * 0.92}px ${FONT_FAMILY}`;
  paintTimes(picture, plot, xOf);
  if (span !== null) paintPrices(picture, plot, span, yOf);
  context.save();
  context.beginPath();
  context.rect(plot.left, plot.top, plot.width, plot.height);
  context.clip();
  const { stretches, gaps } = stretchesOf(rows, range, xOf, yOf);
  context.globalAlpha = GAP_OPACITY;
  context.fillStyle = theme.mutedText;
  for (const [from, to] of gaps) context.fillRect(from, plot.top, to - from, plot.height);
  for (const stretch of stretches) paintBand(context, stretch, colorOf(theme, stretch.kind));
  for (const stretch of stretches) paintLine(context, stretch, colorOf(theme, stretch.kind));
  if (picture.watermark !== null) {
    context.font = `700 ${Math.min(plot.height / 3, plot.width / picture.watermark.length)}px ${FONT_FAMILY}`;
    context.textAlign = "center";
    context.globalAlpha = 0.16;
    context.fillStyle = theme.text;
    context.fillText(picture.watermark, plot.left + plot.width / 2, plot.top + plot.height * 0.25, plot.width * 0.94);
    context.globalAlpha = 1;
  }
  context.restore();
  context.strokeStyle = theme.frame;
  context.lineWidth = Math.max(1, Math.floor(ratio)) / ratio;
  context.strokeRect(plot.left, plot.top, plot.width, plot.height);
  paintCursor(picture, plot, xOf, yOf);
}

function colorOf(theme: Theme, kind: number): HexColor {
  return kind === ROW_KIND.confirmed ? theme.confirmed : theme.mempool;
}

function stretchesOf(
  { times, prices, lows, highs, kinds }: HistoryColumns,
  { start, end }: TimeRange,
  xOf: (time: number) => number,
  yOf: (price: number) => number,
): { stretches: Stretch[]; gaps: [from: number, to: number][] } {
  const stretches: Stretch[] = [];
  const gaps: [number, number][] = [];
  let current: Stretch | null = null;
  let column = Number.NaN;
  for (let i = indexAt(times, times.length, start); i < times.length; i++) {
    const x = xOf(times[i] as number);
    const price = prices[i] as number;
    if (Number.isNaN(price)) {
      current = null;
      const next = i + 1 < times.length ? (times[i + 1] as number) : (times[i] as number);
      gaps.push([x, xOf(next)]);
    } else {
      const kind = kinds[i] as number;
      if (current === null || current.kind !== kind) {
        const before: Stretch | null = current;
        current = { kind, xs: [], ys: [], lowYs: [], highYs: [] };
        stretches.push(current);
        column = Number.NaN;
        // The line continues where only its kind changes.
        if (before !== null)
          pushEntry(current, before.xs.at(-1), before.ys.at(-1), before.lowYs.at(-1), before.highYs.at(-1));
      }
      const low = Number.isNaN(lows[i]) ? price : (lows[i] as number);
      const high = Number.isNaN(highs[i]) ? price : (highs[i] as number);
      const y = yOf(price);
      const last = current.xs.length - 1;
      // Several rows in one pixel: keep the extremes, so that a spike stays visible.
      if (Math.floor(x) === column && last > 0) {
        current.highYs[last] = Math.min(current.highYs[last] as number, yOf(high));
        current.lowYs[last] = Math.max(current.lowYs[last] as number, yOf(low));
        const isExtreme = y < Math.min(...current.ys.slice(-2)) || y > Math.max(...current.ys.slice(-2));
        if (isExtreme) pushEntry(current, x, y, yOf(low), yOf(high));
        else current.ys[last] = y;
      } else {
        pushEntry(current, x, y, yOf(low), yOf(high));
        column = Math.floor(x);
      }
    }
    if ((times[i] as number) > end) break;
  }
  return { stretches, gaps };
}

function pushEntry(
  stretch: Stretch,
  x: number | undefined,
  y: number | undefined,
  lowY: number | undefined,
  highY: number | undefined,
): void {
  if (x === undefined || y === undefined || lowY === undefined || highY === undefined) return;
  stretch.xs.push(x);
  stretch.ys.push(y);
  stretch.lowYs.push(lowY);
  stretch.highYs.push(highY);
}

function paintBand(context: CanvasRenderingContext2D, { kind, xs, lowYs, highYs }: Stretch, color: HexColor): void {
  context.globalAlpha = kind === ROW_KIND.weak ? WEAK_BAND_OPACITY : BAND_OPACITY;
  context.fillStyle = color;
  context.beginPath();
  for (let i = 0; i < xs.length; i++) context.lineTo(xs[i] as number, highYs[i] as number);
  for (let i = xs.length - 1; i >= 0; i--) context.lineTo(xs[i] as number, lowYs[i] as number);
  context.fill();
  context.globalAlpha = 1;
}

function paintLine(context: CanvasRenderingContext2D, { kind, xs, ys }: Stretch, color: HexColor): void {
  context.strokeStyle = color;
  context.lineWidth = 1.6;
  context.lineJoin = "round";
  context.setLineDash(kind === ROW_KIND.weak ? [3, 3] : []);
  context.beginPath();
  for (let i = 0; i < xs.length; i++) context.lineTo(xs[i] as number, ys[i] as number);
  // A single row between two gaps has no length.
  if (xs.length === 1) context.lineTo((xs[0] as number) + 1, ys[0] as number);
  context.stroke();
  context.setLineDash([]);
}

function paintTimes(
  { context, theme, range }: HistoryPicture,
  plot: ReturnType<typeof historyPlot>,
  xOf: (time: number) => number,
): void {
  const { left, top, width, height, fontCss } = plot;
  const length = range.end - range.start;
  const most = width / (fontCss * 6.5);
  const days = Math.max(1, Math.ceil(length / DAY / most));
  const ticks = length > 4 * DAY ? dayTicks(range, days) : clockTicks(range.start, range.end, most);
  context.textBaseline = "middle";
  context.textAlign = "center";
  for (const time of ticks) {
    const x = xOf(time);
    context.globalAlpha = GRID_OPACITY;
    context.fillStyle = theme.frame;
    context.fillRect(x, top, 1, height);
    context.globalAlpha = 1;
    context.fillStyle = theme.mutedText;
    const isDay = time % DAY === 0;
    const text = isDay ? formatUtcDate(time).split(" ").slice(0, 2).join(" ") : `${isoTime(time, false)} UTC`;
    const half = context.measureText(text).width / 2;
    if (x - half < left - fontCss || x + half > left + width + fontCss * 4) continue;
    context.fillText(text, x, top + height + fontCss * 1.1);
  }
}

function dayTicks({ start, end }: TimeRange, days: number): number[] {
  const step = days * DAY;
  const ticks: number[] = [];
  for (let time = Math.ceil(start / step) * step; time <= end; time += step) ticks.push(time);
  return ticks;
}

function paintPrices(
  { context, theme }: HistoryPicture,
  plot: ReturnType<typeof historyPlot>,
  span: { low: number; high: number },
  yOf: (price: number) => number,
): void {
  const { left, width, height, fontCss } = plot;
  const { values, step } = roundTicks(span.low, span.high, Math.min(12, height / (fontCss * 2.4)));
  context.textBaseline = "middle";
  context.textAlign = "left";
  for (const value of values) {
    const y = yOf(value);
    context.globalAlpha = GRID_OPACITY;
    context.fillStyle = theme.frame;
    context.fillRect(left, y, width, 1);
    context.globalAlpha = 1;
    context.fillStyle = theme.text;
    context.fillText(formatAxisPrice(value, step), left + width + 6, y);
  }
}

function paintCursor(
  { context, theme, rows, cursor }: HistoryPicture,
  plot: ReturnType<typeof historyPlot>,
  xOf: (time: number) => number,
  yOf: (price: number) => number,
): void {
  if (cursor === null) return;
  const x = xOf(rows.times[cursor] as number);
  if (x < plot.left || x > plot.left + plot.width) return;
  context.globalAlpha = 0.6;
  context.fillStyle = theme.text;
  context.fillRect(x, plot.top, 1, plot.height);
  const price = rows.prices[cursor] as number;
  if (!Number.isNaN(price)) {
    const y = yOf(price);
    context.fillRect(plot.left, y, plot.width, 1);
    context.globalAlpha = 1;
    context.beginPath();
    context.arc(x, y, 4, 0, 2 * Math.PI);
    context.fillStyle = colorOf(theme, rows.kinds[cursor] as number);
    context.fill();
    context.strokeStyle = theme.background;
    context.lineWidth = 1.5;
    context.stroke();
  }
  context.globalAlpha = 1;
}
