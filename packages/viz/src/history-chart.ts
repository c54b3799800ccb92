import { CanvasSurface } from "./canvas-surface.ts";
import { FrameLoop, type FrameSource, windowFrames } from "./frame-loop.ts";
import { type HistoryColumns, indexAt, ROW_KIND } from "./history-columns.ts";
import { HistoryInput } from "./history-input.ts";
import { fitted, panned, type TimeRange, zoomed } from "./history-range.ts";
import { checkOptions, checkRange, checkRows, type OptionKinds } from "./options.ts";
import { historyPlot, paintHistoryChart } from "./paint-history.ts";
import { checkTheme, DARK_THEME, type Theme } from "./theme.ts";
import { VizError } from "./viz-error.ts";

/** The row under the crosshair. */
export interface HistoryRow {
  /** Unix seconds. */
  readonly time: number;
  /** US dollars per bitcoin; null in a gap. */
  readonly price: number | null;
  readonly interval: { readonly low: number; readonly high: number } | null;
  /** `gap`: no price was published. `confirmed`: computed later from blocks. */
  readonly kind: "ok" | "low_confidence" | "confirmed" | "gap";
  /** Whether the keyboard selected it. */
  readonly byKey: boolean;
}

/** Settings of {@link HistoryChart}; each has a default. */
export interface HistoryChartOptions {
  /** Default `DARK_THEME`. */
  readonly theme?: Theme;
  /** Drawn large and faint: see `watermarkOf`. Default null. */
  readonly watermark?: string | null;
  /** Called when the user zooms or pans. */
  readonly onRange?: (range: TimeRange) => void;
  /** Called when another row is under the crosshair; null when none is. */
  readonly onRow?: (row: HistoryRow | null) => void;
  /** Device pixels per CSS pixel. Default: the screen's. */
  readonly devicePixelRatio?: number;
  /** Default: the window's frames and timers. */
  readonly frames?: FrameSource;
}

const optionKinds: OptionKinds<HistoryChartOptions> = {
  theme: "any",
  watermark: "any",
  onRange: "function",
  onRow: "function",
  devicePixelRatio: "positive",
  frames: "object",
};

/** The shortest visible range in rows. */
const ROWS_MIN = 12;
const ZOOM_STEP = 0.7;
const PAN_SHARE = 0.5;
const STRIDE = 10;

/**
 * The price history on a canvas, with its 90 % band. Wheel, pinch and `+`/`-` zoom, dragging and
 * Page Up/Down pan, pointer and arrow keys move a crosshair, `0` and a double click show
 * everything.
 * @throws VizError `canvas_not_found`, `no_2d_context`
 */
export class HistoryChart {
  readonly #options: HistoryChartOptions;
  readonly #surface: CanvasSurface;
  readonly #loop: FrameLoop;
  readonly #input: HistoryInput;
  #theme: Theme;
  #rows: HistoryColumns | null = null;
  /** All that can be shown. */
  #bounds: TimeRange = { start: 0, end: 1 };
  #range: TimeRange = { start: 0, end: 1 };
  #cursor: number | null = null;
  #byKey = false;
  #watermark: string | null;
  #destroyed = false;

  /** @param canvas the canvas, or its id. The chart follows its size on the page. */
  constructor(canvas: HTMLCanvasElement | string, options: HistoryChartOptions = {}) {
    checkOptions(options, optionKinds);
    if (options.theme !== undefined) checkTheme(options.theme);
    this.#options = options;
    this.#theme = options.theme ?? DARK_THEME;
    this.#watermark = options.watermark ?? null;
    this.#loop = new FrameLoop(options.frames ?? windowFrames, () => this.#draw());
    this.#surface = new CanvasSurface(canvas, options.devicePixelRatio ?? null, () => {
      if (!this.#destroyed) this.#loop.drawNow();
    });
    const { problem } = this.#surface;
    if (problem !== null) throw problem;
    this.#input = new HistoryInput(this.#surface.canvas, {
      onPointer: (xCss) => this.#point(xCss === null ? null : this.#timeAt(xCss), false),
      onZoom: (factor, xCss) =>
        this.#move(zoomed(this.#range, factor, this.#timeAt(xCss), this.#bounds, this.#shortest)),
      onPan: (dxCss) => this.#pan(-dxCss / historyPlot(this.#surface.widthCss, this.#surface.heightCss).width),
      onReset: () => this.#move(this.#bounds),
      onKey: (key, shift) => this.#key(key, shift),
    });
  }

  /** The visible range. */
  get range(): TimeRange {
    return this.#range;
  }

  /**
   * Shows these rows. A range that ended at the last row follows the new ones.
   * @param bounds all that can be shown; by default from the first row to the last.
   */
  setRows(rows: HistoryColumns, bounds?: TimeRange): void {
    this.#mustLive();
    checkRows(rows);
    if (bounds !== undefined) checkRange(bounds, "bounds");
    const { times } = rows;
    const isFirst = this.#rows === null;
    const whole = bounds ?? { start: times[0] ?? 0, end: (times.at(-1) ?? 0) + rows.step };
    const followed = this.#range.end >= this.#bounds.end - 1;
    const wasWhole = followed && this.#range.start <= this.#bounds.start + 1;
    const moved = followed ? whole.end - this.#bounds.end : 0;
    this.#rows = rows;
    this.#bounds = whole;
    const next = { start: this.#range.start + moved, end: this.#range.end + moved };
    this.#range = isFirst || wasWhole ? whole : fitted(next, whole, this.#shortest);
    this.#setCursor(null, false);
    this.#loop.request();
  }

  /** Removes the rows: the next ones are shown as a whole. */
  clear(): void {
    this.#rows = null;
    this.#setCursor(null, false);
    this.#loop.request();
  }

  /** Shows this part of the rows, as far as they reach. */
  show(range: TimeRange): void {
    this.#mustLive();
    checkRange(range, "range");
    this.#range = fitted(range, this.#bounds, this.#shortest);
    this.#loop.request();
  }

  /** Changes the colors. */
  setTheme(theme: Theme): void {
    this.#mustLive();
    checkTheme(theme);
    this.#theme = theme;
    this.#loop.request();
  }

  /** Changes the watermark: `watermarkOf(tick)`. */
  setWatermark(text: string | null): void {
    this.#mustLive();
    if (text === this.#watermark) return;
    this.#watermark = text;
    this.#loop.request();
  }

  /** Draws immediately. */
  render(): void {
    this.#mustLive();
    this.#surface.measure();
    this.#loop.drawNow();
  }

  /** Releases all resources. Idempotent. */
  destroy(): void {
    if (this.#destroyed) return;
    this.#destroyed = true;
    this.#loop.stop();
    this.#input.destroy();
    this.#surface.destroy();
  }

  get #shortest(): number {
    return ROWS_MIN * (this.#rows?.step ?? 1);
  }

  #draw(): null {
    const { context, widthCss, heightCss, ratio } = this.#surface;
    if (context === null || widthCss < 2) return null;
    const rows = this.#rows;
    if (rows === null) {
      context.setTransform(1, 0, 0, 1, 0, 0);
      context.fillStyle = this.#theme.background;
      context.fillRect(0, 0, context.canvas.width, context.canvas.height);
    } else
      paintHistoryChart({
        context,
        ratio,
        widthCss,
        heightCss,
        theme: this.#theme,
        rows,
        range: this.#range,
        cursor: this.#cursor,
        watermark: this.#watermark,
      });
    return null;
  }

  #timeAt(xCss: number): number {
    const { left, width } = historyPlot(this.#surface.widthCss, this.#surface.heightCss);
    const { start, end } = this.#range;
    return start + ((end - start) * (xCss - left)) / width;
  }

  #pan(share: number): void {
    const { start, end } = this.#range;
    this.#move(panned(this.#range, share * (end - start), this.#bounds, this.#shortest));
  }

  #move(range: TimeRange): void {
    if (this.#rows === null) return;
    this.#range = range;
    this.#loop.request();
    this.#options.onRange?.(range);
  }

  #point(time: number | null, byKey: boolean): void {
    const rows = this.#rows;
    if (rows === null || time === null || rows.times.length === 0) {
      this.#setCursor(null, byKey);
      return;
    }
    const { times } = rows;
    const before = indexAt(times, times.length, time);
    const after = Math.min(times.length - 1, before + 1);
    const isNearer = Math.abs((times[after] as number) - time) < Math.abs(time - (times[before] as number));
    this.#setCursor(isNearer ? after : before, byKey);
  }

  #setCursor(cursor: number | null, byKey: boolean): void {
    if (cursor === this.#cursor) return;
    this.#cursor = cursor;
    this.#byKey = byKey;
    this.#loop.request();
    this.#options.onRow?.(this.#rowAt(cursor));
  }

  #rowAt(cursor: number | null): HistoryRow | null {
    const rows = this.#rows;
    if (rows === null || cursor === null) return null;
    const price = rows.prices[cursor] as number;
    const low = rows.lows[cursor] as number;
    const kind = rows.kinds[cursor] as number;
    const names = {
      [ROW_KIND.weak]: "low_confidence",
      [ROW_KIND.ok]: "ok",
      [ROW_KIND.confirmed]: "confirmed",
    } as const;
    return {
      time: rows.times[cursor] as number,
      price: Number.isNaN(price) ? null : price,
      interval: Number.isNaN(low) ? null : { low, high: rows.highs[cursor] as number },
      kind: Number.isNaN(price) ? "gap" : names[kind as 0 | 1 | 2],
      byKey: this.#byKey,
    };
  }

  #key(key: string, shift: boolean): boolean {
    const rows = this.#rows;
    if (rows === null || rows.times.length === 0) return false;
    const last = rows.times.length - 1;
    const { start, end } = this.#range;
    const at = this.#cursor ?? indexAt(rows.times, rows.times.length, end);
    const step = shift ? STRIDE : 1;
    const anchor = this.#cursor === null ? (start + end) / 2 : (rows.times[this.#cursor] as number);
    if (key === "ArrowLeft") this.#selectRow(Math.max(0, this.#cursor === null ? at : at - step));
    else if (key === "ArrowRight") this.#selectRow(Math.min(last, at + step));
    else if (key === "Home") this.#selectRow(0);
    else if (key === "End") this.#selectRow(last);
    else if (key === "PageUp") this.#pan(-PAN_SHARE);
    else if (key === "PageDown") this.#pan(PAN_SHARE);
    else if (key === "+" || key === "=")
      this.#move(zoomed(this.#range, ZOOM_STEP, anchor, this.#bounds, this.#shortest));
    else if (key === "-") this.#move(zoomed(this.#range, 1 / ZOOM_STEP, anchor, this.#bounds, this.#shortest));
    else if (key === "0") this.#move(this.#bounds);
    else if (key === "Escape") this.#setCursor(null, true);
    else return false;
    return true;
  }

  /** Selects a row and makes it visible. */
  #selectRow(index: number): void {
    const time = (this.#rows as HistoryColumns).times[index] as number;
    const { start, end } = this.#range;
    if (time < start) this.#move(panned(this.#range, time - start, this.#bounds, this.#shortest));
    else if (time > end) this.#move(panned(this.#range, time - end, this.#bounds, this.#shortest));
    this.#setCursor(index, true);
  }

  #mustLive(): void {
    if (this.#destroyed) throw new VizError("destroyed", "the chart was destroyed; create a new one");
  }
}
